"""The newest of what happened, on the overview: of Logto's log the sign-ins alone, since most of the rest is noise."""

from __future__ import annotations

from itertools import islice

from django.utils.translation import gettext as _

from settings_app.formats import in_a_row
from settings_app.safeguards import audit
from settings_app.sections.activity import here
from settings_app.sections.activity.at_logto import Teller
from settings_app.shell.earlier_sign_ins import sign_ins
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Reads
from settings_app.shell.section import Summary

MOST = 4


def summary(request: AccountRequest, reads: Reads) -> Summary:
    actor, page = request.actor, reads[sign_ins]
    teller = Teller(actor.formats, {}, page, request.site.app_id)
    events = list(islice(teller.told(page.entries), MOST))  # the newest first, of as many as a hundred
    events += here.events(audit.newest(actor, MOST), teller.app)
    newest = sorted(events, key=lambda event: event.at, reverse=True)[:MOST]
    if not newest:
        return Summary([], _("See what happened in your account"), _("See activity"))
    facts = [(str(event.title), actor.formats.moment(event.at)) for event in newest]
    return Summary(
        facts, in_a_row((str(facts[0][0]), actor.formats.moment(newest[0].at, in_sentence=True))), _("See activity")
    )
