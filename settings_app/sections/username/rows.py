"""The row of the username among the ways to sign in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from settings_app.shell.http import AccountRequest
from settings_app.shell.own_addresses import address_of
from settings_app.shell.reads import Reads, sign_in_experience
from settings_app.shell.rows import Panel, Row
from settings_app.shell.ways_in_rows import removal_address, way_in


def rows(request: AccountRequest, reads: Reads) -> list[Panel]:
    """Not offered where nobody signs in with one; a username that is there can still be removed."""
    username = request.person.username
    is_used = any(method.identifier == "username" for method in reads[sign_in_experience].sign_in_methods)
    if not username and not is_used:
        return []
    row = Row(
        name="username",
        label=_("Username"),
        icon="username",
        value=username,
        change_text=_("Change") if username else _("Add"),
        ltr=True,
        change_url=address_of("username_change") if is_used else "",
        remove_url=removal_address(request, reads, "username"),
    )
    return way_in(request, reads, row)
