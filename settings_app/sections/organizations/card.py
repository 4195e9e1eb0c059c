"""The organisations on the overview."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app import typed
from settings_app.formats import in_a_row
from settings_app.sections.organizations.memberships import name_of
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Reads, organizations
from settings_app.shell.section import Summary


def summary(request: AccountRequest, reads: Reads) -> Summary:
    found = sorted(reads[organizations], key=lambda one: one.name.casefold())
    if not found:
        return Summary([], _("You don’t belong to any organisation"), _("See invitations"))
    total = len(found)
    counted = ngettext("%(total)d organisation", "%(total)d organisations", total) % {"total": total}
    facts = [(name_of(one), in_a_row(typed.line(role.name) for role in one.roles)) for one in found]
    return Summary(facts, counted, _("See organisations"))
