"""One sign-in, or the beginning of one, as Logto tells it, and what its device is known by.

A device is browser, system and network, or browser, system and place. Versions change too often to be part of it, and
so do addresses: a network is wide enough for a phone that is given another one each day.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from settings_app.device import families
from settings_app.logto.types import LogEntry

BITS_OF_A_NETWORK = {4: 16, 6: 32}  # what a provider has, not what a household has

SIGN_IN = "Interaction.SignIn.Submit"
REGISTRATION = "Interaction.Register.Submit"
FIRST_STEP = "Interaction.SignIn.Identifier.Submit"
EVENTS = (SIGN_IN, REGISTRATION, FIRST_STEP)


class Reached(IntEnum):
    """How far somebody got. After the first step Logto may ask for a second one."""

    NOTHING = 0
    FIRST_STEP = 1
    SIGNED_IN = 2


@dataclass(frozen=True)
class Sighting:
    subject: str
    at: datetime
    reached: Reached
    user_agent: str = ""
    address: str = ""
    city: str = ""
    country: str = ""
    application_id: str = ""

    @property
    def device(self) -> tuple[str, str, str]:
        return (*families(self.user_agent), wide_network(self.address))

    @property
    def device_at_place(self) -> tuple[str, ...]:
        """Empty where Logto was not told a place."""
        return (*families(self.user_agent), self.country, self.city) if self.city else ()


def of_entry(entry: LogEntry) -> Sighting | None:
    """None for a row that names nobody, or tells of no step that was passed."""
    if not entry.user_id or entry.at is None:
        return None
    if entry.is_refused:
        # The first step was passed, or nobody would be named; the sign-in as a whole was not.
        reached = Reached.FIRST_STEP if entry.event == SIGN_IN else Reached.NOTHING
    else:
        reached = Reached.FIRST_STEP if entry.event == FIRST_STEP else Reached.SIGNED_IN
    if reached is Reached.NOTHING:
        return None
    return Sighting(
        subject=entry.user_id,
        at=entry.at,
        reached=reached,
        user_agent=entry.user_agent,
        address=entry.address,
        city=entry.city,
        country=entry.country,
        application_id=entry.application_id,
    )


def wide_network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network((parsed, BITS_OF_A_NETWORK[parsed.version]), strict=False))
