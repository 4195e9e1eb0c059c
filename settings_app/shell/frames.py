"""The site in a frame of an app: which requests come from one, and the cookie that works there.

The app's page may be of the same site as browsers see it (account.example.com in app.example.com): then nothing differs
but looks. Where it is of another one, browsers send no cookie of the top window into the frame. The frame then has a
session of its own, by a cookie that belongs to this one parent (partitioned, CHIPS); signin/frames.py signs it in.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, SimpleCookie

from settings_app.shell.addresses import RETURN_TO, allowed_return_to
from settings_app.sites import Site, origin

PARTITIONED = "frame"  # in the session: it is of a frame in a page of another site
HEADER = "Framed"  # what htmx sends along in a frame, where the browser says nothing of it

# Python knows this attribute from 3.14 on.
COOKIE: Any = type(SimpleCookie({"a": "b"})["a"])
COOKIE._reserved.setdefault("partitioned", "Partitioned")
COOKIE._flags.add("partitioned")


def is_framed(request: HttpRequest) -> bool:
    """Whether the page stands in a frame, as the browser says."""
    site: Site | None = getattr(request, "site", None)
    if site is None or not site.frame_ancestors:
        return False
    return request.headers.get("Sec-Fetch-Dest") == "iframe" or HEADER in request.headers or is_partitioned(request)


def begins_in_frame_of_another_site(request: HttpRequest) -> bool:
    """Whether this first page of a frame was asked for by a page of another site."""
    return is_framed(request) and request.headers.get("Sec-Fetch-Site") == "cross-site"


def is_partitioned(request: HttpRequest) -> bool:
    session = getattr(request, "session", None)
    return session is not None and PARTITIONED in session


def kind_of(request: HttpRequest) -> str:
    """For templates: the frame of a page of another site has a partition, any other one an app around it."""
    if not is_framed(request):
        return ""
    return "partition" if is_partitioned(request) else "app"


def partition_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """The session's cookie for the frame: for this parent alone, which no other page of the web shares."""
    cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
    # guard: only-frames-have-a-cookie-for-other-sites
    if cookie is None or not is_partitioned(request):
        return
    cookie["samesite"], cookie["secure"], cookie["partitioned"] = "None", True, True


def app_of(request: HttpRequest, path: str) -> str:
    """Where the page around the frame is: as the path in the frame says by `return_to`, else its origin alone."""
    site: Site = request.site  # type: ignore[assignment]  # our middleware's, not of django.contrib.sites
    asked = parse_qs(urlsplit(path).query).get(RETURN_TO, [""])[0]
    return allowed_app(site, asked) or allowed_app(site, request.headers.get("Referer", ""))


def host_of(address: str) -> str:
    return urlsplit(address).netloc


def allowed_app(site: Site, address: str) -> str:
    """`address` when the operator lists its origin among those that one may go back to, or that may frame the site."""
    try:
        # guard: frame-leads-back-to-listed-origins
        if origin(address) not in site.frame_ancestors:
            return allowed_return_to(site, address)
    except ValueError:
        return ""
    return address if address.isprintable() and "\\" not in address else ""
