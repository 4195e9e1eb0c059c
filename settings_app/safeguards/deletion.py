"""Accounts whose owners want them deleted: what waits for its day, and the link in the mail that keeps the account.

Nothing here calls Logto; `sections/delete/` does.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.models import AuditEntry, DeletionRequest
from settings_app.prepared import Prepared
from settings_app.safeguards import undo
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined, Needless
from settings_app.safeguards.encryption import digest, digests
from settings_app.sites import Site
from settings_app.tenancy import rows_of

SALT = "settings_app.deletion"
PLANNED = "deletion.planned"  # in what an actor remembers
CLAIMED_FOR = timedelta(minutes=10)  # longer than a deletion takes; one that was killed goes on after it
AGAIN_AFTER = timedelta(hours=1)
KEPT_FOR = timedelta(days=30)  # the row of a request that has ended
CUT_OFF_AFTER = timedelta(minutes=2)  # longer than a page takes
TOLD_FOR = timedelta(days=1)  # so long the page says that a deletion did not come to its end

State = DeletionRequest.State

_WAITING = Prepared(DeletionRequest.objects.filter(state=State.WAITING).filter, "tenant", "subject")

ALREADY_ASKED = _("You asked for this before. Reload the page to see when it happens.")
UNDER_WAY = _("Your account is being deleted right now, so it’s too late to keep it.")
NOTHING_WAITS = _("Your account isn’t going to be deleted, so there’s nothing to stop.")


@dataclass(frozen=True)
class Planned:
    """A request that is being made: its link goes out in the mail about it."""

    token: str
    due_at: datetime

    @property
    def signed_token(self) -> str:
        return signing.TimestampSigner(salt=SALT).sign(self.token)


def day_of(actor: Actor) -> datetime | None:
    """When an account would be deleted that its owner asks to delete now; None: at once."""
    now = timezone.now()
    days = [now + timedelta(days=actor.site.deletion_grace_days)]
    # Whoever took an account over must not be able to make an end of it while its owner can still take it back.
    # guard: no-deletion-while-a-way-back-stands
    if (way := undo.standing(actor)) is not None:
        days.append(way[0].expires_at)
    return max(days) if max(days) > now else None


def _later_day(actor: Actor) -> datetime:
    """As many days from now as there were at first, so that there is time to sign in and keep the account."""
    now, row = timezone.now(), waiting(actor)
    full = now + (row.due_at - row.asked_at) if row else now
    return max(full, day_of(actor) or now)


def prepare(actor: Actor, change: Change) -> Planned | None:
    """The link and the day for the mails about a request; `ask` and `put_off` keep what was prepared."""
    if change is Change.DELETION_ASKED:
        due_at = day_of(actor) or timezone.now()
    elif change is Change.DELETION_PUT_OFF:
        due_at = _later_day(actor)
    else:
        return None
    actor.remembered[PLANNED] = planned = Planned(secrets.token_urlsafe(32), due_at)
    return planned


def ask(actor: Actor) -> None:
    """The account waits from now on. Raises Declined where it did before."""
    try:
        with transaction.atomic():
            _store(actor, timezone.now())
    except IntegrityError as error:
        # guard: one-deletion-per-account
        raise Declined(ALREADY_ASKED, code="deletion.asked_before") from error


def put_off(actor: Actor, row: DeletionRequest) -> None:
    """Another day, with a link of its own."""
    with transaction.atomic():
        if DeletionRequest.objects.filter(pk=row.pk, state=State.WAITING).delete()[0]:
            _store(actor, timezone.now())


def _store(actor: Actor, asked_at: datetime) -> None:
    planned: Planned = actor.remembered[PLANNED]
    days = {"due_at": planned.due_at, "try_at": planned.due_at}
    DeletionRequest.objects.create(
        key=_key(planned.token), **actor.owner, language=actor.language, asked_at=asked_at, **days
    )


def waiting(actor: Actor) -> DeletionRequest | None:
    """What waits for this person's account, wherever it was asked for."""
    return _WAITING.first(**actor.key)


def keep(actor: Actor) -> None:
    """The account stays. Raises Declined where nothing waits, or its deletion is under way."""
    now = timezone.now()
    mine = DeletionRequest.objects.filter(**actor.key, state=State.WAITING)
    free = mine
    # guard: nobody-keeps-what-is-being-deleted
    free = free.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    if free.update(state=State.KEPT, ended_at=now):
        return
    if mine.exists():
        raise Declined(UNDER_WAY, code="deletion.under_way")
    raise Needless(NOTHING_WAITS, code="deletion.nothing_waits")


def withdraw(actor: Actor) -> None:
    """Whoever takes the account back wants it; nothing is said where nothing waited."""
    DeletionRequest.objects.filter(**actor.key, state=State.WAITING).update(state=State.KEPT, ended_at=timezone.now())


def read(site: Site, signed_token: str) -> DeletionRequest | None:
    """The request that the link of a mail is about; None for anything else. Changes nothing."""
    token = signed_token.partition(":")[0]
    try:
        # guard: deletion-link-signed
        signing.TimestampSigner(salt=SALT).unsign(signed_token)
    except signing.BadSignature:
        return None
    rows = DeletionRequest.objects.filter(key__in=digests("deletion-token", token))
    # guard: deletion-link-of-this-tenant
    rows = rows.filter(tenant=site.tenant)
    return rows.first()


def due() -> list[str]:
    """Keys of what is due and nobody has claimed, the longest overdue first."""
    now = timezone.now()
    rows = DeletionRequest.objects.filter(state=State.WAITING, try_at__lte=now)
    rows = rows.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    return list(rows.order_by("due_at").values_list("key", flat=True))


def untried_since(moment: datetime) -> int:
    """How many have been due since then without anybody's trying: nobody runs what carries them out."""
    return DeletionRequest.objects.filter(state=State.WAITING, try_at__lt=moment, claimed_until=None).count()


def claim(key: str) -> DeletionRequest | None:
    """The request, for this process alone; None when another one has it, or it was withdrawn."""
    now = timezone.now()
    free = DeletionRequest.objects.filter(key=key, state=State.WAITING, try_at__lte=now)
    # guard: deletion-claimed-once
    free = free.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    if not free.update(claimed_until=now + CLAIMED_FOR):
        return None
    return DeletionRequest.objects.filter(key=key).first()


def release(row: DeletionRequest, *, was_suspended: bool = False) -> None:
    """Not done this time; another try after a while."""
    mine = DeletionRequest.objects.filter(pk=row.pk, state=State.WAITING)
    mine.update(claimed_until=None, try_at=timezone.now() + AGAIN_AFTER, was_suspended=was_suspended)


def end(row: DeletionRequest, state: DeletionRequest.State) -> None:
    DeletionRequest.objects.filter(pk=row.pk, state=State.WAITING).update(state=state, ended_at=timezone.now())


def cut_off() -> list[AuditEntry]:
    """Deletions that came to no end: the process was killed, or nobody could say what became of them."""
    now = timezone.now()
    rows = AuditEntry.objects.filter(change=Change.ACCOUNT_DELETED.value, started_at__gt=now - TOLD_FOR)
    began = Q(outcome=AuditEntry.Outcome.STARTED, started_at__lt=now - CUT_OFF_AFTER)
    lost = Q(outcome=AuditEntry.Outcome.UNKNOWN, finished_at__gt=now - AGAIN_AFTER)
    return list(rows.filter(began | lost))


def last_try(actor: Actor) -> AuditEntry | None:
    """The latest deletion that was begun lately and did not end; there is still an account, or nobody would ask."""
    rows = rows_of(AuditEntry, tenant=actor.realm, subject=actor.account.user_id)
    rows = rows.filter(change=Change.ACCOUNT_DELETED.value, started_at__gt=timezone.now() - TOLD_FOR)
    ended = (AuditEntry.Outcome.DONE, AuditEntry.Outcome.REFUSED)
    return rows.exclude(outcome__in=ended).order_by("-started_at").first()


def delete_old() -> int:
    """Retention: requests that ended a month ago. Says how many of a batch."""
    ended = DeletionRequest.objects.exclude(state=State.WAITING)
    return delete_some(ended.filter(ended_at__lt=timezone.now() - KEPT_FOR), "ended_at")


def _key(token: str) -> str:
    return digest("deletion-token", token)
