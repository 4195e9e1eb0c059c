"""The details of a person as rows of the profile page, those that somebody else manages in a panel of their own."""

from __future__ import annotations

from dataclasses import replace

from settings_app.formats import Formats
from settings_app.sections.profile.details import BASICS, OTHER, REGION, Detail
from settings_app.sections.profile.fields import details_of, standing_of
from settings_app.shell.http import AccountRequest
from settings_app.shell.own_addresses import address_of
from settings_app.shell.reads import Reads
from settings_app.shell.rows import Panel, Row
from settings_app.shell.standing import Rules, Standing


def panels(request: AccountRequest, reads: Reads) -> list[Panel]:
    rules, formats = Rules.of(request, reads), request.actor.formats
    rows: dict[str, list[Row]] = {BASICS: [], REGION: [], OTHER: []}
    managed: list[Row] = []
    for detail in details_of(rules):
        standing = standing_of(detail, rules)
        if not standing.is_shown:
            continue
        whose = managed if standing.managed_by or not detail.is_editable else rows[detail.section]
        whose.append(row_of(detail, standing, rules, formats))
    return [*(Panel(name, rows=tuple(found)) for name, found in rows.items()), managed_panel(managed)]


def row_of(detail: Detail, standing: Standing, rules: Rules, formats: Formats) -> Row:
    row = Row(
        detail.name,
        detail.label,
        detail.text(rules.person, formats),
        detail.hint,
        ltr=detail.ltr,
        change_url=address_of("profile_change", detail.name),
        swapped=True,
    )
    return row.under(standing)


def managed_panel(rows: list[Row]) -> Panel:
    """Why these cannot be changed is said once when it is the same for all."""
    reasons = {str(row.hint) for row in rows}
    if len(reasons) != 1:
        return Panel("managed", rows=tuple(rows))
    return Panel("managed", rows=tuple(replace(row, hint="") for row in rows), lead=reasons.pop())
