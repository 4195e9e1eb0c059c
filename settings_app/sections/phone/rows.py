"""The row of the phone number among the ways to sign in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from settings_app.formats import phone_number
from settings_app.shell.http import AccountRequest
from settings_app.shell.own_addresses import address_of
from settings_app.shell.reads import Reads
from settings_app.shell.rows import Panel, Row
from settings_app.shell.ways_in_rows import reaches, removal_address, way_in


def rows(request: AccountRequest, reads: Reads) -> list[Panel]:
    """Not offered where the tenant sends no text messages; a number that is there can still be removed."""
    phone, can_change = request.person.phone, reaches(reads, "phone")
    if not phone and not can_change:
        return []
    row = Row(
        name="phone",
        label=_("Phone"),
        icon="phone",
        value=phone_number(phone) if phone else "",
        change_text=_("Change") if phone else _("Add"),
        ltr=True,
        change_url=address_of("phone_change") if can_change else "",
        remove_url=removal_address(request, reads, "phone"),
    )
    return way_in(request, reads, row)
