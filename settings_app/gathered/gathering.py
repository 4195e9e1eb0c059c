"""What sections declare for a gathering page, read at the same time and put together into its panels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from settings_app.logto.errors import LogtoError
from settings_app.sections import SECTIONS
from settings_app.shell import errors
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Read, Reads
from settings_app.shell.rows import Panel
from settings_app.shell.section import Contribution


class Gathering:
    """One page as it is being put together; `reads` is what the page itself wants beside its sections."""

    def __init__(self, request: AccountRequest, page: str, reads: Iterable[Read[Any]] = ()) -> None:
        self.request = request
        self.declared = [rows for section in SECTIONS for rows in section.rows if rows.page == page]
        self.reads = Reads(request.account, [*reads, *(read for rows in self.declared for read in rows.reads)])

    def panels(self, *own: Panel) -> list[Panel]:
        """The page's own panels with the rows that belong there, then those of the sections; none without content."""
        found = {panel.id: panel for panel in own}
        bool(self.request.person)  # without the person there is no page; a part of it is not what failed
        for contribution in self.declared:
            for panel in self.drawn(contribution):
                known = found.get(panel.id, panel)
                rows = (*known.rows, *panel.rows) if panel.id in found else panel.rows
                found[panel.id] = replace(known, rows=rows, lead=panel.lead or known.lead)
        return [panel for panel in found.values() if panel.rows or panel.failure]

    def drawn(self, contribution: Contribution) -> list[Panel]:
        try:
            return contribution.draw(self.request, self.reads)
        except LogtoError as error:
            if contribution.instead is None:
                raise
            return [failed(self.request, contribution.instead, error)]


def failed(request: AccountRequest, panel: Panel, error: LogtoError) -> Panel:
    if not panel.failure:
        return panel
    return replace(panel, reference=errors.part_failed(request, panel.id, error))
