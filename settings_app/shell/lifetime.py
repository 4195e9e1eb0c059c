"""The gentle warning before a session ends for want of use, and the page that keeps it going.

The warning stands hidden in every page and is shown by a delayed CSS animation, so that it needs no script.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from settings_app.lifetimes import idle_seconds
from settings_app.shell.http import AccountRequest, render
from settings_app.sites import Site

WARN_BEFORE_IDLE_SECONDS = 300


def warning_delay(site: Site) -> str:
    """When the warning of `static/css/lifetime.css` appears: the idle limit is the operator's to set."""
    idle = idle_seconds(site)
    delay = max(idle - WARN_BEFORE_IDLE_SECONDS, idle // 2)
    return f"--session-warning-delay:{delay}s"


@require_safe
def stay(request: AccountRequest) -> HttpResponse:
    """Opened in a tab of its own, so that nothing typed is lost; opening any page keeps the session going."""
    return render(request, "session/stay.html")


def clear_site_data(response: HttpResponse) -> None:
    """Never "cookies": that would clear the whole registrable domain, Logto's own session and other apps included."""
    response["Clear-Site-Data"] = '"cache", "storage"'
