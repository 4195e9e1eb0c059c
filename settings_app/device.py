"""What a connection tells of who is asking: the network an address belongs to, and the name of a device."""

from __future__ import annotations

import ipaddress

from ua_parser import parse

from settings_app import typed

LONGEST_AGENT = 400
PHONE_SYSTEMS = ("iOS", "Android", "Windows Phone", "KaiOS")
LONGEST_NAME = 80


def network(address: str) -> str:
    """What limits count: an IPv4 address, or the /64 of an IPv6 address, which one household has to itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def name_of_agent(agent: str) -> str:
    """ "Firefox on macOS", from a `User-Agent` header; empty when it names neither browser nor system."""
    found = parse(agent[:LONGEST_AGENT]).with_defaults()
    browser = "" if found.user_agent.family == "Other" else found.user_agent.family
    system = "" if found.os.family == "Other" else found.os.family.replace("Mac OS X", "macOS")
    name = f"{browser} on {system}" if browser and system else browser or system
    return typed.line(name)[:LONGEST_NAME]


def kind_of_agent(agent: str) -> str:
    """ "phone", "tablet" or "computer", from a `User-Agent` header; empty when it does not tell."""
    found = parse(agent[:LONGEST_AGENT]).with_defaults()
    if found.os.family == "Other":
        return ""
    if found.os.family not in PHONE_SYSTEMS:
        return "computer"
    is_tablet = found.device.family == "iPad" or (found.os.family == "Android" and "Mobile" not in agent)
    return "tablet" if is_tablet else "phone"
