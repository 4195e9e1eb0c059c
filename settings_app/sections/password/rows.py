"""The row of the password among the ways to sign in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from settings_app.logto.types import Person, SignInExperience
from settings_app.safeguards.ways_in import listed
from settings_app.shell.http import AccountRequest
from settings_app.shell.own_addresses import address_of
from settings_app.shell.reads import Reads, sign_in_experience
from settings_app.shell.rows import Panel, Row
from settings_app.shell.ways_in_rows import way_in


def rows(request: AccountRequest, reads: Reads) -> list[Panel]:
    has_one = request.person.has_password
    row = Row(
        name="password",
        label=_("Password"),
        icon="password",
        value=_("Set") if has_one else "",
        change_text=_("Change") if has_one else _("Set a password"),
        change_url=address_of("password_change"),
        hint=what_is_missing(request.person, reads[sign_in_experience], is_set=has_one),
    )
    return way_in(request, reads, row)


def what_is_missing(person: Person, experience: SignInExperience, *, is_set: bool) -> str:
    """A password alone lets nobody in, as where an administrator made the account: the tenant asks for more with it."""
    beside = {"email": _("an email"), "phone": _("a phone number"), "username": _("a username")}
    asked = {method.identifier for method in experience.sign_in_methods if method.password}
    if not is_set or not asked or any(getattr(person, name, "") for name in asked):
        return ""
    missing = listed([words for name, words in beside.items() if name in asked])
    return _("You can’t sign in with your password until you add %(missing)s.") % {"missing": missing}
