"""Takes back what other companies' apps were allowed: their grants, the organisations given at consent, dead sessions.

What the tenant's own apps may do is not the person's to take back; they are signed out of with their sessions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.account import Account
from settings_app.logto.errors import LogtoError, NotFound
from settings_app.logto.types import Grant, LogtoSession
from settings_app.safeguards import token_cutoffs
from settings_app.safeguards.declined import Declined, Unfinished

SOME_IS_LEFT = _("We couldn’t remove all of its access, so some of it may be left. Try again in a moment.")
SOME_APPS_ARE_LEFT = _("We couldn’t remove all apps, so some may still have access. Try again in a moment.")
OURS = _("This app can’t be removed.")

log = logging.getLogger(__name__)


def remove_access(actor: Actor, application_id: str) -> None:
    """All that one app was allowed. Raises a `LogtoError` when nothing was done, Declined when some of it is left.

    Done again after an interruption, or when nothing is left of it, it does what is left.
    """
    # guard: only-others-apps-are-removed
    if not is_others(actor.account, application_id):
        raise Declined(OURS, code="apps.first_party")
    # guard: tokens-of-a-removed-app-end
    token_cutoffs.cut_off(tenant=actor.realm, subject=actor.account.user_id, application=application_id)
    held = [grant for grant in actor.account.grants() if grant.application_id == application_id]
    _remove(actor.account, [application_id], held, SOME_IS_LEFT)


def remove_all_access(actor: Actor, also: Iterable[str] = ()) -> None:
    """All that every app of another company was allowed; raises as `remove_access` does.

    `also` are some that hold no grant.
    """
    held = others_grants(actor.account)
    chosen = dict.fromkeys([*(grant.application_id for grant in held), *also])
    for application_id in chosen:
        # guard: tokens-of-all-removed-apps-end
        token_cutoffs.cut_off(tenant=actor.realm, subject=actor.account.user_id, application=application_id)
    _remove(actor.account, chosen, held, SOME_APPS_ARE_LEFT)


def others_grants(account: Account) -> list[Grant]:
    return [grant for grant in account.grants() if is_others(account, grant.application_id)]


def acting_in_organizations(account: Account, among: Collection[str] | None = None) -> list[str]:
    """Other companies' apps that were given organisations. Raises a `LogtoError`.

    An ended session takes its grants along and leaves these (docs/logto.md 8.2); no list has them, so each app is asked
    about, at the same time. Not for a page.
    """
    others = [one for one, app in account.tenant.applications().items() if app.is_third_party]
    asked = [one for one in others if among is None or one in among]
    if not asked or not account.organizations():
        return []
    found = {one: account.tenant.start(partial(account.consent_organizations, one)) for one in asked}
    return [one for one, part in found.items() if part.required()]


def leave_organizations(account: Account, ending: Iterable[LogtoSession] | None = None) -> None:
    """Of apps that are about to lose their last grant: with the sessions `ending`, or with all there are.

    Before they do: an app without a grant is on no list, so nobody would find what it still has, and a later consent
    would bring it back. What fails here is in the log and keeps no session alive.
    """
    try:
        going = None if ending is None else _grants_of_others(account, ending)
        if going == set():
            return
        held = others_grants(account)
        staying = {one.application_id for one in held if going is not None and one.id not in going}
        losing = {one.application_id for one in held} - staying
        given = acting_in_organizations(account, losing)
    except LogtoError as error:
        log.warning("which apps act in organisations could not be read: %s", error)
        return
    # guard: organisations-go-with-the-last-grant
    for one in given:
        _tried(partial(_leave_organizations, account, one))


def _grants_of_others(account: Account, sessions: Iterable[LogtoSession]) -> set[str]:
    used = (entry for session in sessions for entry in session.authorizations)
    return {entry.grant_id for entry in used if is_others(account, entry.application_id)}


def is_others(account: Account, application_id: str) -> bool:
    """Whether it is no app of the tenant's own. One that the tenant does not know is not, as for Logto itself."""
    known = account.tenant.applications().get(application_id)
    return known is None or known.is_third_party


def is_address(application_id: str) -> bool:
    """Whether it is a client that is known by its address alone (docs/logto.md 20)."""
    return application_id.startswith(("https://", "http://"))


def keeps_organizations(application_id: str) -> bool:
    """Whether organisations are given to it as such; to a client known by its address they are with each grant."""
    return not is_address(application_id)


def is_removed(account: Account, application_ids: Iterable[str]) -> bool:
    """Reads again. Raises a `LogtoError`."""
    chosen = set(application_ids)
    if any(grant.application_id in chosen for grant in account.grants()):
        return False
    return not any(account.consent_organizations(one) for one in chosen if keeps_organizations(one))


def _remove(account: Account, application_ids: Iterable[str], grants: Iterable[Grant], left: Promise) -> None:
    """Goes on past a failure, so that what cannot be removed protects nothing else.

    Organisations go first: an app without a grant is on no list, so nobody would find what it still has.
    """
    chosen = list(application_ids)
    steps: list[Callable[[], None]] = []
    # guard: organisations-go-with-the-app
    steps += [partial(_leave_organizations, account, one) for one in chosen if keeps_organizations(one)]
    steps += [partial(account.end_grant, grant.id) for grant in grants]
    done = [_tried(step) for step in steps]  # each of them, whatever came of the one before
    if not all(done) and not _is_known_to_be_removed(account, chosen):
        raise Unfinished(left, code="apps.some_left")
    _tried(partial(_end_dead_sessions, account))


def _leave_organizations(account: Account, application_id: str) -> None:
    try:
        account.change_consent_organizations(application_id, ())
    except NotFound as error:
        if not error.code:
            raise


def _end_dead_sessions(account: Account) -> None:
    """A session whose last app lost its grant stays listed, though no browser holds it (docs/logto.md 8.2)."""
    for session in account.sessions():
        if session.is_dead:
            _tried(partial(account.end_session, session.uid))


def _tried(step: Callable[[], None]) -> bool:
    try:
        step()
    except LogtoError as error:
        log.warning("a part of an app’s access could not be removed: %s", error)
        return False
    return True


def _is_known_to_be_removed(account: Account, application_ids: Iterable[str]) -> bool:
    try:
        return is_removed(account, application_ids)
    except LogtoError:
        return False
