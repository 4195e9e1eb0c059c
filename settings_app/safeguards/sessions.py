"""Ends sessions everywhere: this site's own, and those at Logto with the access that apps were given in them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.account import Account
from settings_app.logto.errors import LogtoError
from settings_app.logto.types import Grant, LogtoSession
from settings_app.safeguards import app_access, one_time, pending, token_cutoffs
from settings_app.safeguards.declined import Unfinished
from settings_app.session import end_sessions, end_sessions_signed_in_by
from settings_app.tenancy import hosts_of

log = logging.getLogger(__name__)

SOME_ARE_LEFT = _("We couldn’t sign out all your devices, so some are still signed in. Try again in a moment.")


@dataclass(frozen=True)
class Ended:
    """How many of Logto's sessions ended that a browser held.

    Which one is this browser's is only known where ID tokens name it (docs/logto.md 8.1).
    """

    count: int
    spared_this_one: bool


def end_all(actor: Actor) -> None:
    """Every session of the account, here and at Logto, what waits, and every access given to an app.

    Raises Unfinished: some are left.
    """
    end_all_here(actor)
    end_all_at_logto(actor.account)


def end_all_at_logto(account: Account) -> None:
    """Every session there and every access given to an app. Raises Unfinished: some are left."""
    app_access.leave_organizations(account)
    _end(account, keep=None)
    _end_grants(account)


def end_all_here(actor: Actor) -> None:
    """Every session of the account on this site, and what waits in any of them. Asks Logto nothing."""
    if actor.session is not None and actor.session.get("subject") == actor.account.user_id:
        actor.session.flush()
    end_everything_here(tenant=actor.realm, subject=actor.account.user_id)


def end_everything_here(*, tenant: str, subject: str) -> int:
    """As `end_all_here`, of somebody whom Logto names and who acts in no browser. Says how many sessions there were."""
    cancel_waiting(tenant=tenant, subject=subject)
    # guard: tokens-end-with-the-sessions
    token_cutoffs.cut_off(tenant=tenant, subject=subject)
    return end_sessions(tenant=tenant, subject=subject)


def cancel_waiting(*, tenant: str, subject: str) -> None:
    """Codes, confirmations at Logto, accounts being connected and apps being set up, begun by whomever."""
    # guard: what-waits-is-cancelled
    pending.cancel_all(tenant=tenant, subject=subject)
    one_time.forget_all(hosts_of(tenant), subject)


def end_others(actor: Actor) -> Ended:
    """Every session but this browser's. Raises Unfinished when some are left.

    An access token does not say which session it came through, so all that were given out so far end at the API.
    """
    # guard: tokens-end-with-other-sessions
    token_cutoffs.cut_off(tenant=actor.realm, subject=actor.account.user_id)
    end_sessions(tenant=actor.realm, subject=actor.account.user_id, except_for=actor.session)
    return _end(actor.account, keep=(actor.site.app_id, _sid(actor)))


def end_one(actor: Actor, session: LogtoSession) -> None:
    """One of the person's sessions at Logto, with what was signed in to here through it. Raises a `LogtoError`.

    What is here ends first: were this interrupted in between, the session would still be listed and can be ended again.
    """
    is_this = is_this_browsers(actor, session)
    # guard: tokens-end-with-one-session
    token_cutoffs.cut_off(tenant=actor.realm, subject=actor.account.user_id)
    end_sessions_signed_in_by(session.sids, tenant=actor.realm, subject=actor.account.user_id, except_for=actor.session)
    app_access.leave_organizations(actor.account, [session])
    actor.account.end_session(session.uid)
    if is_this:
        actor.browser.flush()


def is_this_browsers(actor: Actor, session: LogtoSession) -> bool:
    """Whether this browser came here through that session of Logto's. False also where nothing tells."""
    return session.is_of(actor.site.app_id, _sid(actor))


def _sid(actor: Actor) -> str:
    return str(actor.session.get("sid", "")) if actor.session is not None else ""


def _end(account: Account, *, keep: tuple[str, str] | None) -> Ended:
    sessions = _sessions(account)
    others = [one for one in sessions if not (keep and one.is_of(*keep))]
    if keep:
        app_access.leave_organizations(account, others)
    if not _each_ended(account.end_session, [one.uid for one in others]):
        # Where only the answer was lost, nothing is left.
        left = {one.uid for one in _sessions(account)}
        if any(one.uid in left for one in others):
            raise Unfinished(SOME_ARE_LEFT, code="sessions.some_left")
    return Ended(sum(not one.is_dead for one in others), spared_this_one=len(others) < len(sessions))


def _end_grants(account: Account) -> None:
    """What outlived the session it was given in: an app with offline access goes on without one (docs/logto.md 8.2)."""
    if not _each_ended(account.end_grant, [one.id for one in _grants(account)]) and _grants(account):
        raise Unfinished(SOME_ARE_LEFT, code="sessions.some_left")


def _each_ended(end: Callable[[str], None], every: Iterable[str]) -> bool:
    """Goes on past a failure, so that one that cannot be ended protects no other."""
    all_ended = True
    for one in every:
        try:
            end(one)
        except LogtoError as error:
            log.warning("a session or a grant could not be ended: %s", error)
            all_ended = False
    return all_ended


def _sessions(account: Account) -> tuple[LogtoSession, ...]:
    try:
        return account.sessions()
    except LogtoError as error:
        log.warning("sessions could not be read: %s", error)
        raise Unfinished(SOME_ARE_LEFT, code="sessions.some_left") from error


def _grants(account: Account) -> tuple[Grant, ...]:
    try:
        return account.grants()
    except LogtoError as error:
        log.warning("grants could not be read: %s", error)
        raise Unfinished(SOME_ARE_LEFT, code="sessions.some_left") from error
