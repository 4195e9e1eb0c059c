"""The time zone of the browser, for people who have chosen none: told by the page's script, kept in the session."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBadRequest
from django.views.decorators.http import require_POST

from settings_app.formats import zone_names
from settings_app.shell.http import AccountRequest


@require_POST
def keep(request: AccountRequest) -> HttpResponse:
    """Only a name of the tz database is kept; nothing of it reaches Logto."""
    zone = request.POST.get("zone", "")
    # guard: known-time-zone
    if zone not in zone_names():
        return HttpResponseBadRequest()
    request.session["zone"] = zone
    return HttpResponse(status=204)
