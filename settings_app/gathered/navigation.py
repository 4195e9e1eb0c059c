"""Every section in the order of the side navigation, and that navigation as templates draw it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise

from settings_app.gathered.overview.section import SECTION as OVERVIEW
from settings_app.gathered.profile.section import SECTION as PROFILE
from settings_app.gathered.secure.section import SECTION as SECURE
from settings_app.gathered.security.section import SECTION as SECURITY
from settings_app.gathered.tasks import SECTION as TASKS
from settings_app.sections import SECTIONS
from settings_app.shell.section import section_at

EVERY = (OVERVIEW, PROFILE, SECURITY, *SECTIONS, SECURE, TASKS)


@dataclass(frozen=True, eq=False)  # found by what it is: its title is another in each language
class Link:
    url: str
    title: Promise
    icon: str
    current: bool
    apart: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """A context processor; to people who are not signed in there is nothing to go to."""
    return {"navigation": links(request) if getattr(request, "person", None) is not None else ()}


def links(request: HttpRequest) -> tuple[Link, ...]:
    here = section_at((request.resolver_match and request.resolver_match.url_name) or "")
    return _links((here.name, here.parent) if here else (), get_script_prefix())


@lru_cache(maxsize=256)
def _links(marked: tuple[str, ...], _prefix: str) -> tuple[Link, ...]:
    return tuple(
        Link(reverse(one.name), one.entry.title, one.entry.icon, one.name in marked, one.entry.is_apart)
        for one in EVERY
        if one.entry
    )
