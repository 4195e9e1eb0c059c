"""What a person wants to be told by mail beyond changes, which everybody is told."""

from __future__ import annotations

from datetime import datetime

from settings_app.actor import Actor
from settings_app.models import AlertSettings, AuditEntry
from settings_app.prepared import Prepared
from settings_app.safeguards.changes import Change

_CHOSEN = Prepared(AlertSettings.objects.filter, "tenant", "subject")


def wants_new_devices(tenant: str, subject: str) -> bool:
    """Whether sign-ins on new devices are told: unless it was switched off."""
    row = _CHOSEN.first(tenant=tenant, subject=subject)
    return row.new_devices if row is not None else True


def tell_new_devices(actor: Actor, *, tells: bool) -> None:
    AlertSettings.objects.update_or_create(
        tenant=actor.realm, subject=actor.account.user_id, defaults={"new_devices": tells}
    )


def restore(actor: Actor, *, since: datetime) -> None:
    """On again, where they were switched off since then: whoever takes the account back did not want that."""
    off = actor.owned(AuditEntry).filter(change=Change.DEVICE_ALERTS_OFF.value, started_at__gte=since)
    if off.filter(outcome__in=(AuditEntry.Outcome.DONE, AuditEntry.Outcome.UNKNOWN)).exists():
        tell_new_devices(actor, tells=True)
