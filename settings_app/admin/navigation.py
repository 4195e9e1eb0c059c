"""The side navigation of the admin area, and the way into it for those who may have one."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.gathered.navigation import Link
from settings_app.gathered.navigation import navigation as of_sections
from settings_app.shell.administration import is_for_admins, may_ask
from settings_app.shell.http import AccountRequest

ENTRIES: tuple[tuple[str, Promise, str], ...] = (
    ("admin_people", _("Preview a person"), "show"),
    ("admin_apps", _("App permissions"), "apps"),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """A context processor, after that of the sections."""
    if getattr(request, "person", None) is None or not may_ask(cast("AccountRequest", request)):
        return {}
    match = request.resolver_match
    if match is None or not is_for_admins(match.func):
        return {"navigation": (*of_sections(request)["navigation"], _way_in(get_script_prefix()))}
    return {"navigation": _links(str(match.url_name)), "area": _("Admin")}


@lru_cache(maxsize=256)
def _way_in(_prefix: str) -> Link:
    return Link(reverse("admin"), _("Admin"), "security", current=False, apart=True)


@lru_cache(maxsize=64)
def _links(here: str) -> tuple[Link, ...]:
    links = [
        Link(
            reverse(name),
            title,
            icon,
            here.startswith((name, "admin_preview", "admin_help") if name == "admin_people" else name),
            apart=False,
        )
        for name, title, icon in ENTRIES
    ]
    return (*links, Link(reverse("overview"), _("My account"), "person", current=False, apart=True))
