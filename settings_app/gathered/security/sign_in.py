"""Sign-in details: email, phone, username and password, each a row with what may be done about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from settings_app.formats import phone_number
from settings_app.gathered.security.reading import Reading, Section
from settings_app.gathered.security.two_step import passkey_rows
from settings_app.logto.types import FieldPolicy
from settings_app.safeguards import pending
from settings_app.safeguards.field_policy import policy
from settings_app.safeguards.pending import Waiting
from settings_app.safeguards.ways_in import can_send, missing_identifier
from settings_app.sections.two_step import rows as second_step_rows
from settings_app.shell.http import AccountRequest


@dataclass(frozen=True)
class Row:
    """As components/row.html draws it; empty addresses leave an action out."""

    name: str
    label: str
    icon: str
    value: str
    change_text: str
    hint: str | Promise = ""
    ltr: bool = False
    change_url: str = ""
    remove_url: str = ""
    readonly: str = ""
    waiting: Waiting | None = None


@dataclass(frozen=True)
class SignInSection(Section):
    rows: list[Row | second_step_rows.Row] = field(default_factory=list)


def part(request: AccountRequest, reading: Reading) -> Section | None:
    candidates = [email_row(reading), phone_row(reading), username_row(reading), password_row(reading)]
    waiting = {one.purpose.value: one for one in reversed(pending.of_person(request.actor))}
    rows: list[Row | second_step_rows.Row] = [
        replace(under_policy(request, reading, row), waiting=waiting.get(row.name))
        for row in candidates
        if row and policy(reading.center, row.name) is not FieldPolicy.OFF
    ]
    rows += passkey_rows(request, reading)
    return SignInSection("security/_sign_in.html", rows) if rows else None


def under_policy(request: AccountRequest, reading: Reading, row: Row) -> Row:
    if policy(reading.center, row.name) is FieldPolicy.EDIT:
        return row
    hint = _("Only %(brand)s can change this.") % {"brand": request.site.brand.name}
    return replace(row, hint=hint, change_url="", remove_url="", readonly=_("Read-only"))


def email_row(reading: Reading) -> Row:
    email = reading.person.email
    can_change = reaches("email", reading)
    unreachable = _("We can’t send codes by email right now, so it can’t be changed.")
    return Row(
        name="email",
        label=_("Email"),
        icon="email",
        value=email,
        change_text=_("Change") if email else _("Add"),
        hint=(_("For signing in and security alerts") if email else "") if can_change else unreachable,
        ltr=True,
        change_url=reverse("email_change") if can_change else "",
        remove_url=removal("email", reading),
    )


def phone_row(reading: Reading) -> Row | None:
    """Not offered where the tenant sends no text messages; a number that is there can still be removed."""
    phone = reading.person.phone
    can_change = reaches("phone", reading)
    if not phone and not can_change:
        return None
    return Row(
        name="phone",
        label=_("Phone"),
        icon="phone",
        value=phone_number(phone) if phone else "",
        change_text=_("Change") if phone else _("Add"),
        ltr=True,
        change_url=reverse("phone_change") if can_change else "",
        remove_url=removal("phone", reading),
    )


def username_row(reading: Reading) -> Row | None:
    """Not offered where nobody signs in with one; a username that is there can still be removed."""
    username = reading.person.username
    is_used = any(method.identifier == "username" for method in reading.experience.sign_in_methods)
    if not username and not is_used:
        return None
    return Row(
        name="username",
        label=_("Username"),
        icon="username",
        value=username,
        change_text=_("Change") if username else _("Add"),
        ltr=True,
        change_url=reverse("username_change") if is_used else "",
        remove_url=removal("username", reading),
    )


def password_row(reading: Reading) -> Row:
    has_one = reading.person.has_password
    return Row(
        name="password",
        label=_("Password"),
        icon="password",
        value=_("Set") if has_one else "",
        change_text=_("Change") if has_one else _("Set"),
        change_url=reverse("password_change"),
    )


def removal(name: str, reading: Reading) -> str:
    """The address that removes it; empty where nothing is there, or the tenant wants everybody to have one."""
    person = reading.person
    if not getattr(person, name) or missing_identifier(person, reading.experience, without=name) == name:
        return ""
    return reverse(f"{name}_remove")


def reaches(kind: str, reading: Reading) -> bool:
    """Whether codes can be sent there; where that could not be read, the send itself will say."""
    return reading.connectors.failed or can_send(kind, reading.connectors.value or ())
