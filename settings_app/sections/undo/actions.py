"""What the link in a mail does: it puts the old email or phone back and ends every session of the account."""

from __future__ import annotations

import logging

from settings_app.actor import Actor
from settings_app.models import Undo
from settings_app.safeguards import limits, sessions, undo
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.perform import perform

log = logging.getLogger(__name__)


def restore(actor: Actor, token: str, row: Undo) -> None:
    """Puts the old value of `row` back, which `token` led to, then ends every session of the account.

    Uses the link up, but not when it fails.
    """
    # guard: undo-limited
    limits.spend(actor, Limit.UNDO)
    with undo.claimed(row) as old:
        # guard: undo-only-of-this-change
        if not undo.still_as_written(row, actor.account.person()):
            raise Declined(undo.CHANGED_SINCE, code="undo.changed_since")
        if row.kind == "email":
            actor.account.change_email(old)
        else:
            actor.account.change_phone(old)
    # guard: undo-ends-sessions
    end_sessions(actor)


def end_sessions(actor: Actor) -> None:
    """The value is back, whatever becomes of the sessions: the page that follows says if some are left."""
    try:
        perform(actor, Change.ALL_SESSIONS_ENDED, sessions.end_all)
    except Declined as error:
        log.warning("not all sessions ended after an undo: %s", error)
