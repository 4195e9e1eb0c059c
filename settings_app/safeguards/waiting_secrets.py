"""The secret of an authenticator that is being set up: sealed, for ten minutes, for one person in one session."""

from __future__ import annotations

from datetime import timedelta

from settings_app.actor import Actor
from settings_app.safeguards.one_time import Kept, StateKind, Use, session_of

LIFE = timedelta(minutes=10)


def keep(actor: Actor, purpose: str, secret: str) -> None:
    """Keeps `secret` in place of an older one for the same purpose."""
    _kind(purpose).keep(session_of(actor), secret=secret)


def look(actor: Actor, purpose: str) -> str | None:
    """The secret that waits, to show or to compare a code with; it goes on waiting. None when there is none."""
    kept = _kept(actor, purpose)
    return kept.values["secret"] if kept else None


def take(actor: Actor, purpose: str) -> str | None:
    """The secret, which is gone with this: of two requests one gets it. None when there is none (any more)."""
    kept = _kept(actor, purpose)
    return kept.values["secret"] if kept and _kind(purpose).use_up(kept) is Use.GOOD else None


def drop(actor: Actor, purpose: str) -> None:
    """Forgets the secret of a set-up that was given up."""
    if kept := _kept(actor, purpose):
        _kind(purpose).use_up(kept)


def _kept(actor: Actor, purpose: str) -> Kept | None:
    kept = _kind(purpose).newest(session_of(actor))
    # guard: waiting-secret-expires
    if kept and _kind(purpose).is_over(kept):
        return None
    return kept


def _kind(purpose: str) -> StateKind:
    return StateKind(f"authenticator-{purpose}", life=LIFE, most=1, found_for=LIFE)
