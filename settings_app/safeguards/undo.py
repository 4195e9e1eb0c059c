"""The way back for the owner of an account whose email or phone was changed: one link, good once, for 72 hours.

There is one at a time for an account. It holds everything that was established when the first change was made
(established.py), goes to the established email, and outranks whatever is younger. It never signs anybody in.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from settings_app.actor import Actor
from settings_app.logto.types import Factor
from settings_app.models import AuditEntry, Restoration, Undo
from settings_app.safeguards import alert_address, established
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined, TooManyAttempts, Wait
from settings_app.safeguards.encryption import digest, digests, seal, unseal
from settings_app.safeguards.established import CONNECTION, EMAIL, PHONE, STANDS_AFTER, Value, plain
from settings_app.sites import Site
from settings_app.tenancy import rows_of

LIFE = timedelta(hours=72)
CLAIMED_FOR = timedelta(minutes=1)
FINISHED_WITHIN = timedelta(hours=1)  # so long nothing else changes the account, once a link was pressed
LONGEST_CHANGE = timedelta(minutes=2)  # nothing goes to Logto later than this after a change began
LANDS_WITHIN = timedelta(minutes=1)  # so long Logto may still carry out what it was too slow to answer
AT_THE_SAME_TIME = timedelta(minutes=2)  # longer than any change takes
SEALED_FOR = "restoration"
SALT = "settings_app.undo"
PHONE_CODES = "PhoneVerificationCode"
PART = "part of a larger change"  # how the trail's reason begins for a step of one
NOT_MADE = (AuditEntry.Outcome.REFUSED, AuditEntry.Outcome.FAILED)

UNREADABLE = _("This link is incomplete. Open it again from the email, or copy the whole link.")
EXPIRED = _("This link has expired. It worked for 72 hours.")
UNKNOWN = _("This link no longer works. There’s nothing left to undo.")
USED = _("This link has already been used.")
BUSY = _("This link is being used right now. Try again in a minute.")
BEING_TAKEN_BACK = Wait(
    minutes=ngettext_lazy(
        "Someone is undoing the last changes to this account. Try again in %(number)d minute.",
        "Someone is undoing the last changes to this account. Try again in %(number)d minutes.",
        "number",
    )
)


@dataclass(frozen=True)
class EstablishedValues:
    """What a way back brings an account back to: what was established before the first change.

    `factors` are the ids of second factors and `connections` the connected accounts that stay; `marks` says which
    second factors there were at all. Tokens made after `tokens_before` go. `asked`: Logto asked for those factors at
    sign-in.
    """

    token: str
    email: str
    phone: str
    factors: tuple[str, ...]
    connections: tuple[str, ...]
    marks: tuple[str, ...]
    needs_sign_in: bool
    tokens_before: str
    had_password: bool = True
    asked: bool = False
    alert: str = ""  # the alert address

    @classmethod
    def unsealed(cls, row: Restoration) -> EstablishedValues | None:
        """None once it was used, and when the key is gone."""
        text = unseal(SEALED_FOR, row.sealed) if row.sealed else None
        if text is None:
            return None
        stored = json.loads(text)
        lists = {name: tuple(stored[name]) for name in ("factors", "connections", "marks")}
        return cls(**stored | lists)

    def sealed(self) -> str:
        stored = asdict(self)
        if not self.alert:  # a process of the release before knows none
            del stored["alert"]
        return seal(SEALED_FOR, json.dumps(stored))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where its link goes."""
        return tuple(one for one in (self.email, self.alert) if one)

    @property
    def signed_token(self) -> str:
        return signing.TimestampSigner(salt=SALT).sign(self.token)

    @property
    def values(self) -> frozenset[Value]:
        """What is established by standing here, wherever it has been meanwhile."""
        held = [(EMAIL, plain(EMAIL, self.email)), (PHONE, plain(PHONE, self.phone))]
        held += [(CONNECTION, one) for one in self.connections]
        return frozenset((kind, value) for kind, value in held if value)

    def holds(self, kind: str, value: str) -> bool:
        return bool(value) and (kind, plain(kind, value)) in self.values


@dataclass(frozen=True)
class UndoLink:
    """What a link leads to: its row, with what it holds until it is used; or the reason why it leads nowhere."""

    row: Restoration | None = None
    kept: EstablishedValues | None = None
    problem: Promise | None = None


def note(actor: Actor) -> None:
    """Notes what the account holds. What a way back stands for stays established, also when it is put back by hand."""
    established.note(actor, put_back=_standing_values)


def prepare(actor: Actor, change: Change) -> EstablishedValues | None:
    """What the way back of this change would bring back, read before it is made. None: it gets none.

    Raises a `LogtoError`: nothing is replaced whose way back cannot be prepared.
    """
    if not change.words.can_be_undone:
        return None
    note(actor)
    kind = change.words.value
    replaced = getattr(actor.person, kind)
    if (way := standing(actor)) is not None:
        # guard: younger-values-get-no-way-back
        if not way[1].holds(kind, replaced):
            return None
        return way[1]
    # guard: way-back-from-established-values-only
    if not established.is_established(actor, kind, replaced):
        return None
    # A link goes to an established mailbox only; a phone number cannot be mailed.
    # guard: way-back-to-established-email-only
    if not established.is_established(actor, EMAIL, actor.person.email) and not alert_address.established(actor):
        return None
    return _kept_of(actor)


def offer(actor: Actor, entry: AuditEntry, kept: EstablishedValues) -> EstablishedValues | None:
    """Keeps the way back for 72 hours from this change, which replaces one of its values. Out: the one there is now.

    There is one per account: of two changes at the same moment, the first one's stands for both.
    """
    expires_at = entry.started_at + LIFE
    mine = Restoration.objects.filter(**actor.key, used_at=None)
    useless = [row.pk for row in mine if row.expires_at <= entry.started_at or EstablishedValues.unsealed(row) is None]
    mine.filter(pk__in=useless).delete()
    row = Restoration(key=_key(kept.token), entry=entry, **actor.key, sealed=kept.sealed(), expires_at=expires_at)
    if not mine.exists():
        Restoration.objects.bulk_create([row], ignore_conflicts=True)
    # guard: replaced-established-value-has-its-full-time
    mine.update(expires_at=expires_at)
    way = standing(actor)
    if way is None:
        return None
    # Under the key that there is now: a way back that lasts longer must not end with the key before.
    mine.update(key=_key(way[1].token), sealed=way[1].sealed())
    return way[1]


def withdraw(entry: AuditEntry) -> None:
    """The change was not made. Another one that was made meanwhile keeps the way back."""
    row = Restoration.objects.filter(entry=entry, used_at=None, begun_at=None)
    other = _other_change(entry)
    # guard: a-failed-change-takes-no-other-way-back
    if other is not None:
        row.update(entry=other)
    row.filter(entry=entry).delete()


def _other_change(entry: AuditEntry) -> AuditEntry | None:
    """Another change of this account that can be undone, made since or at the same moment, and not refused."""
    undoable = [change.value for change in Change if change.words.can_be_undone]
    # One that began a moment earlier may have found this way back when it came to keeping its own.
    began_after = entry.started_at - AT_THE_SAME_TIME
    others = AuditEntry.objects.filter(subject=entry.subject, change__in=undoable, started_at__gte=began_after)
    others = others.exclude(pk=entry.pk).exclude(outcome__in=NOT_MADE)
    # guard: what-was-undone-gets-no-other-way-back
    others = others.filter(restoration=None)
    return others.order_by("pk").first()


def standing(actor: Actor) -> tuple[Restoration, EstablishedValues] | None:
    """The way back that this account has at present."""
    row = Restoration.objects.filter(**actor.key, used_at=None, expires_at__gt=timezone.now()).first()
    kept = EstablishedValues.unsealed(row) if row else None
    return (row, kept) if row and kept else None


def told_too(actor: Actor) -> tuple[str, ...]:
    """The established mailboxes, which are told of everything while a way back stands; none when none does."""
    way = standing(actor)
    return way[1].addresses if way else ()


def refuse_while_taken_back(actor: Actor) -> None:
    """Nobody changes an account while its owner takes it back. Raises TooManyAttempts."""
    now = timezone.now()
    row = Restoration.objects.filter(**actor.key, used_at=None, begun_at__gt=now - FINISHED_WITHIN).first()
    if row is not None and row.begun_at is not None:
        wait = (row.begun_at + FINISHED_WITHIN - now).total_seconds()
        raise TooManyAttempts(wait, BEING_TAKEN_BACK, code="undo.under_way")


def under_way(row: Restoration) -> bool:
    """Whether a change of somebody else can still come about. None begins any more, as whoever tries is refused.

    Clocks of two machines, or of two commits, say nothing about which came first, so only rows are looked at.
    """
    now = timezone.now()
    rows = rows_of(AuditEntry, tenant=row.tenant, subject=row.subject).exclude(change=Change.ACCOUNT_RESTORED.value)
    rows = rows.exclude(reason__startswith=PART)  # the whole has a row of its own
    begun = Q(outcome=AuditEntry.Outcome.STARTED, started_at__gt=now - LONGEST_CHANGE - LANDS_WITHIN)
    lost = Q(outcome=AuditEntry.Outcome.UNKNOWN, finished_at__gt=now - LANDS_WITHIN)
    return rows.filter(begun | lost).exists()


def read(site: Site, signed_token: str) -> UndoLink:
    """What this token leads to on this site, which may be any of the tenant's. Changes nothing."""
    token = signed_token.partition(":")[0]
    try:
        # guard: undo-token-signed
        signing.TimestampSigner(salt=SALT).unsign(signed_token)
    except signing.BadSignature:
        return UndoLink(problem=UNREADABLE)
    rows = Restoration.objects.filter(key__in=digests("undo-token", token))
    # guard: undo-of-this-tenant
    rows = rows.filter(tenant=site.tenant)
    # guard: undo-expires
    rows = rows.filter(expires_at__gt=timezone.now())
    row = rows.first()
    if row is None:
        return UndoLink(problem=EXPIRED if _is_old(signed_token) else UNKNOWN)
    return UndoLink(row, EstablishedValues.unsealed(row))


def needs_sign_in(actor: Actor, kept: EstablishedValues) -> bool:
    """Whether a fresh sign-in has to come first: a mailbox that somebody left behind does not outrank two factors.

    Not when they changed since, for then whoever changed the account may hold them. Raises a `LogtoError`.
    """
    return kept.needs_sign_in and set(kept.marks) == set(_marks(actor, actor.account.factors()))


@contextmanager
def claimed(row: Restoration) -> Iterator[EstablishedValues]:
    """What the way back holds, for a block that restores it: used up when the block ends well, else it can go on.

    Raises Declined when it was used, or is being used by another request.
    """
    now = timezone.now()
    free = Restoration.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=now), key=row.key)
    # guard: undo-used-once
    free = free.filter(used_at=None)
    # guard: undo-claimed-once
    if not free.update(claimed_until=now + CLAIMED_FOR):
        raise Declined(BUSY if row.used_at is None else USED, code="undo.claimed")
    mine = Restoration.objects.filter(key=row.key)
    kept = EstablishedValues.unsealed(row)
    if kept is None:
        raise Declined(UNKNOWN, code="undo.unreadable")
    try:
        yield kept
    except BaseException:
        mine.update(claimed_until=None)
        raise
    mine.update(used_at=timezone.now(), sealed="")


def begin(row: Restoration) -> None:
    """From here on the account is being taken back, until that is finished; the link stays good for finishing it."""
    now = timezone.now()
    mine = Restoration.objects.filter(key=row.key)
    is_first = Q(begun_at=None)
    # guard: going-on-after-an-hour-locks-again
    is_first |= Q(begun_at__lte=now - FINISHED_WITHIN)
    mine.filter(is_first).update(begun_at=now)
    mine.filter(expires_at__lt=now + FINISHED_WITHIN).update(expires_at=now + FINISHED_WITHIN)


def go_on(row: Restoration, left: Collection[str] = ()) -> None:
    """Keeps the claim for the next step, and what could not be done."""
    Restoration.objects.filter(key=row.key).update(
        claimed_until=timezone.now() + CLAIMED_FOR, left=",".join(sorted(left))
    )


def delete_old() -> int:
    """Retention: what it holds goes with the end of its 72 hours. Says how many rows of a batch."""
    now = timezone.now()
    return sum(delete_some(model.objects.filter(expires_at__lte=now), "expires_at") for model in (Restoration, Undo))


def _kept_of(actor: Actor) -> EstablishedValues:
    """What is established now. Second factors and tokens have dates of their own at Logto."""
    now = timezone.now()
    person, stands = actor.person, established.of_person(actor)
    stay = factors = actor.account.factors()
    # guard: only-established-factors-stay
    stay = tuple(factor for factor in factors if _is_older(factor.created_at, now - STANDS_AFTER))
    phone = person.phone if (PHONE, plain(PHONE, person.phone)) in stands else ""
    marks = _marks(actor, factors)
    return EstablishedValues(
        token=secrets.token_urlsafe(32),
        email=person.email if (EMAIL, plain(EMAIL, person.email)) in stands else "",
        phone=phone,
        factors=tuple(factor.id for factor in stay),
        connections=tuple(value for kind, value in stands if kind == CONNECTION),
        marks=marks,
        needs_sign_in=any(not factor.is_backup_codes for factor in stay) or bool(phone and f"phone {phone}" in marks),
        tokens_before=(now - STANDS_AFTER).isoformat(),
        had_password=person.has_password and not _was_made_lately(actor, Change.PASSWORD_SET),
        asked=bool(stay) and _asked_for_factors(actor),
        alert=alert_address.established(actor),
    )


def _asked_for_factors(actor: Actor) -> bool:
    """Switching that off is as young as everything else that was done in the last days."""
    return _was_made_lately(actor, Change.TWO_STEP_OFF) or actor.account.configuration().asks_at_sign_in


def _was_made_lately(actor: Actor, change: Change) -> bool:
    made = actor.owned(AuditEntry).exclude(outcome__in=NOT_MADE)
    return made.filter(change=change.value, started_at__gt=timezone.now() - STANDS_AFTER).exists()


def _marks(actor: Actor, factors: tuple[Factor, ...]) -> tuple[str, ...]:
    """Each second factor, the phone among them where the tenant takes codes by text message as one.

    Codes by email are none here: whoever reads the old mailbox would have that one anyway.
    """
    marks = tuple(factor.id for factor in factors)
    takes_phone = PHONE_CODES in actor.tenant.sign_in_experience().two_step.factors
    return (*marks, f"phone {actor.person.phone}") if takes_phone and actor.person.phone else marks


def _is_older(moment: datetime | None, than: datetime) -> bool:
    return moment is None or moment <= than


def _standing_values(actor: Actor) -> frozenset[Value]:
    way = standing(actor)
    return way[1].values if way else frozenset()


def _is_old(signed_token: str) -> bool:
    try:
        signing.TimestampSigner(salt=SALT).unsign(signed_token, max_age=LIFE)
    except signing.SignatureExpired:
        return True
    return False


def _key(token: str) -> str:
    return digest("undo-token", token)
