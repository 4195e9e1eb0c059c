"""The rows that show a person's second steps."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from settings_app.formats import Formats, phone_number, sentences
from settings_app.logto.types import Factor
from settings_app.safeguards.ways_in import implicit_factors
from settings_app.sections.two_step.steps import BACKUP_CODE, TOTP, WEBAUTHN, SecondSteps
from settings_app.shell.http import AccountRequest
from settings_app.shell.own_addresses import address_of
from settings_app.shell.rows import Badge, Row

BACKUP_CODES = 10  # how many Logto makes (docs/logto.md 7.2)
FEW_LEFT = 3


def rows_of(request: AccountRequest, steps: SecondSteps) -> list[Row]:
    """Every kind that the tenant offers or the person still has; those of the tenant's primary identifiers last."""
    formats = request.actor.formats
    found: list[Row | None] = []
    if steps.standing_of_passkeys.is_shown:
        found.append(passkey_row(steps))
    if steps.standing.is_shown:
        found += [authenticator_row(steps, formats), backup_codes_row(steps), *implicit_rows(steps)]
    return [row for row in found if row]


def sign_in_row(steps: SecondSteps, brand: str) -> Row | None:
    """Whether signing in asks for a second step; None while there is none that could be asked for."""
    if not steps.is_usable:
        return None
    hint = ""
    if steps.is_demanded:
        by_tenant = steps.held.experience.two_step.is_mandatory
        hint = (
            _("%(brand)s requires a second step.") % {"brand": brand}
            if by_tenant
            else _("An organisation you belong to requires a second step.")
        )
    asked = steps.is_asked
    address = "two_step_turn_off" if asked and not steps.is_half_on else "two_step_turn_on"
    return Row(
        name="at-sign-in",
        label=_("When you sign in"),
        icon="sign-in",
        value=_("We ask for a second step") if asked else _("We don’t ask for a second step"),
        hint=hint,
        change_url=address_of(address) if steps.can_choose else "",
        change_text=_("Turn off") if asked and not steps.is_half_on else _("Turn on"),
        readonly="" if steps.can_choose else _("Required") if steps.is_demanded else _("Read-only"),
    )


def passkey_row(steps: SecondSteps) -> Row | None:
    why_not = steps.why_no_new_passkeys
    taken = steps.offers(WEBAUTHN) or steps.held.experience.passkey_sign_in_enabled
    if not steps.passkeys and not taken:
        return None
    editable = steps.standing_of_passkeys.is_editable
    total = len(steps.passkeys)
    return Row(
        name="passkeys",
        label=_("Passkeys"),
        icon="passkey",
        value=ngettext("%(total)d passkey", "%(total)d passkeys", total) % {"total": total} if total else "",
        hint=why_not,
        empty_text=_("None yet"),
        change_url="" if why_not else address_of("two_step_passkeys_add"),
        change_text=_("Add a passkey"),
        readonly="" if editable else _("Read-only"),
        list_template="two_step/_passkeys.html" if steps.passkeys else "",
        more=[single(one, renamable=not why_not, removable=editable) for one in steps.passkeys],
    )


def single(passkey: Factor, *, renamable: bool, removable: bool) -> Row:
    """One passkey of the list in that row."""
    name = passkey.name or _("Passkey")
    return Row(
        name=f"passkey-{passkey.id}",
        label=name,
        value=name,
        change_url=f"{reverse('two_step_passkeys_manage')}?passkey={passkey.id}" if renamable else "",
        change_text=_("Rename"),
        remove_url=reverse("two_step_passkey_remove", args=[passkey.id]) if removable else "",
        more=passkey,
    )


def authenticator_row(steps: SecondSteps, formats: Formats) -> Row | None:
    app, offered = steps.authenticator, steps.offers(TOTP)
    if app is None and not offered:
        return None
    added = _("Added %(date)s") % {"date": formats.day(app.created_at)} if app and app.created_at else ""
    gone = _("You can no longer add new ones here.") if app and not offered else ""
    address = "two_step_authenticator_replace" if app else "two_step_authenticator_add"
    return Row(
        name="authenticator",
        label=_("Authenticator app"),
        icon="authenticator",
        value=pgettext("authenticator app", "On") if app else "",
        empty_text=pgettext("authenticator app", "Not set"),
        hint=sentences((f"{added}." if added and gone else added, gone)),
        change_url=address_of(address) if offered and steps.editable else "",
        change_text=_("Replace") if app else _("Set up"),
        remove_url=address_of("two_step_authenticator_remove") if app and steps.editable else "",
        readonly="" if steps.editable else _("Read-only"),
    )


def backup_codes_row(steps: SecondSteps) -> Row | None:
    codes, offered = steps.backup_codes, steps.offers(BACKUP_CODE)
    if codes is None and not offered:
        return None
    left = codes.codes_left if codes else 0
    few = codes is not None and left <= FEW_LEFT
    warning = (_("Running low") if left else _("All used")) if few else ""
    hint = _("Each code works once, when you can’t use another method")
    if not steps.can_have_backup_codes and offered:
        hint = _("To get them, set up an authenticator app or a passkey first.")
    return Row(
        name="backup-codes",
        label=_("Backup codes"),
        icon="backup-codes",
        value=_("%(left)d of %(total)d left") % {"left": left, "total": BACKUP_CODES} if codes else "",
        empty_text=pgettext("backup codes", "Not set"),
        hint=hint,
        badge=Badge(warning, "warn", "warning") if warning else None,
        change_url=address_of("two_step_backup_codes_make") if steps.can_have_backup_codes and steps.editable else "",
        change_text=_("Get new codes") if codes else _("Get codes"),
        remove_url=address_of("two_step_backup_codes_remove") if codes and steps.editable else "",
        readonly="" if steps.editable else _("Read-only"),
    )


def implicit_rows(steps: SecondSteps) -> list[Row]:
    """Codes to the email and phone: nobody sets those up, they come with the address (docs/logto.md 7.1)."""
    found = implicit_factors(steps.held.person, steps.held.experience)
    hint = _("We can send a code there as your second step. You can change it under sign-in details.")
    person = steps.held.person
    rows = {
        "EmailVerificationCode": Row("email-code", _("Code by email"), person.email, hint, "email", ltr=True),
        "PhoneVerificationCode": Row(
            "phone-code", _("Code by text message"), phone_number(person.phone), hint, "phone", ltr=True
        ),
    }
    return [rows[kind] for kind in found]
