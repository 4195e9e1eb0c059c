"""Locks everyone out of an account: devices, apps, programs, who knows the password. Pressed again, it goes on."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError
from settings_app.safeguards import deletion, factor_removals, sessions
from settings_app.safeguards.access_tokens import revoke_all_tokens
from settings_app.safeguards.app_access import acting_in_organizations, others_grants, remove_all_access
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined, Unfinished
from settings_app.safeguards.perform import perform
from settings_app.safeguards.sign_ins import devices
from settings_app.sections.undo.actions import can_choose_password

ROUNDS = 2  # somebody may have come in again between the first step and the last
PASSWORD_BYTES = 48
SUSPECTED_FOR = timedelta(days=10)  # what was told as new since then is told again when it comes back
HALF_DONE = _("We couldn’t finish, so someone may still be in your account. Press the button again to go on.")

log = logging.getLogger(__name__)


def lock(actor: Actor) -> None:
    """Every step looks at what is there, and one that fails holds up no other. This browser is signed out last.

    Raises Unfinished when something is left: then this browser is still signed in, to press again.
    """
    # guard: locking-keeps-the-account
    deletion.withdraw(actor)
    factor_removals.withdraw(actor)
    # guard: locking-suspects-new-devices
    devices.suspect(actor.realm, actor.account.user_id, since=timezone.now() - SUSPECTED_FOR)
    for _round in range(ROUNDS):
        done = [is_done(actor, step) for step in STEPS]
        if all(done) and is_done(actor, look_again):
            break
    else:
        raise Unfinished(HALF_DONE, code="secure.unfinished")
    if not is_done(actor, end_the_rest):
        raise Unfinished(HALF_DONE, code="secure.unfinished")
    sessions.end_all_here(actor)


def is_done(actor: Actor, step: Callable[[Actor], None]) -> bool:
    try:
        step(actor)
    except (LogtoError, Declined) as error:
        log.warning("a part of locking everyone out failed: %s", error)
        return False
    return True


def end_other_sessions(actor: Actor) -> None:
    perform(actor, Change.OTHER_SESSIONS_ENDED, sessions.end_others, is_part=True)


def make_password_unknown(actor: Actor) -> None:
    """After the other sessions, or one of them could set another."""
    # guard: only-a-password-that-can-be-reset-is-made-unknown
    if not can_choose_password(actor):
        return
    perform(actor, Change.PASSWORD_CHANGED, _set_random_password, is_part=True)


def _set_random_password(actor: Actor) -> None:
    actor.account.set_password(secrets.token_urlsafe(PASSWORD_BYTES))


def end_access_tokens(actor: Actor) -> None:
    if actor.account.personal_access_tokens():
        perform(actor, Change.ACCESS_TOKENS_REMOVED, revoke_all_tokens, is_part=True)


def end_access_of_apps(actor: Actor) -> None:
    given = acting_in_organizations(actor.account)  # the sessions that ended before took grants along
    if given or others_grants(actor.account):
        perform(
            actor,
            Change.ALL_APPS_REMOVED,
            remove_all_access,
            is_part=True,
            # guard: organisations-of-apps-without-a-grant-go-too
            also=given,
        )


STEPS = (end_other_sessions, make_password_unknown, end_access_tokens, end_access_of_apps)


def look_again(actor: Actor) -> None:
    """Raises Declined when somebody came in meanwhile."""
    account = actor.account
    others = [one for one in account.sessions() if not sessions.is_this_browsers(actor, one)]
    # guard: who-came-in-meanwhile-is-found
    if others or account.personal_access_tokens() or others_grants(account):
        raise Declined(HALF_DONE, code="secure.changed_meanwhile")


def end_the_rest(actor: Actor) -> None:
    """This browser's session at Logto, and what the tenant's own apps may still do without one."""
    perform(actor, Change.ALL_SESSIONS_ENDED, _end_all_at_logto, is_part=True)


def _end_all_at_logto(actor: Actor) -> None:
    sessions.end_all_at_logto(actor.account)
