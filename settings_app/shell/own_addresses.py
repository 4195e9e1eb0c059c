"""Addresses of this site's own pages by their url names; each is worked out once, for a page has thirty of them."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse


def address_of(name: str, *parts: str) -> str:
    """`parts` are words of the site or its tenant, never of a person: they are kept."""
    return _reversed(name, parts, get_script_prefix(), get_urlconf())


@lru_cache(maxsize=1024)
def _reversed(name: str, parts: tuple[str, ...], _prefix: str, urlconf: str | None) -> str:
    """In a preview every address has another beginning."""
    return reverse(name, urlconf, args=parts)
