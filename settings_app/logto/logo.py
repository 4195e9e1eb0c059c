"""A provider's logo, from the address that its connector names: written into it (`data:`), or fetched from outside.

Somebody typed that address in Logto's console, and what stands there is anybody's. So it is fetched from public
addresses only, over https, in little time, and what comes is kept only if it is a picture (docs/logto.md 5.1).
"""

from __future__ import annotations

import base64
import io
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from settings_app import outside

FETCH_SECONDS = 5.0
FOUND = 200
LARGEST_BYTES = 200_000
LONGEST_SIDE = 2_000  # pixels
RASTER = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
SVG = "image/svg+xml"
LEADS_ELSEWHERE = {"script", "foreignobject", "iframe", "object", "embed", "link", "handler", "listener"}


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


def fetched(address: str, *, seconds: float = FETCH_SECONDS, connect: outside.Connect | None = None) -> bytes:
    """What stands at a web address. Nothing is followed."""
    accept = {"Accept": "image/*"}
    try:
        found = outside.ask(address, headers=accept, seconds=seconds, most_bytes=LARGEST_BYTES, connect=connect)
    except outside.Unreachable as error:
        raise NoLogo(str(error)) from error
    # guard: logo-without-redirects
    if found.status != FOUND:
        raise NoLogo("status")
    return found.content


def checked(content: bytes) -> Logo:
    """The content with its kind as it shows by itself: what somebody calls a picture may be a page."""
    if len(content) > LARGEST_BYTES:
        raise NoLogo("size")
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        check_svg(content)
        return Logo(content, SVG)
    from PIL import Image  # 2.5 MB, and most logos are drawings

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
