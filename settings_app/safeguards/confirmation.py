"""What a session remembers of a confirmation: when it was, how, and which second factors there were by then."""

from __future__ import annotations

from settings_app.actor import Actor
from settings_app.logto.account import Account
from settings_app.logto.errors import LogtoError
from settings_app.session import VERIFIED, SessionStore

FACTORS = "factors"


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
