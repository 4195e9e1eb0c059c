"""The newest sign-ins on the overview."""

from __future__ import annotations

from django.utils.translation import gettext as _

from settings_app.device import name_of_agent
from settings_app.shell.http import AccountRequest
from settings_app.shell.known_devices import sign_ins
from settings_app.shell.reads import Reads
from settings_app.shell.section import Summary


def summary(request: AccountRequest, reads: Reads) -> Summary:
    formats, found = request.actor.formats, reads[sign_ins].entries
    done = [row for row in found if row.at is not None and not row.is_refused]
    facts = [(name_of_agent(row.user_agent) or _("Unknown device"), formats.moment(row.at)) for row in done if row.at]
    if not facts:
        return Summary([], _("See what happened in your account"), _("See activity"))
    line = _("Last sign-in: %(when)s") % {"when": facts[0][1]}
    return Summary(facts, line, _("See activity"))
