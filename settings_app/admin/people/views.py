"""The page on which administrators find a person."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from settings_app.admin.people import search
from settings_app.shell.administration import admins_only
from settings_app.shell.http import AccountRequest, render


@admins_only
@require_GET
def show(request: AccountRequest) -> HttpResponse:
    term, page = request.GET.get("q", "").strip()[: search.LONGEST_TERM], page_of(request.GET.get("page", ""))
    found = search.find(request.actor, term, page) if term else None
    return render(request, "admin/people/show.html", {"term": term, "found": found, "field_has_focus": True})


def page_of(number: str) -> int:
    return int(number) if number.isdecimal() and 0 < int(number[:5]) < 10_000 else 1
