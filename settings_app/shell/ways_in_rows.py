"""The rows of what one signs in with, as their sections declare them for the page "Sign-in and security"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from settings_app.safeguards import pending
from settings_app.safeguards.ways_in import can_send, missing_identifier
from settings_app.shell.http import AccountRequest
from settings_app.shell.own_addresses import address_of
from settings_app.shell.reads import Read, Reads, account_center, connectors, sign_in_experience
from settings_app.shell.rows import Panel, Row
from settings_app.shell.standing import standing_of

PAGE, PANEL = "security", "sign-in"
READS: tuple[Read[Any], ...] = (account_center, sign_in_experience, connectors)


def way_in(request: AccountRequest, reads: Reads, row: Row) -> list[Panel]:
    """The row under the tenant's policy for it, and below it the change of it that waits for its code."""
    standing = standing_of(request.site, reads[account_center], row.name)
    if not standing.is_shown:
        return []
    row = row.under(standing)
    waiting = [one for one in reads.once(pending.of_person, request.actor) if one.purpose.value == row.name]
    if waiting:
        row = replace(row, below_template="components/waiting.html", more=waiting[0])
    return [Panel(PANEL, rows=(row,))]


def removal_address(request: AccountRequest, reads: Reads, name: str) -> str:
    """Where it is removed; empty where nothing is there, or the tenant wants everybody to have one."""
    person = request.person
    if not getattr(person, name) or missing_identifier(person, reads[sign_in_experience], without=name) == name:
        return ""
    return address_of(f"{name}_remove")


def reaches(reads: Reads, kind: str) -> bool:
    """Whether codes can be sent there; where that could not be read, the send itself will say."""
    known = reads.part(connectors)
    return known.failed or can_send(kind, known.value or ())
