"""The request views receive, whose address it comes from, which views are open to everybody, how a page is made."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django_htmx.middleware import HtmxDetails

from settings_app.actor import Actor
from settings_app.device import written
from settings_app.formats import Formats, closed_up, formats_for
from settings_app.logto.account import Account
from settings_app.logto.parallel import Part
from settings_app.logto.types import LogtoSession, Person, Role
from settings_app.session import SessionStore, SignedIn, browser_zone
from settings_app.shell.focus import focused_field
from settings_app.sites import Site

if TYPE_CHECKING:
    from settings_app.shell.reads import Reads

View = TypeVar("View", bound=Callable[..., HttpResponse])


class AccountRequest(HttpRequest):
    """What middleware has put on a request by the time a view sees it.

    `person` is read from Logto while the view starts; touching it waits for the answer, and a person who was
    suspended or deleted meanwhile ends the session instead of seeing the page.
    """

    site: Site  # type: ignore[assignment]  # the stubs mean django.contrib.sites, which is not used
    htmx: HtmxDetails
    session: SessionStore
    signed_in: SignedIn
    account: Account
    person: Person
    actor: Actor
    begun: Reads  # what a view `@begins`, on a page that was opened
    looking: Part[tuple[LogtoSession, ...]] | None
    roles: Part[tuple[Role, ...]]  # on the addresses of the admin area
    preview: Any  # on the addresses of a preview its `Look`, and the administrator who looks
    admin: Actor


def public(view: View) -> View:
    """Opens a view to people who are not signed in. Everything without this mark needs a session."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def greets(view: View) -> View:
    """For a public view that people who are signed in see with their menu, where Logto says who they are."""
    view.greets = True  # type: ignore[attr-defined]
    return view


def keeps_query_to_itself(view: View) -> View:
    """For a view whose parameters are secrets, such as a provider's code: no way back to it repeats them."""
    view.keeps_query_to_itself = True  # type: ignore[attr-defined]
    return view


def changes_nothing(view: View) -> View:
    """For a view that takes a form and only reads: of what fails in it nobody says that it wasn't saved."""
    view.changes_nothing = True  # type: ignore[attr-defined]
    return view


def actor_on(request: AccountRequest, account: Account, person: Person) -> Actor:
    """Whoever sent this request, acting on `account`."""
    return Actor(
        site=request.site,
        account=account,
        person=person,
        language=get_language() or settings.LANGUAGE_CODE,
        session=request.session,
        accept_language=request.headers.get("Accept-Language", ""),
        user_agent=request.headers.get("User-Agent", ""),
        address=client_address(request),
    )


def formats_of(request: HttpRequest) -> Formats:
    """How dates and numbers are written on this page; for nobody in particular where nobody is read."""
    if getattr(request, "person", None) is not None:
        return cast("AccountRequest", request).actor.formats
    session = getattr(request, "session", None)
    return formats_for(zone=browser_zone(session), accept_language=request.headers.get("Accept-Language", ""))


def client_address(request: HttpRequest) -> str:
    """The client's address. With N trusted proxies it is the Nth entry of X-Forwarded-For from the right; what stands

    further left was written by the client and proves nothing. Empty when there is no readable address.
    """
    address = request.META.get("REMOTE_ADDR", "")
    # guard: trusted-proxies-only
    if settings.TRUSTED_PROXIES > 0:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        address = hops[-settings.TRUSTED_PROXIES] if len(hops) >= settings.TRUSTED_PROXIES else address
    try:
        return written(ipaddress.ip_address(address))
    except ValueError:
        return ""


def render(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page. A form that could not reach Logto gives the answer its status: 429 or 503 instead of 200."""
    shown = dict(context or {})
    form = shown.get("form")
    if form is not None and status == 200:
        status = getattr(form, "status", 200)
    if field := focused_field(shown.values()):
        field.field.widget.attrs["autofocus"] = True
        shown["field_has_focus"] = True
    drawn = closed_up(render_to_string(template, shown, request))
    return HttpResponse(drawn, status=status, headers=getattr(form, "headers", {}))
