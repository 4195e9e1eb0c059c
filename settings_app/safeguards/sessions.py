"""Ends sessions everywhere: this site's own, and those at Logto with the access that apps were given in them."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.account import Account
from settings_app.logto.errors import LogtoError
from settings_app.logto.types import LogtoSession
from settings_app.safeguards import pending
from settings_app.safeguards.declined import Declined
from settings_app.session import end_sessions

log = logging.getLogger(__name__)

SOME_ARE_LEFT = _("We couldn’t sign out all your devices, so some are still signed in. Try again in a moment.")


@dataclass(frozen=True)
class Ended:
    """How many of Logto's sessions ended. Which one is this browser's is only known where ID tokens name it (8.1)."""

    count: int
    spared_this_one: bool


def end_all(actor: Actor) -> None:
    """Every session of the account, here and at Logto, and what waits for a code. Raises Declined: some are left."""
    account = actor.account
    pending.cancel_all(actor)
    if actor.session is not None and actor.session.get("subject") == account.user_id:
        actor.session.flush()
    end_sessions(tenant=actor.realm, subject=account.user_id)
    _end(account, keep=None)


def end_others(actor: Actor) -> Ended:
    """Every session but this browser's. Raises Declined when some are left."""
    end_sessions(tenant=actor.realm, subject=actor.account.user_id, except_for=actor.session)
    sid = actor.session.get("sid", "") if actor.session is not None else ""
    return _end(actor.account, keep=(actor.site.app_id, sid))


def _end(account: Account, *, keep: tuple[str, str] | None) -> Ended:
    """Goes on past a failure, so that one session that cannot be ended protects no other."""
    failed: LogtoError | None = None
    sessions = _sessions(account)
    others = [one for one in sessions if not (keep and one.is_of(*keep))]
    for one in others:
        try:
            account.end_session(one.uid)
        except LogtoError as error:
            log.warning("a session could not be ended: %s", error)
            failed = error
    if failed:
        raise Declined(SOME_ARE_LEFT, code="sessions.some_left") from failed
    return Ended(len(others), spared_this_one=len(others) < len(sessions))


def _sessions(account: Account) -> tuple[LogtoSession, ...]:
    try:
        return account.sessions()
    except LogtoError as error:
        log.warning("sessions could not be read: %s", error)
        raise Declined(SOME_ARE_LEFT, code="sessions.some_left") from error
