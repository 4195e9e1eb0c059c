"""The row of the email among the ways to sign in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from settings_app.shell.http import AccountRequest
from settings_app.shell.own_addresses import address_of
from settings_app.shell.reads import Reads
from settings_app.shell.rows import Panel, Row
from settings_app.shell.ways_in_rows import reaches, removal_address, way_in


def rows(request: AccountRequest, reads: Reads) -> list[Panel]:
    email, can_change = request.person.email, reaches(reads, "email")
    unreachable = _("We can’t send codes by email right now, so you can’t change this.")
    row = Row(
        name="email",
        label=_("Email"),
        icon="email",
        value=email,
        change_text=_("Change") if email else _("Add"),
        hint=(_("For signing in and security alerts") if email else "") if can_change else unreachable,
        ltr=True,
        change_url=address_of("email_change") if can_change else "",
        remove_url=removal_address(request, reads, "email"),
    )
    return way_in(request, reads, row)
