"""Values that wait for a code: who asked, in which session, what for, how often it was tried.

Logto's codes are bound to nobody and to no purpose (docs/logto.md 3), so this table binds them: a code counts only in
the session and for the purpose that sent the newest one to its recipient, once, for a few minutes, with a few tries.

Logto keeps one code for each recipient, so a second send ends the first. Therefore nobody sends to what another account
has, nor to what another person waits for: such a row is held back. It behaves like any other, and no code fits it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError, NotFound, Refused, Unavailable
from settings_app.models import Pending
from settings_app.prepared import Prepared
from settings_app.safeguards import limits, proven_email, strangers, texts, unseen
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.code_refused import GONE, code_declined, declined_by_logto
from settings_app.safeguards.declined import Interrupted
from settings_app.safeguards.encryption import digest
from settings_app.safeguards.limits import Limit
from settings_app.tenancy import hosts_of, of_tenant, rows_of

MOST_SECONDS = 600
MOST_ATTEMPTS = 5
RESEND_AFTER_SECONDS = 60
TOLD_FOR = timedelta(hours=1)  # how long a row that ended is kept, without its recipient, to say how it ended

State = Pending.State


class Purpose(StrEnum):
    """What the code is for. A code sent for one is refused for every other."""

    EMAIL = "email"
    PHONE = "phone"
    STEP_UP = "step-up"
    PROOF = "proof"

    @property
    def is_to_own_address(self) -> bool:
        """Sent to what the person has on their account now: nothing about anybody else can be learned from that."""
        return self in (Purpose.STEP_UP, Purpose.PROOF)


class Kind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True)
class Waiting:
    """A value that waits for its code, as pages show it. `here`: this session sent it and can take the code."""

    key: str
    purpose: Purpose
    kind: Kind
    recipient: str
    sent_at: datetime
    expires_at: datetime
    attempts_left: int
    here: bool

    @property
    def resend_in_seconds(self) -> int:
        """0 as soon as another code may be asked for."""
        resend_at = self.sent_at + timedelta(seconds=RESEND_AFTER_SECONDS)
        return max(0, round((resend_at - timezone.now()).total_seconds()))

    @property
    def was_just_sent(self) -> bool:
        return self.resend_in_seconds > 0


def send(actor: Actor, purpose: Purpose, kind: Kind, recipient: str) -> Waiting:
    """Sends a code to `recipient` and makes this session and purpose the only one that can use it.

    Older ones of this person for that recipient, or in this session for this purpose, end here.
    Raises TooManyAttempts and Declined before anything is sent, and the `LogtoError` of the sending.
    """
    if kind is Kind.PHONE:
        # guard: texts-to-phones-of-people
        texts.refuse_others(actor.site, recipient)
    if purpose.is_to_own_address:
        return _send_to_own(actor, purpose, kind, recipient)
    with unseen.pace() as until:
        return _send_to_new(actor, purpose, kind, recipient, until)


def _send_to_own(actor: Actor, purpose: Purpose, kind: Kind, recipient: str) -> Waiting:
    # guard: code-sends-limited
    limits.spend(actor, Limit.TEXT_SEND if kind is Kind.PHONE else Limit.CODE_SEND, recipient=recipient)
    row = _kept(actor, purpose, kind, recipient, held_back=False)
    try:
        actor.account.send_code(recipient)
    except LogtoError as error:
        if not (isinstance(error, Unavailable) and error.may_have_happened):
            _end(row.key, State.CANCELLED)
        raise
    return _waiting(row, here=True)


def _send_to_new(actor: Actor, purpose: Purpose, kind: Kind, recipient: str, until: float | None) -> Waiting:
    """To an address that the person does not have yet: whatever others have or do there, this looks the same."""
    holder = strangers.holder_of(actor, kind, recipient)
    stays_back, counted_for = False, recipient
    # guard: no-code-to-what-another-account-has
    if holder is not None and holder.id != actor.account.user_id:
        stays_back = True
    # guard: who-waited-first-keeps-the-code
    if holder is None and _is_waited_for(actor, recipient):
        stays_back = True
    # Sends of others are no reason that anybody hears: they would tell that nobody has the address.
    # guard: strangers-sends-count-for-the-stranger
    counted_for = f"{recipient} for {actor.account.user_id}"
    # guard: sends-to-new-addresses-limited
    limits.spend(actor, Limit.TEXT_SEND if kind is Kind.PHONE else Limit.CODE_SEND, recipient=counted_for)
    # guard: recipient-is-sent-a-few
    if not stays_back and not strangers.may_be_sent_one(actor, recipient, had_one=_had_one(actor, recipient)):
        stays_back = True
    row = _kept(actor, purpose, kind, recipient, held_back=stays_back)
    if row.held_back:
        if holder is not None:
            strangers.tell_holder(actor, holder, kind)
    # guard: failed-send-holds-nobody-back
    elif not unseen.send(actor, recipient, until=until):
        Pending.objects.filter(key=row.key).update(held_back=True)
    return _waiting(row, here=True)


def _kept(actor: Actor, purpose: Purpose, kind: Kind, recipient: str, *, held_back: bool) -> Pending:
    policy = actor.account.tenant.sign_in_experience().verification_code
    now = timezone.now()
    row = Pending(
        key=secrets.token_hex(24),
        **actor.owner,
        binding=actor.binding,
        purpose=purpose.value,
        kind=kind.value,
        recipient=recipient,
        recipient_digest=digest("recipient", recipient.casefold()),
        sent_at=now,
        expires_at=now + timedelta(seconds=min(MOST_SECONDS, policy.expiration_seconds)),
        most_attempts=min(MOST_ATTEMPTS, policy.max_attempts),
        held_back=held_back,
    )
    forget_expired()
    _put(row)
    _seen(actor)[purpose] = row
    return row


def waiting(actor: Actor, purpose: Purpose) -> Waiting | None:
    """What this session has waiting for this purpose; None when there is nothing (any more)."""
    row = _newest(actor, purpose)
    return _waiting(row, here=True) if row and _open(row).exists() else None


def is_on_its_way(actor: Actor, purpose: Purpose, recipient: str) -> bool:
    """Whether this session asked for a code for exactly this moments ago, as when a button was pressed twice."""
    row = waiting(actor, purpose)
    return row is not None and row.recipient == recipient and row.resend_in_seconds > 0


def has_led_to(actor: Actor, purpose: Purpose, value: str) -> bool:
    """Whether the newest code of this session was used and `value` is what it proved: its button was pressed twice."""
    row = _newest(actor, purpose)
    return row is not None and row.state == State.USED and row.recipient_digest == digest("recipient", value.casefold())


def of_person(actor: Actor) -> list[Waiting]:
    """Everything this person has waiting, in whatever session, but for confirmations; newest first."""
    rows, mine, now = _of_person(tuple(hosts_of(actor.realm))).rows(**actor.key), actor.binding, timezone.now()
    return [_waiting(row, here=row.binding == mine) for row in rows if row.expires_at > now]


@lru_cache(maxsize=256)
def _of_person(hosts: tuple[str, ...]) -> Prepared[Pending]:
    """Those that ended a moment ago included: the page of everybody's security asks, so its SQL is worked out once."""

    def select(tenant: str, subject: str) -> QuerySet[Pending]:
        mine = Pending.objects.filter(Q(tenant=tenant) | Q(tenant="", site__in=hosts), subject=subject)
        mine = mine.filter(state=State.WAITING).exclude(purpose__in=[one for one in Purpose if one.is_to_own_address])
        return mine.order_by("-sent_at")

    return Prepared(select, "tenant", "subject")


def redeem(actor: Actor, purpose: Purpose, code: str) -> str:
    """The recipient, which this code proved; it is used up by that.

    An attempt is counted before Logto is asked. Raises Declined, TooManyAttempts, or the `LogtoError` of the check.
    """
    row = _newest(actor, purpose)
    if row is None:
        raise code_declined("code.none")
    if not _open(row).exists():
        raise code_declined(why_gone(row.key))
    is_own = Purpose(row.purpose).is_to_own_address
    recipient = counted_for = row.recipient
    # guard: strangers-tries-use-nothing-up
    if not is_own:
        counted_for = f"{row.recipient} for {row.subject}"
    # guard: code-tries-limited
    limits.spend(actor, Limit.CODE_TRY, recipient=counted_for)
    # guard: code-attempt-counted
    if not _open(row).update(attempts=F("attempts") + 1):
        raise code_declined(why_gone(row.key))
    reaches_code = True
    # guard: strangers-tries-reach-no-code
    if not is_own and not strangers.may_be_tried(actor, row):
        recipient, reaches_code = _nobodys(), False
    try:
        actor.account.check_code(recipient, code)
    except Refused as refusal:
        was_the_last_try = not _open(row).exists()
        # guard: no-reason-tells-whether-a-code-was-sent
        if not is_own:
            raise code_declined("code.exhausted" if was_the_last_try else "code.wrong") from refusal
        known = declined_by_logto(refusal, was_the_last_try=was_the_last_try)
        if known is None:
            raise
        raise known from refusal
    if not reaches_code:  # whatever Logto says
        raise code_declined("code.wrong")
    # guard: code-used-once
    if not _end(row.key, State.USED):
        raise code_declined(why_gone(row.key))
    if row.kind == Kind.EMAIL:
        proven_email.note(actor, row.recipient)
    return row.recipient


@contextmanager
def proven(actor: Actor, purpose: Purpose, code: str) -> Iterator[str]:
    """The recipient that `code` proved, to be written in the block and nowhere else.

    Raises what `redeem` raises, Logto's refusal of the write, and Interrupted when it surely came to nothing: the code
    is used up all the same.
    """
    recipient = redeem(actor, purpose, code)
    try:
        yield recipient
    except (Refused, NotFound):
        raise
    except LogtoError as error:
        if isinstance(error, Unavailable) and error.may_have_happened:
            raise
        words = _(
            "Your code was right, but we couldn’t save the change. Nothing was changed. Send another code to try again."
        )
        raise Interrupted(words, code="code.spent") from error


def cancel(actor: Actor, purpose: Purpose) -> None:
    """Ends what this person has waiting for this purpose, in every session."""
    mine = actor.owned(Pending).filter(purpose=purpose)
    mine.filter(state=State.WAITING).update(state=State.CANCELLED, recipient="")


def cancel_all(*, tenant: str, subject: str) -> None:
    """Ends everything that waits for a code of this person."""
    rows_of(Pending, tenant=tenant, subject=subject).filter(state=State.WAITING).update(
        state=State.CANCELLED, recipient=""
    )


def why_gone(key: str) -> str:
    """The key of GONE that says what became of a row."""
    row = Pending.objects.filter(key=key).first()
    if row is None:
        return "code.none"
    if row.state != State.WAITING:
        return f"code.{row.state}"
    return "code.exhausted" if row.attempts >= row.most_attempts else "code.expired"


def why_none(actor: Actor, purpose: Purpose) -> Promise:
    """In words, why `waiting` has nothing: for the page that goes back to the first step."""
    row = _newest(actor, purpose)
    return GONE[why_gone(row.key) if row else "code.none"]


def forget_expired() -> None:
    """Recipients that are no longer waited for."""
    Pending.objects.filter(expires_at__lte=timezone.now()).exclude(recipient="").update(recipient="")


def delete_old() -> int:
    """Retention: recipients that nobody waits for, and rows that ended a while ago. Says how many rows of a batch."""
    forget_expired()
    return delete_some(Pending.objects.filter(expires_at__lte=timezone.now() - TOLD_FOR), "expires_at")


def _nobodys() -> str:
    """An address that nobody was sent a code to: asking for it takes as long, and uses no code up."""
    return f"{secrets.token_hex(12)}@nobody.invalid"


def _others_code(row: Pending) -> QuerySet[Pending]:
    """What another person waits for at the same recipient."""
    same = of_tenant(Pending.objects.filter(recipient_digest=row.recipient_digest, state=State.WAITING), row.tenant)
    return same.exclude(subject=row.subject).filter(held_back=False)


def _is_waited_for(actor: Actor, recipient: str) -> bool:
    row = Pending(**actor.owner, recipient_digest=digest("recipient", recipient.casefold()))
    return _still_open(_others_code(row)).exists()


def _had_one(actor: Actor, recipient: str) -> bool:
    """Whether a code went there for this person in the last hour or so: as long as rows are kept."""
    mine = actor.owned(Pending).filter(recipient_digest=digest("recipient", recipient.casefold()))
    return mine.filter(held_back=False).exists()


def _still_open(rows: QuerySet[Pending]) -> QuerySet[Pending]:
    return rows.filter(expires_at__gt=timezone.now(), attempts__lt=F("most_attempts"))


def _put(row: Pending) -> None:
    """Replaces whatever waits for this recipient, or in this session for this purpose, by `row`; all or nothing.

    A row that is held back replaces only what is this person's own.
    """
    for last in (False, False, True):
        try:
            with transaction.atomic():
                for older in _replaced_by(row):
                    # guard: newest-send-wins
                    older.filter(state=State.WAITING).update(state=State.REPLACED, recipient="")
                row.save(force_insert=True)
        except IntegrityError:  # another send to the same recipient came between
            if last:
                raise
        else:
            return


def _replaced_by(row: Pending) -> Iterator[QuerySet[Pending]]:
    same = of_tenant(Pending.objects.filter(recipient_digest=row.recipient_digest), row.tenant)
    yield same.filter(subject=row.subject)
    if not row.held_back:
        yield _others_code(row)  # expired, used up, or of a stranger at the person's own address
    yield Pending.objects.filter(site=row.site, subject=row.subject, binding=row.binding, purpose=row.purpose)


def _newest(actor: Actor, purpose: Purpose) -> Pending | None:
    """The row that this actor deals with: the same one until they are done, whatever other tabs do."""
    seen = _seen(actor)
    if purpose not in seen:
        rows = actor.owned(Pending)
        # guard: code-of-this-purpose
        rows = rows.filter(purpose=purpose)
        # guard: code-of-this-session
        rows = rows.filter(binding=actor.binding)
        seen[purpose] = rows.order_by("-sent_at").first()
    return seen[purpose]


def _seen(actor: Actor) -> dict[str, Pending | None]:
    found: dict[str, Pending | None] = actor.remembered.setdefault("pending", {})
    return found


def _open(row: Pending) -> QuerySet[Pending]:
    """This row as long as it can take a code."""
    rows = Pending.objects.filter(key=row.key, state=State.WAITING)
    # guard: code-expires
    rows = rows.filter(expires_at__gt=timezone.now())
    # guard: code-tries-per-send
    rows = rows.filter(attempts__lt=F("most_attempts"))
    return rows  # noqa: RET504  # each rule is a line of its own, so that a test can take it away


def _end(key: str, state: Pending.State) -> bool:
    """Ends a waiting row and forgets its recipient; False when it had ended already."""
    return bool(
        Pending.objects.filter(key=key, state=State.WAITING).update(
            state=state,
            # guard: ended-code-forgets-its-recipient
            recipient="",
        )
    )


def _waiting(row: Pending, *, here: bool) -> Waiting:
    return Waiting(
        key=row.key,
        purpose=Purpose(row.purpose),
        kind=Kind(row.kind),
        recipient=row.recipient,
        sent_at=row.sent_at,
        expires_at=row.expires_at,
        attempts_left=max(0, row.most_attempts - row.attempts),
        here=here,
    )
