"""When what runs beside the web processes last did its work, and what kept it from it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from settings_app.models import Heartbeat

MAILS = "mails"
RETENTION = "retention"
DELETIONS = "deletions"
EVENTS = "events"
FACTOR_REMOVALS = "factor-removals"


def beat(name: str, trouble: str = "") -> None:
    """Says that `name` has just gone round. `trouble`: one word for what it could not do."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now(), "trouble": trouble[:64]})


def last(name: str) -> Heartbeat | None:
    return Heartbeat.objects.filter(name=name).first()


def is_older(name: str, than: timedelta) -> bool:
    """Whether `name` has not gone round for so long, or never did."""
    return not Heartbeat.objects.filter(name=name, at__gt=timezone.now() - than).exists()
