"""What a session remembers of a confirmation: when it was, how, and which second factors there were by then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from settings_app.actor import Actor
from settings_app.logto.account import Account
from settings_app.logto.errors import LogtoError
from settings_app.logto.parallel import PAGE_SECONDS
from settings_app.logto.types import Factor
from settings_app.session import VERIFIED, SessionStore

FACTORS = "factors"
ASKED = "asked"  # whether Logto asked for a second factor at that time
FORGOTTEN = "forgotten"  # a fresh sign-in at Logto by somebody who said that they have forgotten their password
FRESH_SIGN_INS = ("sign-in", FORGOTTEN)


@dataclass(frozen=True)
class Basis:
    """What a confirmation stands on: the second factors there are, None where that is not known, and `is_asked`."""

    factors: tuple[Factor, ...] | None
    is_asked: bool


def look(account: Account, *, seconds: float = PAGE_SECONDS) -> Basis:
    """Reads that at Logto, which may hang, for so many seconds."""
    factors = account.tenant.start(account.factors, seconds=seconds)
    is_asked = account.tenant.start(lambda: asks_for_factor(account), seconds=seconds)
    return Basis(factors.value, bool(is_asked.value))


def begin(session: SessionStore, basis: Basis, *, method: str, at: datetime) -> None:
    """The person of this session confirmed who they are, by `method`."""
    session[VERIFIED] = remembered(basis, method=method, at=at)


def remembered(basis: Basis, *, method: str, at: datetime) -> dict[str, Any]:
    """What is kept of a confirmation. Factors that are not known count as new ones."""
    factors = [factor.id for factor in basis.factors or ()]
    return {"at": at.timestamp(), "how": method, ASKED: basis.is_asked, FACTORS: factors}


def is_outdated(account: Account, verified: Mapping[str, Any]) -> bool:
    """Whether a second factor was added elsewhere since: what was `remembered` is less than is asked for now.

    Where the factors cannot be read, only a fresh sign-in at Logto still counts.
    """
    if FACTORS not in verified:
        return False  # as the release before wrote it
    try:
        factors = account.factors()
    except LogtoError:
        return verified["how"] not in FRESH_SIGN_INS
    if {factor.id for factor in factors} - set(verified[FACTORS]):
        return True
    # Logto asked for no second factor then, and does now: somebody has switched it on.
    return bool(factors) and not verified.get(ASKED, True) and asks_for_factor(account)


def asks_for_factor(account: Account) -> bool:
    """Whether Logto asks this person for a second factor when they sign in, where they have one (docs/logto.md 7.4).

    Where it does not say, it may not.
    """
    try:
        two_step = account.tenant.sign_in_experience().two_step
        return (
            two_step.is_mandatory or account.organizations_require_two_step() or account.configuration().asks_at_sign_in
        )
    except LogtoError:
        return False


def know_factors_of(actor: Actor) -> None:
    """For a factor that was added in this very session: it is no reason to ask again."""
    if actor.session is not None:
        know_factors(actor.session, actor.account)


def know_factors(session: SessionStore, account: Account) -> None:
    """The factors of now are those that the confirmation of this session stands on."""
    verified = session.get(VERIFIED)
    if not verified:
        return
    try:
        factors = [factor.id for factor in account.factors()]
    except LogtoError:
        factors = verified.get(FACTORS, [])
    session[VERIFIED] = {**verified, FACTORS: factors}
