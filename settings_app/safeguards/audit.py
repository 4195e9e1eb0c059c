"""The audit trail: a row before each change, finished with its outcome; only retention deletes one (ASVS 16.4.2)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from settings_app.models import AuditEntry
from settings_app.safeguards.changes import Change
from settings_app.safeguards.client import client_address, device_name
from settings_app.shell.http import AccountRequest

Outcome = AuditEntry.Outcome


def start(request: AccountRequest, change: Change) -> AuditEntry:
    """Commits the row "started": a change that is cut off by a crash has left its trace."""
    return AuditEntry.objects.create(
        started_at=timezone.now(),
        site=request.site.host,
        subject=request.account.user_id,
        change=change.value,
        device=device_name(request),
        address=client_address(request),
    )


def finish(entry: AuditEntry, outcome: AuditEntry.Outcome, reason: str = "") -> None:
    """Writes the outcome, once. `reason` is Logto's code or our own word, never a value that somebody typed."""
    # guard: audit-row-finished-once
    AuditEntry.objects.filter(pk=entry.pk, outcome=Outcome.STARTED).update(
        outcome=outcome, reason=reason[:128], finished_at=timezone.now()
    )


def delete_old() -> int:
    """Retention: rows older than AUDIT_KEPT_DAYS go. Says how many."""
    return AuditEntry.objects.filter(started_at__lt=timezone.now() - timedelta(days=settings.AUDIT_KEPT_DAYS)).delete()[
        0
    ]
