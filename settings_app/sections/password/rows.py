"""The row of the password among the ways to sign in."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Reads
from settings_app.shell.rows import Panel, Row
from settings_app.shell.ways_in_rows import way_in


def rows(request: AccountRequest, reads: Reads) -> list[Panel]:
    has_one = request.person.has_password
    row = Row(
        name="password",
        label=_("Password"),
        icon="password",
        value=_("Set") if has_one else "",
        change_text=_("Change") if has_one else _("Set"),
        change_url=reverse("password_change"),
    )
    return way_in(request, reads, row)
