"""What can be done about devices: sign one out, sign out all others."""

from __future__ import annotations

from settings_app.actor import Actor
from settings_app.logto.types import LogtoSession
from settings_app.safeguards import sessions
from settings_app.safeguards.perform import Remark
from settings_app.shell.sessions import in_words


def end(actor: Actor, session: LogtoSession) -> None:
    sessions.end_one(actor, session)


def end_others(actor: Actor) -> Remark:
    """Says how many there were, and whether this browser's was among them."""
    ended = sessions.end_others(actor)
    return Remark(in_words(ended), says_done=ended.count > 0)
