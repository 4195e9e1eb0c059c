"""Codes that this site makes itself, for a mailbox that Logto knows nothing of: six digits, ten minutes, five tries.

One is good in the session that asked for it, and for the address it was sent to.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from settings_app.actor import Actor
from settings_app.safeguards import limits
from settings_app.safeguards.code_refused import code_declined
from settings_app.safeguards.declined import TooManyAttempts
from settings_app.safeguards.limits import Limit, Scope
from settings_app.safeguards.one_time import Kept, StateKind, Use, session_of

LIFE = timedelta(minutes=10)
RESEND_AFTER = timedelta(minutes=1)
ALERT_ADDRESS = StateKind("alert-address", life=LIFE, most=1, found_for=timedelta(hours=1))


@dataclass(frozen=True)
class WaitingCode:
    """An address that waits for its code in this session, as pages show it."""

    recipient: str
    sent_at: datetime

    @property
    def expires_at(self) -> datetime:
        return self.sent_at + LIFE

    @property
    def resend_in_seconds(self) -> int:
        """0 as soon as another code may be asked for."""
        return max(0, round((self.sent_at + RESEND_AFTER - timezone.now()).total_seconds()))

    @property
    def was_just_sent(self) -> bool:
        return self.resend_in_seconds > 0


def make(actor: Actor, recipient: str) -> str:
    """A code for this address, to be mailed. The one before ends in this session. Raises TooManyAttempts."""
    # guard: own-codes-limited
    limits.spend(actor, Limit.OWN_CODE_SEND, recipient=recipient)
    code = f"{secrets.randbelow(10**6):06d}"
    ALERT_ADDRESS.keep(session_of(actor), recipient=recipient, code=code)
    return code


def waiting(actor: Actor) -> WaitingCode | None:
    """What waits in this session; None when there is nothing (any more)."""
    kept = ALERT_ADDRESS.newest(session_of(actor))
    if kept is None or ALERT_ADDRESS.is_over(kept):
        return None
    return WaitingCode(kept.values["recipient"], kept.started_at)


def redeem(actor: Actor, code: str) -> str:
    """The address that this code proves; it is used up by that. Raises Declined or TooManyAttempts."""
    kept = ALERT_ADDRESS.newest(session_of(actor))
    if kept is None:
        raise code_declined("code.none")
    if ALERT_ADDRESS.is_over(kept):
        raise code_declined("code.expired")
    limits.spend(actor, Limit.OWN_CODE_TRY)
    _count_try(actor, kept)
    # guard: own-code-is-right
    if not hmac.compare_digest(code, kept.values["code"]):
        raise code_declined("code.wrong")
    if ALERT_ADDRESS.use_up(kept) is not Use.GOOD:
        raise code_declined("code.used")
    return kept.values["recipient"]


def drop(actor: Actor) -> None:
    """Gives up what waits in this session."""
    if kept := ALERT_ADDRESS.newest(session_of(actor)):
        ALERT_ADDRESS.use_up(kept)


def _count_try(actor: Actor, kept: Kept) -> None:
    try:
        # guard: own-code-tries-counted
        limits.count(actor.realm, Limit.OWN_CODE_TRY_EACH, {Scope.RECIPIENT: kept.key})
    except TooManyAttempts as error:
        raise code_declined("code.exhausted") from error
