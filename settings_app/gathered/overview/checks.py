"""The lines of the security check-up."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.gathered.overview.parts import Check, Line
from settings_app.gathered.overview.reads import SignIn, sign_in
from settings_app.logto.types import FieldPolicy
from settings_app.safeguards.field_policy import policy
from settings_app.sections.two_step.steps import SecondSteps
from settings_app.shell.http import AccountRequest

FEW_CODES = 3
CODES_OF_A_SET = 10  # docs/logto.md 7.2


def backup_codes(request: AccountRequest, read: SignIn) -> Line | None:
    """Only for people who use a second step: codes are for the day when its device is gone."""
    steps = read.steps
    if not steps.is_asked or not steps.can_have_backup_codes:
        return None
    left = steps.backup_codes.codes_left if steps.backup_codes else 0
    if left > FEW_CODES:
        return None
    if not left:
        text = _("You have none left. Without them, losing your phone could lock you out.")
        return Line("attention", _("Get backup codes"), text, "two_step", _("Get backup codes"))
    text = _("You have %(left)d of %(total)d left. Without them, losing your phone could lock you out.")
    numbers = {"left": left, "total": CODES_OF_A_SET}
    return Line("attention", _("Get new backup codes"), text % numbers, "two_step", _("Get new codes"))


def two_step(request: AccountRequest, read: SignIn) -> Line | None:
    steps = read.steps
    if steps.is_asked:
        return Line("done", _("Two-step verification is on"), used(steps))
    if not steps.is_shown or not steps.editable:
        return None
    text = _("Signing in then takes more than your password, also for somebody who has learned it.")
    return Line("todo", _("Turn on two-step verification"), text, "two_step", _("Set it up"))


def used(steps: SecondSteps) -> str:
    """`Authenticator app and 2 passkeys`."""
    total = len(steps.passkeys)
    passkeys = ngettext("%(total)d passkey", "%(total)d passkeys", total) % {"total": total} if total else ""
    if steps.authenticator and passkeys:
        return _("Authenticator app and %(passkeys)s") % {"passkeys": passkeys}
    return _("Authenticator app") if steps.authenticator else passkeys or _("A code sent to you")


def reachable(request: AccountRequest, read: None) -> Line | None:
    """Logto says that an address is there, not that it was ever proven, so the words claim no more."""
    person = request.person
    reach = _("That’s how we reach you about your account")
    if person.email and person.phone:
        return Line("done", _("Email and phone are set"), reach)
    if person.email:
        return Line("done", _("Email is set"), reach)
    if policy(request.account.tenant.account_center(), "email") is not FieldPolicy.EDIT:
        return None
    text = _("It’s how we tell you of changes to your account, and help when you can’t sign in.")
    return Line("todo", _("Add an email"), text, "email_change", _("Add email"))


CHECKS: tuple[Check, ...] = (
    Check(backup_codes, sign_in),
    Check(two_step, sign_in),
    Check(reachable),
)
