"""Where changes of the ways to sign in lead: back to the security page, which then offers to end other sessions."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from settings_app.shell.http import AccountRequest

CHANGED = "changed"


def after_a_change() -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('security')}?{CHANGED}=1")


def was_changed(request: AccountRequest) -> bool:
    """Whether this is the page right after a change. Anybody may make that address: it only shows a link."""
    return CHANGED in request.GET


def part_of_security(panel: str) -> HttpResponse:
    """For addresses that people have kept: the part of the page that `panel` names."""
    return HttpResponseRedirect(f"{reverse('security')}#{panel}")
