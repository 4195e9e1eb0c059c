"""What the profile page shows beside what sections put there: facts about the account."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from settings_app.gathered.gathering import Gathering
from settings_app.shell.forms import Form
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Read, Reads, applications
from settings_app.shell.rows import Panel, Row
from settings_app.shell.standing import READS as READS_OF_RULES

READS: tuple[Read[Any], ...] = (*READS_OF_RULES, applications)


def panels_of(request: AccountRequest, gathering: Gathering) -> list[Panel]:
    return gathering.panels(
        Panel("basics", _("Basics")),
        Panel("region", _("Language and region")),
        Panel("more", _("More about you")),
        Panel("managed", _("Managed by your organisation")),
        Panel("account", _("About this account"), about(request, gathering.reads)),
    )


def opened(panels: list[Panel], name: str, form: Form) -> list[Panel]:
    """The same with the row of this name open: its form in place of its value."""

    def with_form(row: Row) -> Row:
        if row.name != name:
            return row
        fields = list(form.fields.values())
        hint = row.hint
        if len(fields) == 1 and not fields[0].help_text:
            fields[0].help_text, hint = str(hint), ""  # tied to the field for those who hear it
        elif hint in [field.help_text for field in fields]:
            hint = ""
        return replace(row, form=form, hint=hint, cancel_url=reverse("profile"))

    return [replace(panel, rows=tuple(with_form(row) for row in panel.rows)) for panel in panels]


def about(request: AccountRequest, reads: Reads) -> tuple[Row, ...]:
    person, formats = request.person, request.actor.formats
    rows = [
        Row(
            "id",
            _("Account ID"),
            person.id,
            _("Support may ask for this. It never changes."),
            mono=True,
            copied=True,
        ),
        Row("status", _("Status"), _("Active")),
    ]
    if person.created_at:
        rows.append(Row("created", _("Created"), formats.day(person.created_at)))
    if person.updated_at:
        rows.append(Row("updated", _("Last changed"), formats.moment(person.updated_at)))
    if person.last_sign_in_at:
        rows.append(Row("last-sign-in", _("Last sign-in"), formats.moment(person.last_sign_in_at)))
    if application := first_application(request, reads):
        hint = _("The first app this account was used with.")
        rows.append(Row("first-app", _("First app"), application, hint))
    return tuple(rows)


def first_application(request: AccountRequest, reads: Reads) -> str:
    """The name of the app through which the account came to be; empty when it is not known, or gone."""
    known = reads.part(applications).value or {}
    found = known.get(request.person.application_id)
    return found.name if found else ""
