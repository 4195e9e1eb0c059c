"""A provider's logo, from the address that its connector names: written into it (`data:`), or fetched from outside.

Somebody typed that address in Logto's console, and what stands there is anybody's. So it is fetched from public
addresses only, over https, in little time, and what comes is kept only if it is a picture (docs/logto.md 5.1).
"""

from __future__ import annotations

import base64
import http.client
import io
import ipaddress
import socket
import ssl
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlsplit

from PIL import Image
from requests.utils import DEFAULT_CA_BUNDLE_PATH

FETCH_SECONDS = 5.0
STEP_SECONDS = 3.0  # for a connection, and for each silence
LARGEST_BYTES = 200_000
LONGEST_SIDE = 2_000  # pixels
CHUNK_BYTES = 16_384
HTTPS = 443
RASTER = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
SVG = "image/svg+xml"
LEADS_ELSEWHERE = {"script", "foreignobject", "iframe", "object", "embed", "link", "handler", "listener"}
TRANSLATED_IPV4 = ipaddress.ip_network("64:ff9b::/96")

Connect = Callable[[str], socket.socket]


@dataclass(frozen=True)
class Logo:
    content: bytes
    mime_type: str


class NoLogo(Exception):  # noqa: N818  # it says what is so
    """There is none that could be shown."""


def logo_at(address: str) -> Logo:
    """Raises `NoLogo`."""
    return checked(written_in(address) if address.startswith("data:") else fetched(address))


def written_in(address: str) -> bytes:
    """The content of a `data:` address."""
    kind, _comma, body = address.partition(",")
    if len(body) > 2 * LARGEST_BYTES:
        raise NoLogo("size")
    try:
        return base64.b64decode(body, validate=True) if kind.endswith(";base64") else unquote_to_bytes(body)
    except ValueError as error:
        raise NoLogo("data") from error


def fetched(address: str, *, seconds: float = FETCH_SECONDS, connect: Connect | None = None) -> bytes:
    """What stands at a web address. Nothing is followed, and no cookie, proxy or password goes along."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise NoLogo("address") from error
    # guard: logo-over-https
    if parts.scheme != "https" or port not in (None, HTTPS) or parts.username is not None or not parts.hostname:
        raise NoLogo("address")
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        return received(parts.hostname, target, (connect or connected)(parts.hostname), seconds)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoLogo("connection") from error


def connected(host: str) -> socket.socket:
    """A connection to a public address of this host; the address that was judged is the one that is used."""
    found = [entry[4][0] for entry in socket.getaddrinfo(host, HTTPS, type=socket.SOCK_STREAM)]
    # guard: logo-from-public-addresses
    if not found or not all(is_public(str(one)) for one in found):
        raise NoLogo("private")
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


def received(host: str, target: str, through: socket.socket, seconds: float) -> bytes:
    connection = http.client.HTTPConnection(host, timeout=STEP_SECONDS)
    connection.sock = through
    ending = threading.Timer(seconds, hang_up, [through])
    ending.daemon = True
    until = time.monotonic() + seconds
    # However slowly it drips, also in its headers, it ends then.
    # guard: logo-time-limit
    ending.start()
    try:
        connection.request("GET", target, headers={"Accept": "image/*", "User-Agent": "accountsite"})
        answer = connection.getresponse()
        # guard: logo-without-redirects
        if answer.status != 200:
            raise NoLogo("status")
        content = bytearray()
        while chunk := answer.read1(CHUNK_BYTES):
            content += chunk
            # guard: logo-size
            if len(content) > LARGEST_BYTES:
                raise NoLogo("size")
        if time.monotonic() >= until:
            raise NoLogo("time")
        return bytes(content)
    finally:
        ending.cancel()
        connection.close()


def hang_up(through: socket.socket) -> None:
    try:
        through.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended meanwhile


def checked(content: bytes) -> Logo:
    """The content with its kind as it shows by itself: what somebody calls a picture may be a page."""
    if len(content) > LARGEST_BYTES:
        raise NoLogo("size")
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        check_svg(content)
        return Logo(content, SVG)
    try:
        with Image.open(io.BytesIO(content), formats=tuple(RASTER)) as image:
            kind, sides = str(image.format), image.size
            image.verify()
    except Exception as error:  # decoders raise nearly anything for a broken file
        raise NoLogo("kind") from error
    # guard: logo-pixels
    if max(sides) > LONGEST_SIDE:
        raise NoLogo("pixels")
    return Logo(content, RASTER[kind])


def check_svg(content: bytes) -> None:
    """It is a drawing that does nothing and loads nothing. It is served under a policy that says the same."""
    try:
        text = content.decode("utf-8-sig")
        # guard: logo-without-entities
        if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
            raise NoLogo("entities")
        root = ET.fromstring(text)  # noqa: S314  # without entities there is nothing to expand
    except (ValueError, ET.ParseError, RecursionError) as error:
        raise NoLogo("kind") from error
    # guard: logo-is-a-drawing
    if local(root.tag) != "svg":
        raise NoLogo("kind")
    # guard: logo-without-script
    if any(is_active(element) for element in root.iter()):
        raise NoLogo("script")


def is_active(element: ET.Element) -> bool:
    """Whether it runs something, or leads out of the drawing."""
    if local(element.tag) in LEADS_ELSEWHERE:
        return True
    attributes = [(local(name), value.strip().lower()) for name, value in element.attrib.items()]
    leads = (value for name, value in attributes if name in ("href", "src"))
    return any(name.startswith("on") for name, _value in attributes) or not all(
        value.startswith(("#", "data:image/png", "data:image/jpeg")) for value in leads
    )


def local(name: object) -> str:
    """Without its namespace."""
    return str(name).rpartition("}")[2].lower()
