"""Leaving for an address that Logto named: which ones may be gone to, and how, with and without script."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.utils.encoding import iri_to_uri

from settings_app.shell.http import AccountRequest, render
from settings_app.sites import Site

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def may_be_gone_to(site: Site, address: str) -> bool:
    """https, and nothing else; on a machine whose Logto is the sandbox also that machine itself."""
    try:
        parts = urlsplit(address)
        here = urlsplit(site.endpoint).hostname in LOOPBACK and parts.hostname in LOOPBACK
    except ValueError:
        return False
    return (
        address.isprintable()
        and bool(parts.hostname)
        and (parts.scheme == "https" or (here and parts.scheme == "http"))
    )


def leave(request: AccountRequest, *, address: str, name: str, cancel_url: str) -> HttpResponse:
    """Sends the browser to `address`, a page of `name`: by htmx at once, else by a page with one link.

    A redirect would be stopped: form-action in the policy names this site and Logto, and Chromium applies it to where
    the answer to a form leads.
    """
    list(get_messages(request))  # what the form has just said would be shown on the way back, when it is over
    shown = {"address": address, "name": name, "host": urlsplit(address).hostname, "cancel_url": cancel_url}
    response = render(request, "connections/leave.html", shown | {"messages": ()})
    if request.htmx:
        response["HX-Redirect"] = iri_to_uri(address)
    return response
