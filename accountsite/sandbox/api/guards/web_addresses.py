"""What a browser's `new URL()` takes for an address, as Logto asks it (docs/logto.md 2.3)."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import unquote

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
WITH_HOST = ("http:", "https:", "ftp:", "ws:", "wss:")
NO_HOST_CHARACTERS = re.compile(r"[\x00-\x20\x7f#%/:<>?@\[\\\]^|]")
HIGHEST_PORT = 65535
HIGHEST_IPV4 = 2**32


def is_web_address(value: str) -> bool:
    """Whether it parses: any scheme will do, but one of the web needs a host that can be one."""
    text = re.sub(r"[\t\n\r]", "", value.strip("".join(map(chr, range(0x21)))))
    found = SCHEME.match(text)
    if found is None:
        return False
    scheme = found[0].lower()
    return scheme not in WITH_HOST or _has_host(text[found.end() :].lstrip("/\\"))


def _has_host(rest: str) -> bool:
    authority = re.split(r"[/\\?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    host, colon, port = _without_port(authority)
    if colon and port and (not (port.isascii() and port.isdigit()) or int(port) > HIGHEST_PORT):
        return False
    if host.startswith("["):
        return host.endswith("]") and _is_ipv6(host[1:-1])
    host = unquote(host)
    return bool(host) and not NO_HOST_CHARACTERS.search(host) and _is_no_broken_ipv4(host)


def _without_port(authority: str) -> tuple[str, str, str]:
    bracket = authority.find("]")
    host, colon, port = authority[bracket + 1 :].partition(":")
    return authority[: bracket + 1] + host, colon, port


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return "%" not in text


def _is_no_broken_ipv4(host: str) -> bool:
    """A host whose last part is a number must be an IPv4 address in one of its spellings."""
    parts = host.removesuffix(".").split(".")
    if not re.fullmatch(r"\d+|0[xX][0-9a-fA-F]*", parts[-1], re.ASCII):
        return True
    numbers = [_number(part) for part in parts]
    if len(parts) > 4 or None in numbers:
        return False
    *first, last = (number or 0 for number in numbers)
    return all(number < 256 for number in first) and last < HIGHEST_IPV4 >> 8 * len(first)


def _number(part: str) -> int | None:
    try:
        if part[:2].lower() == "0x":
            return int(part[2:] or "0", 16)
        return int(part, 8) if part.startswith("0") and len(part) > 1 else int(part)
    except ValueError:
        return None
