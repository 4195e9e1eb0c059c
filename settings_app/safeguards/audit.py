"""The audit trail: a row before each change, finished with its outcome; only retention deletes one (ASVS 16.4.2).

The mails about a change, and what other services are told of it, are stored with its row, and released or dropped with
its outcome (notices.py, security_events.py).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise

from settings_app.actor import Actor
from settings_app.lifetimes import own_audit_days
from settings_app.models import AuditEntry
from settings_app.prepared import Prepared
from settings_app.safeguards import notices, security_events, undo
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.changes import Change
from settings_app.tenancy import hosts_of, rows_of, tenant_of

Outcome = AuditEntry.Outcome
UNCERTAIN = (Outcome.STARTED, Outcome.UNKNOWN)
PART = undo.PART

_UNTOLD = [change.value for change in Change if change.words.title is None]  # steps on the way
MOST_READ = 1000  # rows for one page of what was changed

log = logging.getLogger(__name__)


def start(
    actor: Actor,
    change: Change,
    *,
    written: str = "",
    is_part: bool = False,
    is_mailed: bool = True,
    sightings: Sequence[Mapping[str, Any]] = (),
) -> AuditEntry:
    """Commits the row "started" and its mails: a change that is cut off by a crash has left its trace.

    `written` is the email or phone that is about to be written. `is_part`: of a larger change, whose mails tell of it.
    `is_mailed` False: who begins it decides later whether somebody is told.
    Raises a `LogtoError` when what the way back would restore cannot be read.
    """
    is_mailed = is_mailed and not is_part
    kept = undo.prepare(actor, change) if is_mailed else None
    with transaction.atomic():
        entry = AuditEntry(
            started_at=timezone.now(),
            **actor.owner,
            acting_admin=actor.acting_admin,
            change=change.value,
            device=actor.device,
            address=actor.address,
            application=actor.application,
            reason=PART if is_part else "",
        )
        # guard: trail-comes-first
        entry.save()
        # guard: event-stored-with-its-audit-row
        security_events.hold(actor, entry, change)
        if is_mailed:
            notices.hold(actor, entry, change, written, kept, sightings)
    return entry


def finish(entry: AuditEntry, outcome: AuditEntry.Outcome, reason: str = "") -> None:
    """Writes the outcome, once. `reason` is Logto's code or our own word, never a value that somebody typed."""
    if entry.reason == PART:
        reason = f"{PART} {reason}".strip()
    with transaction.atomic():
        rows = AuditEntry.objects.filter(pk=entry.pk)
        # guard: audit-row-finished-once
        rows = rows.filter(outcome=Outcome.STARTED)
        if not rows.update(outcome=outcome, reason=reason[:128], finished_at=timezone.now()):
            return
        log.info("change %s of %s: %s %s", entry.change, entry.subject, outcome.value, reason[:128] or "-")
        if outcome in (Outcome.DONE, Outcome.UNKNOWN):
            security_events.release(entry, outcome)
            notices.release(entry, outcome)
        else:
            security_events.drop(entry)
            if not notices.wants_failures(entry):
                notices.drop(entry)
    if outcome not in (Outcome.DONE, Outcome.UNKNOWN) and notices.wants_failures(entry):
        notices.count_failure(entry)


@dataclass(frozen=True)
class Past:
    """A row of the trail as pages show it."""

    title: Promise
    at: datetime
    outcome: str
    device: str
    address: str
    about: str = ""  # the field of the profile, by its name here


def of_person(actor: Actor, *, days: int) -> list[Past]:
    """What was changed in the account of the person who is signed in, newest first, without confirmations."""
    after = timezone.now() - timedelta(days=days)
    rows = actor.owned(AuditEntry).filter(started_at__gt=after).exclude(change=Change.STEP_UP.value)
    return _shown(rows.order_by("-started_at", "-pk")[:MOST_READ])


def done_about(actor: Actor, change: Change) -> set[str]:
    """What every change of this kind was about that the person has made here, as far as the trail goes back."""
    rows = actor.owned(AuditEntry).filter(change=change.value, outcome=Outcome.DONE)
    return set(rows.values_list("reason", flat=True))


def last_done(actor: Actor, change: Change, *, days: int) -> datetime | None:
    """When this was last done, within so many days."""
    rows = actor.owned(AuditEntry).filter(change=change.value, outcome=Outcome.DONE)
    last = rows.filter(started_at__gt=timezone.now() - timedelta(days=days)).order_by("-started_at").first()
    return last.started_at if last else None


def trail(actor: Actor, *, until: datetime, since: datetime | None, most: int) -> list[AuditEntry]:
    """The newest rows of the person who is signed in up to that moment, with those of their mails."""
    rows = actor.owned(AuditEntry).filter(started_at__lte=until).exclude(change__in=_UNTOLD)
    if since is not None:
        rows = rows.filter(started_at__gte=since)
    newest_first = rows.order_by("-started_at", "-pk")[:most]
    # Looked up for these rows alone: joined, their tables are read whole before anybody counts to `most`.
    return list(newest_first.prefetch_related("preview", "support_reason", "notices"))


def newest(actor: Actor, most: int) -> list[AuditEntry]:
    """The first of `trail`, whose SQL is worked out once: the overview of everybody shows them."""
    hosts = tuple(hosts_of(actor.realm))
    rows = _newest(hosts, most).rows(**actor.key)
    prefetch_related_objects(rows, "preview", "notices")
    return rows


@lru_cache(maxsize=256)
def _newest(hosts: tuple[str, ...], most: int) -> Prepared[AuditEntry]:
    def select(tenant: str, subject: str) -> QuerySet[AuditEntry]:
        mine = AuditEntry.objects.filter(Q(tenant=tenant) | Q(tenant="", site__in=hosts), subject=subject)
        return mine.exclude(change__in=_UNTOLD).order_by("-started_at", "-pk")[:most]

    return Prepared(select, "tenant", "subject")


def _of_same_person(entry: AuditEntry) -> QuerySet[AuditEntry]:
    return rows_of(AuditEntry, tenant=entry.tenant or tenant_of(entry.site), subject=entry.subject)


def _shown(rows: QuerySet[AuditEntry]) -> list[Past]:
    """Without refusals, which changed nothing, and without steps on the way."""
    kept = [row for row in rows if row.outcome not in (Outcome.REFUSED, Outcome.FAILED)]
    return [past for row in kept if (past := _past(row))]


def _past(row: AuditEntry) -> Past | None:
    title = Change(row.change).words.title_of_one(is_certain=row.outcome not in UNCERTAIN)
    about = row.reason if row.change == Change.PROFILE.value else ""
    return Past(title, row.started_at, row.outcome, row.device, row.address, about) if title else None


def delete_old() -> int:
    """Retention: rows older than what their site says go. Says how many of a batch.

    Site by site, as their index has them. One of the moment alone would help here, and mislead the pages: PostgreSQL
    walks back along it, through everybody's rows, to find the newest of somebody who has not been here for long.
    """
    own, now, deleted = own_audit_days(), timezone.now(), 0
    for host in _hosts():
        before = now - timedelta(days=own.get(host, settings.AUDIT_KEPT_DAYS))
        deleted += delete_some(AuditEntry.objects.filter(site=host, started_at__lt=before), "started_at")
    return deleted


def _hosts() -> Iterator[str]:
    """Of every row, those of sites that are gone too: each is found where the index goes on behind the one before."""
    sites, host = AuditEntry.objects.order_by("site").values_list("site", flat=True), ""
    while host := sites.filter(site__gt=host).first() or "":
        yield host


def kept_no_longer(moment: str) -> list[Q]:
    """Which rows of a table of sites, whose time is called `moment`: by the deployment, and by each site of its own."""
    now, own = timezone.now(), own_audit_days()
    of_sites = [(Q(site=host), days) for host, days in own.items()]
    return [
        whose & Q(**{f"{moment}__lt": now - timedelta(days=days)})
        for whose, days in [(~Q(site__in=own), settings.AUDIT_KEPT_DAYS), *of_sites]
    ]
