"""The profile on the overview."""

from __future__ import annotations

from django.utils.translation import gettext as _

from settings_app.formats import in_a_row
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Reads
from settings_app.shell.section import Summary


def summary(request: AccountRequest, reads: Reads) -> Summary:
    person, formats = request.person, request.actor.formats
    facts = [
        (_("Name"), person.name),
        (_("Date of birth"), formats.birthdate(person.profile.birthdate)),
        (_("Language"), formats.language(person.profile.locale)),
        (_("Time zone"), person.profile.zoneinfo.replace("_", " ")),
    ]
    filled = [(label, value or _("Not set")) for label, value in facts]
    return Summary(
        filled,
        in_a_row([value for _label, value in facts if value][:2]) or _("Nothing added yet"),
        _("Edit your profile"),
    )
