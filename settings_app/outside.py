"""Requests to addresses that somebody typed: over https, to public addresses, in little time, and nothing is followed.

No cookie, proxy or password goes along. The address that was judged is the one that is connected to.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH

STEP_SECONDS = 3.0  # for a connection, and for each silence
CHUNK_BYTES = 16_384
HTTPS = 443
TRANSLATED_IPV4 = ipaddress.ip_network("64:ff9b::/96")

Connect = Callable[[str], socket.socket]


class Unreachable(Exception):  # noqa: N818  # it says what is so
    """There is no answer that could be used; its text says why in one word."""


@dataclass(frozen=True)
class Reply:
    status: int
    content: bytes


def place_of(address: str) -> tuple[str, str]:
    """Host and target of a web address. Raises `Unreachable` for one that is never asked."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise Unreachable("address") from error
    # guard: outside-over-https
    if parts.scheme != "https" or port not in (None, HTTPS) or parts.username is not None or not parts.hostname:
        raise Unreachable("address")
    return parts.hostname, f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def ask(
    address: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str],
    seconds: float,
    most_bytes: int,
    connect: Connect | None = None,
) -> Reply:
    """The answer, whatever its status. Raises `Unreachable`."""
    host, target = place_of(address)
    try:
        through = (connect or connected)(host)
        return received(host, method, target, body, headers, through, seconds, most_bytes)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable("connection") from error


def connected(host: str) -> socket.socket:
    """A connection to a public address of this host."""
    found = [entry[4][0] for entry in socket.getaddrinfo(host, HTTPS, type=socket.SOCK_STREAM)]
    # guard: outside-public-addresses
    if not found or not all(is_public(str(one)) for one in found):
        raise Unreachable("private")
    plain = socket.create_connection((str(found[0]), HTTPS), timeout=STEP_SECONDS)
    try:
        return ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH).wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise


def is_public(address: str) -> bool:
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return is_public(str(found.ipv4_mapped))
        if found in TRANSLATED_IPV4 or found.sixtofour or found.teredo:
            return False  # an IPv4 address in disguise
    return found.is_global and not found.is_multicast


def received(
    host: str,
    method: str,
    target: str,
    body: bytes | None,
    headers: Mapping[str, str],
    through: socket.socket,
    seconds: float,
    most_bytes: int,
) -> Reply:
    connection = http.client.HTTPConnection(host, timeout=STEP_SECONDS)
    connection.sock = through
    ending = threading.Timer(seconds, hang_up, [through])
    ending.daemon = True
    until = time.monotonic() + seconds
    # However slowly it drips, also in its headers, it ends then.
    # guard: outside-time-limit
    ending.start()
    try:
        connection.request(method, target, body=body, headers={**headers, "User-Agent": "accountsite"})
        answer = connection.getresponse()
        content = bytearray()
        while chunk := answer.read1(CHUNK_BYTES):
            content += chunk
            # guard: outside-size
            if len(content) > most_bytes:
                raise Unreachable("size")
        if time.monotonic() >= until:
            raise Unreachable("time")
        return Reply(answer.status, bytes(content))
    finally:
        ending.cancel()
        connection.close()


def hang_up(through: socket.socket) -> None:
    try:
        through.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended meanwhile
