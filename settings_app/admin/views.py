"""Where the admin area begins, and what there is not in it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from settings_app.shell.administration import admins_only
from settings_app.shell.http import AccountRequest


@admins_only
def show(request: AccountRequest) -> HttpResponse:
    return redirect("admin_people")


@admins_only
def nothing(request: AccountRequest, rest: str) -> HttpResponse:
    raise Http404
