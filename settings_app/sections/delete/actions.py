"""Deleting an account: what opens it without its owner goes first, then the account, then what this site keeps of it.

Every step looks at what is so, so doing it again goes on wherever it was cut off. Between the steps there are two
states that a page can tell: the account is still there, or it is gone.
"""

from __future__ import annotations

import logging

from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError, NotFound
from settings_app.safeguards import deletion as deletions
from settings_app.safeguards import leases, limits, traces
from settings_app.safeguards.access_tokens import revoke_all_tokens
from settings_app.safeguards.app_access import remove_all_access
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined, Unfinished
from settings_app.safeguards.leases import Held
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.perform import perform, was_lost
from settings_app.sections.delete import blockers

BLOCKED = _("Something has to be settled before your account can be deleted.")
WAITS = _("Your account can’t be deleted at once any more. Reload the page to see when it can be.")
SUSPENDED = _("This account can’t be deleted right now.")
STILL_THERE = _(
    "Your account was not deleted. Apps and access tokens may have lost their access already. Try again in a moment."
)
NOT_KNOWN = _("We lost the connection and don’t know yet whether your account was deleted. Reload the page to see.")

log = logging.getLogger(__name__)


def delete_at_once(actor: Actor) -> None:
    """As the person asks for it. Raises Declined where the account has to wait by now, and as `delete` does."""
    # guard: nothing-at-once-that-has-to-wait
    if deletions.day_of(actor) is not None:
        raise Declined(WAITS, code="deletion.waits")
    delete(actor)


def delete(actor: Actor) -> None:
    """Raises Declined, whose text says whether there is still an account."""
    with leases.on_person(actor) as held:
        if may_go_on(actor):
            take_access(actor, held)
            remove(actor)
    forget(actor)


def may_go_on(actor: Actor) -> bool:
    """As things are now, not as they were when the page was opened. False: the account is gone already."""
    try:
        person = actor.account.person()
    except NotFound as error:
        if not error.code:
            raise
        return False
    # guard: suspended-account-is-not-deleted
    if person.is_suspended:
        raise Declined(SUSPENDED, code="deletion.suspended")
    # guard: blocked-account-is-not-deleted
    if blockers.of_actor(actor, person):
        raise Declined(BLOCKED, code="deletion.blocked")
    return True


def take_access(actor: Actor, held: Held) -> None:
    """Tokens that programs use, then what the apps of others were allowed. The lease is good for the rest after it."""
    try:
        # guard: tokens-go-before-the-account
        perform(actor, Change.ACCESS_TOKENS_REMOVED, revoke_all_tokens, is_part=True)
        # guard: apps-lose-access-before-the-account-goes
        perform(actor, Change.ALL_APPS_REMOVED, remove_all_access, is_part=True)
        held.renew()
    except (LogtoError, Declined) as error:
        log.warning("a deletion stopped before the account: %s", error)
        raise Unfinished(STILL_THERE, code="deletion.access_left") from error


def remove(actor: Actor) -> None:
    """The account itself. A lost answer is looked up: it was deleted, or it was not."""
    try:
        actor.account.delete()
    except LogtoError as error:
        log.warning("a deletion did not come to its end: %s", error)
        if is_gone(actor, error):
            return
        raise Unfinished(STILL_THERE, code=error.code or "deletion.failed") from error


def is_gone(actor: Actor, error: LogtoError) -> bool:
    try:
        return actor.account.is_gone()
    except LogtoError as unreadable:
        if was_lost(error):
            raise Unfinished(NOT_KNOWN, code="deletion.not_known") from unreadable
        return False


def forget(actor: Actor) -> None:
    """Every browser is signed out, and nothing that this site kept of the person is left but the trail."""
    # guard: deleted-account-leaves-no-traces
    traces.forget(tenant=actor.realm, subject=actor.account.user_id)
    if actor.session is not None:
        actor.session.flush()


def keep(actor: Actor) -> None:
    """Stops the deletion that waits; the link in the mail does it for whoever holds it."""
    is_owner = actor.session is not None and actor.session.get("subject") == actor.account.user_id
    if not is_owner and not actor.application:
        # guard: deletion-link-limited
        limits.spend(actor, Limit.UNDO)
    deletions.keep(actor)
