"""Ends sessions everywhere: this site's own, and those at Logto with the access that apps were given in them."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from settings_app.logto.account import Account
from settings_app.logto.errors import LogtoError
from settings_app.logto.types import LogtoSession
from settings_app.safeguards import pending
from settings_app.safeguards.declined import Declined
from settings_app.session import end_sessions, sign_out, signed_in
from settings_app.shell.http import AccountRequest

log = logging.getLogger(__name__)

SOME_ARE_LEFT = _(
    "We couldn’t sign out all of your devices. Those that are left stay signed in. Try again in a moment."
)


@dataclass(frozen=True)
class Ended:
    """How many of Logto's sessions ended. Which one is this browser's is only known where ID tokens name it (8.1)."""

    count: int
    spared_this_one: bool


def end_all(request: AccountRequest) -> None:
    """Every session of the account, here and at Logto, and what waits for a code. Raises Declined: some are left."""
    account, site = request.account, request.site.host
    pending.cancel_all(site=site, subject=account.user_id)
    here = signed_in(request)
    if here and here.subject == account.user_id:
        sign_out(request)
    end_sessions(site=site, subject=account.user_id)
    _end(account, keep=None)


def end_others(request: AccountRequest) -> Ended:
    """Every session but this browser's. Raises Declined when some are left."""
    end_sessions(site=request.site.host, subject=request.account.user_id, except_for=request.session)
    return _end(request.account, keep=(request.site.app_id, request.signed_in.sid))


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
