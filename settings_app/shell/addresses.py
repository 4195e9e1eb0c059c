"""Where a person may be sent: back into this site, or to one of the addresses the operator has listed."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from settings_app.session import signed_in
from settings_app.sites import Site, origin

LONGEST_ADDRESS = 2000
NOT_AFTER_SIGN_IN = ("/sign-in/", "/sign-out/")
RETURN_TO = "return_to"


@dataclass(frozen=True)
class WayBack:
    """Where "Back to {name}" in the header leads."""

    url: str
    name: str


def allowed_next(address: str) -> str:
    """`address` when it is a path on this site that one may be sent to after signing in, otherwise nothing."""
    if not address.startswith("/") or len(address) > LONGEST_ADDRESS:
        return ""
    # guard: next-without-control-characters
    if not address.isprintable() or "\\" in address:
        return ""  # browsers drop tabs and newlines, and read a backslash as a slash, only after we have looked
    # guard: next-on-this-site
    if address.startswith("//") or not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return ""
    # guard: next-not-signing-in-or-out
    if address.startswith(NOT_AFTER_SIGN_IN):
        return ""
    return address


def posted_from_here(request: HttpRequest) -> bool:
    """Whether a form was posted from a page of this site, as far as the browser says; every browser says so."""
    site: Site = request.site  # type: ignore[assignment]  # our middleware's, not of django.contrib.sites
    try:
        return origin(request.headers.get("Origin", site.base_url)) == origin(site.base_url)
    except ValueError:
        return False


def allowed_return_to(site: Site, address: str) -> str:
    """`address` when its origin is on the site's list, compared whole (ASVS 3.7.2), otherwise nothing."""
    if len(address) > LONGEST_ADDRESS or not address.isprintable() or "\\" in address:
        return ""
    try:
        # guard: return-to-listed-origin
        if origin(address) not in site.return_to:
            return ""
    except ValueError:
        return ""
    return address


def way_back(request: HttpRequest) -> WayBack | None:
    """The app that sent the person here by `?return_to=`, remembered while they are signed in, or the site's home."""
    site: Site | None = getattr(request, "site", None)
    if site is None:
        return None
    if signed_in(request) is not None:
        if asked := allowed_return_to(site, request.GET.get(RETURN_TO, "")):
            request.session[RETURN_TO] = asked
        # Asked again each time: the operator may have taken the address off the list since.
        if kept := allowed_return_to(site, request.session.get(RETURN_TO, "")):
            return WayBack(kept, urlsplit(kept).netloc)
    return WayBack(site.home_url, site.brand.name) if site.home_url else None
