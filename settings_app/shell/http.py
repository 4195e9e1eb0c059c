"""The request that views receive, how a page is rendered, and which views are open to everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django_htmx.middleware import HtmxDetails

from settings_app.logto.account import Account
from settings_app.logto.types import Person
from settings_app.session import SessionStore, SignedIn
from settings_app.sites import Site

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


def public(view: View) -> View:
    """Opens a view to people who are not signed in. Everything without this mark needs a session."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def keeps_query_to_itself(view: View) -> View:
    """For a view whose parameters are secrets, such as a provider's code: no way back to it repeats them."""
    view.keeps_query_to_itself = True  # type: ignore[attr-defined]
    return view


def render(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page. A form that could not reach Logto gives the answer its status: 429 or 503 instead of 200."""
    form = (context or {}).get("form")
    if form is not None and status == 200:
        status = getattr(form, "status", 200)
    return HttpResponse(
        render_to_string(template, context, request), status=status, headers=getattr(form, "headers", {})
    )
