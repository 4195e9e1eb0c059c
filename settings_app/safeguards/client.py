"""Who is asking, as far as the connection tells: the client's address and the name of its device."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from ua_parser import parse

LONGEST_AGENT = 400


def client_address(request: HttpRequest) -> str:
    """The client's address. With N trusted proxies it is the Nth entry of X-Forwarded-For from the right; what stands

    further left was written by the client and proves nothing. Empty when there is no readable address.
    """
    address = request.META.get("REMOTE_ADDR", "")
    # guard: trusted-proxies-only
    if settings.TRUSTED_PROXIES > 0:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        address = hops[-settings.TRUSTED_PROXIES] if len(hops) >= settings.TRUSTED_PROXIES else address
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""


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


def device_name(request: HttpRequest) -> str:
    """ "Firefox on macOS", or empty."""
    return name_of_agent(request.headers.get("User-Agent", ""))


def name_of_agent(agent: str) -> str:
    """The browser and system of a user agent in words, or empty when it names neither."""
    found = parse(agent[:LONGEST_AGENT]).with_defaults()
    browser = "" if found.user_agent.family == "Other" else found.user_agent.family
    system = "" if found.os.family == "Other" else found.os.family.replace("Mac OS X", "macOS")
    return f"{browser} on {system}" if browser and system else browser or system
