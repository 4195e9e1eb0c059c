"""The second steps on the security page. Passkeys stand among the ways to sign in where one can sign in with them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from settings_app.gathered.security.reading import Reading, Section
from settings_app.safeguards.ways_in import Holdings
from settings_app.sections.two_step.rows import Row, rows_of
from settings_app.sections.two_step.steps import SecondSteps
from settings_app.shell.http import AccountRequest

PASSKEYS = "passkeys"


@dataclass(frozen=True)
class TwoStepSection(Section):
    """`rows` is empty when they could not be read."""

    is_on: bool = False
    rows: list[Row] = field(default_factory=list)


def part(request: AccountRequest, reading: Reading) -> Section | None:
    steps = steps_of(reading)
    if steps is None:
        return TwoStepSection("security/_two_step.html")
    # Removing codes by themselves is rare; the page of the second steps has it.
    rows = [replace(row, remove_url="") if row.name == "backup-codes" else row for row in rows_of(request, steps)]
    if reading.experience.passkey_sign_in_enabled:
        rows = [row for row in rows if row.name != PASSKEYS]
    return TwoStepSection("security/_two_step.html", steps.is_asked, rows) if rows else None


def passkey_rows(request: AccountRequest, reading: Reading) -> list[Row]:
    """The row among the ways to sign in; none where passkeys are a second step only, or could not be read."""
    steps = steps_of(reading)
    if steps is None or not reading.experience.passkey_sign_in_enabled:
        return []
    return [row for row in rows_of(request, steps) if row.name == PASSKEYS]


def steps_of(reading: Reading) -> SecondSteps | None:
    factors, configuration, required = reading.factors, reading.configuration, reading.organizations_require
    if factors.value is None or configuration.value is None or required.value is None:
        return None
    held = Holdings(reading.person, factors.value, reading.experience, (), required.value)
    return SecondSteps(held, configuration.value, reading.center)
