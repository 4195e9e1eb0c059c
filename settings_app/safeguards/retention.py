"""How long each thing in the database is kept, as one list of what deletes it; safe to run at any time and twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from settings_app.models import AppChange, Counter, Lease, SeenLogoutToken, SeenWebhook, Session
from settings_app.safeguards import (
    alert_address,
    audit,
    deletion,
    factor_removals,
    heartbeats,
    idempotency,
    notices,
    one_time,
    pending,
    previews,
    security_events,
    support,
    token_cutoffs,
    undo,
)
from settings_app.safeguards.batches import BATCH_ROWS, delete_some
from settings_app.safeguards.sign_ins import devices


def delete_old(*, seconds: float | None = None) -> dict[str, int]:
    """Deletes what is past its keeping, batch by batch, for at most so many seconds. Says how many rows of each.

    What is left then is deleted by the next call; the heartbeat tells when nothing was left.
    """
    until = None if seconds is None else time.monotonic() + seconds
    counts = dict.fromkeys(DELETIONS, 0)
    for name, delete in DELETIONS.items():
        deleted = BATCH_ROWS
        while deleted >= BATCH_ROWS:
            # guard: retention-leaves-time-for-mails
            if until is not None and time.monotonic() > until:
                return counts
            deleted = delete()
            counts[name] += deleted
    heartbeats.beat(heartbeats.RETENTION)
    return counts


def _sessions() -> int:
    # What was exchanged for a new id expires with its minute.
    return delete_some(Session.objects.filter(expire_date__lte=timezone.now()), "expire_date")


def _logout_tokens() -> int:
    return delete_some(SeenLogoutToken.objects.filter(expires_at__lte=timezone.now()), "expires_at")


def _webhooks() -> int:
    return delete_some(SeenWebhook.objects.filter(expires_at__lte=timezone.now()), "expires_at")


def _app_changes() -> int:
    """With the rows of the trail."""
    before = timezone.now() - timedelta(days=settings.AUDIT_KEPT_DAYS)
    return delete_some(AppChange.objects.filter(at__lt=before), "at")


def _counters() -> int:
    return delete_some(Counter.objects.filter(ends_at__lte=timezone.now()), "ends_at")


def _leases() -> int:
    return delete_some(Lease.objects.filter(expires_at__lte=timezone.now()), "expires_at")


DELETIONS: dict[str, Callable[[], int]] = {
    "audit entries": audit.delete_old,
    "previews": previews.delete_old,
    "changes of apps": _app_changes,
    "reasons of support": support.delete_old,
    "sessions": _sessions,
    "logout tokens": _logout_tokens,
    "webhooks": _webhooks,
    "pending values": pending.delete_old,
    "one-time states": one_time.delete_old,
    "ways back": undo.delete_old,
    "deletions": deletion.delete_old,
    "factor removals": factor_removals.delete_old,
    "devices": devices.delete_old,
    "alert addresses": alert_address.delete_old,
    "mails": notices.delete_old,
    "events": security_events.delete_old,
    "repeatable requests": idempotency.delete_old,
    "ends of access tokens": token_cutoffs.delete_old,
    "counts": _counters,
    "leases": _leases,
}
