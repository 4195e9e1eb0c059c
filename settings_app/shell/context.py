"""What every template can use. Nothing here asks Logto; the person is being read already."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone

from settings_app.formats import zone_names
from settings_app.lifetimes import idle_seconds
from settings_app.models import FactorRemoval
from settings_app.safeguards import deletion, factor_removals
from settings_app.session import browser_zone, signed_in
from settings_app.shell import frames
from settings_app.shell.addresses import way_back
from settings_app.shell.brand import looks_of
from settings_app.shell.http import AccountRequest
from settings_app.shell.language import Menu, menu

WARN_BEFORE_END_SECONDS = 600


def page(request: HttpRequest) -> dict[str, Any]:
    person = getattr(request, "person", None)
    looks = looks_of(request) if hasattr(request, "site") else None
    htmx = getattr(request, "htmx", False)
    whole = not htmx or request.headers.get("HX-History-Restore-Request") == "true"
    look = request.__dict__.get("preview")
    # Asked by several parts of a page, and not by every page.
    languages = cache(lambda: menu(cast("AccountRequest", request)) if hasattr(request, "site") else None)
    return {
        "preview": look if look and look.person_name else None,
        "base_template": "base.html" if whole else "fragment.html",
        "site": looks.site if looks else None,
        "looks": looks,
        "person": person,
        "session_warning": session_warning(request) if person is not None else None,
        "idle_seconds": idle_seconds(getattr(request, "site", None)),
        "whose": cache(lambda: whose(cast("AccountRequest", request), languages()) if person is not None else {}),
        "frame": frames.kind_of(request),
        "deletion": lambda: deletion.waiting(cast("AccountRequest", request).actor) if person is not None else None,
        "factor_removal": lambda: factor_removal(cast("AccountRequest", request)) if person is not None else None,
        "asks_zone": person is not None and look is None and person.profile.zoneinfo not in zone_names(),
        "languages": languages,
        "browser_zone": browser_zone(getattr(request, "session", None)),
    }


def whose(request: AccountRequest, languages: Menu | None) -> dict[str, str]:
    """What the frame of a page has of this person and of this page."""
    person, back = request.person, way_back(request)
    return {
        "name": person.display_name,
        "email": person.email,
        "initials": person.initials,
        "picture": person.avatar_url,
        "back": back.url if back else "",
        "back_name": back.name if back else "",
        "language_url": languages.url if languages else "",
    }


def factor_removal(request: AccountRequest) -> FactorRemoval | None:
    """What support is going to remove; looked for only where support may do that."""
    return factor_removals.waiting(request.actor) if request.site.help_removes_factors else None


def session_warning(request: HttpRequest) -> dict[str, Any] | None:
    """When this session ends whatever the person does, once that is near."""
    who = signed_in(request)
    if who is None:
        return None
    seconds = int((who.ends_at - timezone.now()).total_seconds())
    return {"ends_at": who.ends_at, "seconds": seconds} if seconds < WARN_BEFORE_END_SECONDS else None
