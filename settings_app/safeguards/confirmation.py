"""What a session remembers of a confirmation: when it was, how, and which second factors there were by then."""

from __future__ import annotations

from datetime import datetime

from settings_app.actor import Actor
from settings_app.logto.account import Account
from settings_app.logto.errors import LogtoError
from settings_app.session import VERIFIED, SessionStore

FACTORS = "factors"
ASKED = "asked"  # whether Logto asked for a second factor at that time


def begin(session: SessionStore, account: Account, *, method: str, at: datetime) -> None:
    """The person of this session confirmed who they are, by `method`."""
    session[VERIFIED] = {"at": at.timestamp(), "how": method, ASKED: asks_for_factor(account)}
    know_factors(session, account)


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
