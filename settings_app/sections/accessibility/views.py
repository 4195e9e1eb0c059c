"""The page that says how far these pages can be used by everybody, and how that was tested."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from settings_app.shell.http import AccountRequest, greets, public, render

REVIEWED_ON = date(2026, 11, 30)


@public
@greets
@require_safe
def show(request: AccountRequest) -> HttpResponse:
    return render(request, "accessibility/show.html", {"reviewed_on": REVIEWED_ON})
