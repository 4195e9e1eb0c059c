"""What the help desk does to an account: the trail first, then whether it may be, then the act.

An administrator sets no password and sees none, acts on nobody who is one too unless the operator allows it, and never
on themselves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError, NotFound
from settings_app.logto.types import Person
from settings_app.models import AuditEntry
from settings_app.safeguards import factor_removals, limits, sessions, support
from settings_app.safeguards.access_tokens import revoke_all_tokens
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined, Unfinished
from settings_app.safeguards.factor_removals import WantedRemoval
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.notices import WHY
from settings_app.safeguards.perform import perform, read_again
from settings_app.sites import Site

YOUR_OWN = _("You can’t do this to your own account.")
ANOTHER_ADMIN = _("You can’t do this to the account of another administrator.")
NO_ROLE = _("You’re no longer an administrator, so nothing was changed.")
HALF_SUSPENDED = _(
    "The account is suspended, but some devices, apps or access tokens may still have access. Press the button again."
)
SOME_SIGNED_IN = _("Not all devices and apps could be signed out. Try again in a moment.")
NO_FACTOR = _("None of these second steps is there any more.")
SUSPENDED = _("This account is suspended. Restore it first.")

log = logging.getLogger(__name__)


def act(admin: Actor, person: Person, change: Change, action: Callable[..., None], *, why: str, **values: Any) -> None:
    """Runs `action` on the account of `person`. Raises Declined or a `LogtoError`; the trail has the try by then."""
    # guard: help-is-limited
    limits.spend(admin, Limit.HELP)
    who = admin.person.display_name if admin.site.preview_names_admin else ""
    acting = support.helper(admin.site, person, admin=admin.account.user_id, why=why)

    def allowed(acting: Actor, **values: Any) -> None:
        refuse_unallowed(acting, [admin.account.user_id])
        action(acting, **values)

    def kept(entry: AuditEntry) -> None:
        support.keep_reason(entry, why=why, who=who)

    perform(acting, change, allowed, on_start=kept, **values)


def refuse_unallowed(acting: Actor, admins: Collection[str]) -> None:
    """As things are at this moment: whether `admins` are administrators, and whose account it is. Raises Declined."""
    site, person_id = acting.site, acting.account.user_id
    for admin in admins:
        # guard: help-asks-for-the-role-at-the-act
        if not is_admin(acting, site, admin):
            raise Declined(NO_ROLE, code="help.no_role")
    # guard: nobody-helps-themselves
    if person_id in admins:
        raise Declined(YOUR_OWN, code="help.own")
    # guard: admins-are-not-helped
    if not site.help_of_admins and is_admin(acting, site, person_id):
        raise Declined(ANOTHER_ADMIN, code="help.of_admin")


def is_admin(acting: Actor, site: Site, person_id: str) -> bool:
    """By Logto's answer of now; whoever was deleted is none."""
    try:
        roles = acting.tenant.account(person_id).roles()
    except NotFound as error:
        if not error.code:
            raise
        return False
    return any(role.name == site.admin_role for role in roles)


def suspend(acting: Actor) -> None:
    """Shuts the door first, then ends what needs no door. Pressed again, it goes on where it was interrupted."""
    account = acting.account
    set_suspended(acting, account.suspend, is_suspended=True)
    # guard: suspension-ends-sessions-and-access
    end_each(acting, (sessions.end_all, revoke_all_tokens), HALF_SUSPENDED)


def restore(acting: Actor) -> None:
    """What ended with the suspension stays ended."""
    set_suspended(acting, acting.account.restore, is_suspended=False)


def sign_out(acting: Actor) -> None:
    """Every session here and at Logto, with the access that apps were given."""
    end_each(acting, (sessions.end_all,), SOME_SIGNED_IN)


def set_suspended(acting: Actor, write: Callable[[], Person], *, is_suspended: bool) -> None:
    """When the answer is lost, the account decides whether it was done. Raises a `LogtoError`."""
    try:
        write()
    except LogtoError as error:
        person = read_again(error, acting.account.person)
        if person is None or person.is_suspended is not is_suspended:
            raise


def end_each(acting: Actor, steps: Collection[Callable[[Actor], object]], left: Promise) -> None:
    """Each of them, whatever came of the one before. Raises Unfinished: some is left."""
    failed = False
    for step in steps:
        try:
            step(acting)
        except (LogtoError, Declined) as error:
            log.warning("a part of what the help desk does failed: %s", error)
            failed = True
    if failed:
        raise Unfinished(left, code="help.unfinished")


def ask_to_remove(acting: Actor, factors: Collection[str], labels: dict[str, str], asked_by: str) -> None:
    """The removal waits from now on, together with when its owner had signed in last."""
    person = acting.account.person()
    refuse_suspended(person)
    there = {factor.id for factor in acting.account.factors()}
    chosen = {one: labels.get(one, "") for one in factors if one in there}
    if not chosen:
        raise Declined(NO_FACTOR, field="factors", code="factor-removal.no_factor")
    why = str(acting.remembered.get(WHY, ""))
    factor_removals.ask(acting, WantedRemoval(chosen, why, asked_by, mark_of(person)))


def approve(acting: Actor) -> None:
    factor_removals.approve(acting)


def withdraw(acting: Actor) -> None:
    factor_removals.keep(acting)


def mark_of(person: Person) -> str:
    """Tells their last sign-in from a later one, whatever the clocks of this machine and Logto's say."""
    return person.last_sign_in_at.isoformat() if person.last_sign_in_at else ""


def refuse_suspended(person: Person) -> None:
    """Who cannot sign in cannot show that nothing is lost. Raises Declined."""
    # guard: suspended-persons-factors-stay
    if person.is_suspended:
        raise Declined(SUSPENDED, code="factor-removal.suspended")
