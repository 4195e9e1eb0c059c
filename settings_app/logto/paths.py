"""Addresses of the Management API, put together so that no part of one can reach another."""

from __future__ import annotations

import re
from urllib.parse import quote

from .errors import NotFound

WILDCARD = re.compile(r"[\\%_]")
PLACE = re.compile(r"\{[a-z_]+\}")
ID = re.compile(r"[-A-Za-z0-9_]{1,128}")


class Path(str):
    """An address together with the template it was made from, which is what errors and logs show."""

    __slots__ = ("template",)
    template: str


def path(template: str, *parts: str) -> Path:
    """`template` with its `{places}` filled, in order, by `parts`, each percent-encoded whole (RFC 3986 section 2.1).

    Raises `NotFound` for a part that cannot name anything: empty, or a dot segment, which clients and proxies resolve
    to another address.
    """
    for part in parts:
        # guard: path-parts-name-something
        if part in ("", ".", ".."):
            raise NotFound("GET", template, status=404, code="path.part_names_nothing")
    left = iter(parts)
    made = Path(PLACE.sub(lambda _: quote(next(left), safe=""), template))
    made.template = template
    return made


def is_id(text: str) -> bool:
    """Whether this is an id as Logto makes them, which addresses of this site can name too."""
    return ID.fullmatch(text) is not None


def literally(text: str) -> str:
    """`text` for a search that takes wildcards, meant as it stands (docs/logto.md 2.2)."""
    return WILDCARD.sub(r"\\\g<0>", text)


def template_of(address: str) -> str:
    """What may be shown and logged of an address."""
    return getattr(address, "template", address)
