"""What a connection tells of who is asking: the network an address belongs to, and the name of a device."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ua_parser import DefaultedResult, Parser, load_lazy_builtins

from settings_app import own_words, typed

LONGEST_AGENT = 400
PHONE_SYSTEMS = ("iOS", "Android", "Windows Phone", "KaiOS")
LONGEST_NAME = 80
# How the parser tells one browser's versions apart, which nobody who looks at a list of devices wants to know.
SMALL_SCREEN = re.compile(r"^Mobile | Mobile iOS$| (Mobile|iOS|Touch)$")
IN_AN_APP = re.compile(r"WebView|WKWebView")
KNOWN_AS = {"HeadlessChrome": "Chrome", "IE": "Internet Explorer", "IE Mobile": "Internet Explorer"}
SYSTEMS = {"Mac OS X": "macOS", "Chrome OS": "ChromeOS"}
APPLE_DEVICES = ("iPhone", "iPad", "iPod")


def written(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """As people read it: an IPv4 address that came as one of IPv6 (::ffff:203.0.113.7) is one of IPv4."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


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


@lru_cache(maxsize=1)
def parser() -> Parser:
    """Its thousand patterns are made ready one by one as they are needed; most never are."""
    return Parser.from_matchers(load_lazy_builtins())


@lru_cache(maxsize=1000)  # a page asks for forty, and for the same again
def parsed(agent: str) -> DefaultedResult:
    return parser().parse(agent[:LONGEST_AGENT]).with_defaults()


def families(agent: str) -> tuple[str, str]:
    """Browser and system without their versions, as the parser calls them: for telling devices apart, not for pages."""
    found = parsed(agent)
    return found.user_agent.family, found.os.family


def name_of_agent(agent: str) -> str:
    """ "Firefox on macOS", from a `User-Agent` header; empty when it names neither browser nor system."""
    return named(agent, get_language() or "", own_words.speaker())


@lru_cache(maxsize=2000)  # as above; the words of a name are those of a language and a site
def named(agent: str, _language: str, _speaker: str) -> str:
    found = parsed(agent)
    browser, system = browser_of(found), system_of(found, agent)
    if browser and system:
        name = _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
        return typed.as_the_page_runs(typed.line(name)[:LONGEST_NAME])
    return typed.line(browser or system)[:LONGEST_NAME]


def browser_of(found: DefaultedResult) -> str:
    """Its name as people know it; empty for the view inside an app, which tells nothing of the app."""
    family = found.user_agent.family
    if family == "Other" or IN_AN_APP.search(family) or family == found.os.family:
        return ""
    return KNOWN_AS.get(family) or SMALL_SCREEN.sub("", family)


def system_of(found: DefaultedResult, agent: str) -> str:
    """What one holds in the hand, where that is known; else the system."""
    family, device = found.os.family, found.device.family
    if family == "iOS":
        return device if device in APPLE_DEVICES else family
    if family == "Android":
        return _("Android tablet") if kind_of_agent(agent) == "tablet" else _("Android phone")
    return "" if family == "Other" else SYSTEMS.get(family, family)


def kind_of_agent(agent: str) -> str:
    """ "phone", "tablet" or "computer", from a `User-Agent` header; empty when it does not tell."""
    found = parsed(agent)
    if found.os.family == "Other":
        return ""
    if found.os.family not in PHONE_SYSTEMS:
        return "computer"
    is_tablet = found.device.family == "iPad" or (found.os.family == "Android" and "Mobile" not in agent)
    return "tablet" if is_tablet else "phone"
