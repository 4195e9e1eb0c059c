"""What the gathering pages show of the second steps: rows and a panel, and two lines of the check-up."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from settings_app.sections.two_step.rows import BACKUP_CODES, FEW_LEFT, rows_of, sign_in_row
from settings_app.sections.two_step.steps import SecondSteps
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Reads
from settings_app.shell.rows import Alert, Badge, Panel
from settings_app.shell.section import Finding

PASSKEYS = "passkeys"


def passkeys_among_ways_in(request: AccountRequest, reads: Reads) -> list[Panel]:
    """Where one can sign in with a passkey it is no second step only, and stands among the ways to sign in."""
    steps = SecondSteps.of(request.actor, reads)
    if not steps.held.experience.passkey_sign_in_enabled:
        return []
    return [Panel("sign-in", rows=tuple(row for row in rows_of(request, steps) if row.name == PASSKEYS))]


def panel(request: AccountRequest, reads: Reads) -> list[Panel]:
    steps = SecondSteps.of(request.actor, reads)
    elsewhere = (PASSKEYS,) if steps.held.experience.passkey_sign_in_enabled else ()
    asking = sign_in_row(steps, request.site.brand.name)
    rows = [*([asking] if asking else []), *rows_of(request, steps)]
    has_password = request.person.has_password
    shown = Panel(
        "two-step",
        _("Two-step verification"),
        tuple(row for row in rows if row.name not in elsewhere),
        _("We ask for a second step after your password. A passkey counts as both.") if has_password else "",
        badge_of(steps),
        alert_of(steps),
    )
    return [shown]


def alert_of(steps: SecondSteps) -> Alert | None:
    if steps.is_half_on and steps.can_choose:
        title, text = _("Two-step verification isn’t fully on."), _("Signing in may not ask for your second step.")
        return Alert(title, text, reverse("two_step_turn_on"), _("Turn it on"))
    if steps.is_demanded and not steps.is_usable:
        title = _("Your account needs a second step.")
        return Alert(title, _("Set one up now, or we’ll ask you to when you next sign in."))
    return None


def badge_of(steps: SecondSteps) -> Badge:
    if steps.is_asked:
        return Badge(pgettext("two-step verification", "On"), "ok", "check")
    return Badge(pgettext("two-step verification", "Off"))


def backup_codes(request: AccountRequest, reads: Reads) -> Finding | None:
    """Only for people who use a second step: codes are for the day when its device is gone."""
    steps = SecondSteps.of(request.actor, reads)
    if not steps.is_asked or not steps.can_have_backup_codes:
        return None
    left = steps.backup_codes.codes_left if steps.backup_codes else 0
    if left > FEW_LEFT:
        return None
    if not left:
        text = _("You have none left. Without them, losing your phone could lock you out.")
        return Finding(
            "attention", _("Get backup codes"), text, "two_step_backup_codes_make", _("Get backup codes"), weight=80
        )
    text = _("You have %(left)d of %(total)d left. Without them, losing your phone could lock you out.")
    numbers = {"left": left, "total": BACKUP_CODES}
    return Finding(
        "attention", _("Get new backup codes"), text % numbers, "two_step_backup_codes_make", _("Get new codes")
    )


def is_on(request: AccountRequest, reads: Reads) -> Finding | None:
    steps = SecondSteps.of(request.actor, reads)
    if steps.is_asked:
        return Finding("done", _("Two-step verification is on"), used(steps))
    if not steps.is_shown or not steps.editable:
        return None
    if request.person.has_password:
        text = _("Someone who knows your password still won’t be able to sign in.")
    else:
        text = _("Someone who gets past your first step still won’t be able to sign in.")
    return Finding("todo", _("Turn on two-step verification"), text, "security", _("Set it up"), "two-step", weight=60)


def used(steps: SecondSteps) -> str:
    """`Authenticator app and 2 passkeys`."""
    total = len(steps.passkeys)
    passkeys = ngettext("%(total)d passkey", "%(total)d passkeys", total) % {"total": total} if total else ""
    if steps.authenticator and passkeys:
        return _("Authenticator app and %(passkeys)s") % {"passkeys": passkeys}
    return _("Authenticator app") if steps.authenticator else passkeys or _("A code sent to you")
