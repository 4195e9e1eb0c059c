"""Social accounts and work sign-in, as on the page of connected accounts; they may fail to load by themselves."""

from __future__ import annotations

from dataclasses import dataclass, field

from settings_app.gathered.security.reading import Reading, Section
from settings_app.sections.connections.connected import Connections
from settings_app.sections.connections.rows import Row, WorkRow, social_rows, work_rows
from settings_app.shell.http import AccountRequest


@dataclass(frozen=True)
class ConnectionsSection(Section):
    social: list[Row] = field(default_factory=list)
    work: list[WorkRow] = field(default_factory=list)
    failed: bool = False


def part(request: AccountRequest, reading: Reading) -> Section | None:
    template = "security/_connections.html"
    public = reading.public_experience.value
    if public is None:
        return ConnectionsSection(template, failed=True)
    connections = Connections.of(request.actor, public, reading.connectors.value or (), reading.center)
    social, work = social_rows(connections), work_rows(connections)
    return ConnectionsSection(template, social, work) if social or work else None
