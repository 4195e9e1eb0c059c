"""The audit trail: a row before each change, finished with its outcome; only retention deletes one (ASVS 16.4.2).

The mails about a change are stored with its row, and released or dropped with its outcome (notices.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from settings_app.device import name_of_agent
from settings_app.logto.errors import LogtoError, Refused, Unavailable
from settings_app.logto.types import Person
from settings_app.models import AuditEntry
from settings_app.safeguards import notices
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.shell.http import AccountRequest, client_address

Outcome = AuditEntry.Outcome
UNDOING = (Change.EMAIL_RESTORED, Change.PHONE_RESTORED, Change.ALL_SESSIONS_ENDED)


def start(
    request: AccountRequest,
    change: Change,
    *,
    person: Person | None = None,
    acting_admin: str = "",
    written: str | None = None,
) -> AuditEntry:
    """Commits the row "started" and its mails: a change that is cut off by a crash has left its trace.

    `person` is whose account it is when that is not the one signed in, `written` the email or phone about to be
    written when it is not the one that waits for its code in this session.
    """
    person = person or request.person
    with transaction.atomic():
        entry = AuditEntry.objects.create(
            started_at=timezone.now(),
            site=request.site.host,
            subject=person.id,
            acting_admin=acting_admin,
            change=change.value,
            device=name_of_agent(request.headers.get("User-Agent", "")),
            address=client_address(request),
        )
        notices.hold(request, entry, change, person, written)
    return entry


def finish(entry: AuditEntry, outcome: AuditEntry.Outcome, reason: str = "") -> None:
    """Writes the outcome, once. `reason` is Logto's code or our own word, never a value that somebody typed."""
    with transaction.atomic():
        rows = AuditEntry.objects.filter(pk=entry.pk)
        # guard: audit-row-finished-once
        rows = rows.filter(outcome=Outcome.STARTED)
        if not rows.update(outcome=outcome, reason=reason[:128], finished_at=timezone.now()):
            return
        if outcome in (Outcome.DONE, Outcome.UNKNOWN):
            notices.release(entry, outcome)
        elif not notices.wants_failures(entry):
            notices.drop(entry)
    if outcome not in (Outcome.DONE, Outcome.UNKNOWN) and notices.wants_failures(entry):
        notices.count_failure(entry)


@contextmanager
def recorded(
    request: AccountRequest, change: Change, *, person: Person | None = None, written: str | None = None
) -> Iterator[AuditEntry]:
    """Runs a block between both halves of its row, for what is not a form. Raises what the block raises."""
    entry = start(request, change, person=person, written=written)
    try:
        yield entry
    except (LogtoError, Declined) as error:
        finish(entry, outcome_of(error), reason_of(error))
        raise
    finish(entry, Outcome.DONE)


def outcome_of(error: LogtoError | Declined) -> AuditEntry.Outcome:
    """What a failure says about the change: refused, failed, or nobody knows."""
    if isinstance(error, (Refused, Declined)):
        return Outcome.REFUSED
    if isinstance(error, Unavailable) and error.may_have_happened:
        return Outcome.UNKNOWN
    return Outcome.FAILED


def reason_of(error: LogtoError | Declined) -> str:
    return error.code or type(error).__name__


@dataclass(frozen=True)
class Past:
    """A row of the trail as pages show it."""

    title: Promise
    at: datetime
    outcome: str
    device: str
    address: str


def since(entry: AuditEntry) -> list[Past]:
    """What else was changed in this account since `entry` began, oldest first; its undoing is not something else."""
    rows = AuditEntry.objects.filter(site=entry.site, subject=entry.subject, started_at__gte=entry.started_at)
    rows = rows.exclude(pk=entry.pk).exclude(change__in=[change.value for change in UNDOING])
    return _shown(rows.order_by("started_at", "pk"))


def last_outcome(entry: AuditEntry, change: Change) -> str:
    """How the newest `change` of the same account since `entry` ended; empty when there was none."""
    rows = AuditEntry.objects.filter(site=entry.site, subject=entry.subject, started_at__gte=entry.started_at)
    row = rows.filter(change=change.value).order_by("-started_at", "-pk").first()
    return row.outcome if row else ""


def of_person(request: AccountRequest, *, days: int) -> list[Past]:
    """What was changed in the account of the person who is signed in, newest first."""
    after = timezone.now() - timedelta(days=days)
    rows = AuditEntry.objects.filter(site=request.site.host, subject=request.account.user_id, started_at__gt=after)
    return _shown(rows.order_by("-started_at", "-pk"))


def _shown(rows: QuerySet[AuditEntry]) -> list[Past]:
    """Without refusals, which changed nothing, and without steps on the way."""
    kept = rows.exclude(outcome__in=(Outcome.REFUSED, Outcome.FAILED))
    titled = [(row, Change(row.change).words.title) for row in kept]
    return [Past(title, row.started_at, row.outcome, row.device, row.address) for row, title in titled if title]


def delete_old() -> int:
    """Retention: rows older than AUDIT_KEPT_DAYS go. Says how many of a batch."""
    before = timezone.now() - timedelta(days=settings.AUDIT_KEPT_DAYS)
    return delete_some(AuditEntry.objects.filter(started_at__lt=before))
