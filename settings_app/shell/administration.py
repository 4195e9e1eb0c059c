"""Who may open the admin area: whoever has the role of administrators at Logto right now, and has confirmed lately.

For everybody else its addresses are like any that do not exist, and no question to Logto tells them apart: only who
signed in with the role is asked about at all. That it was so then opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from settings_app.session import MAY_ADMINISTER, VERIFIED
from settings_app.shell import drafts, errors
from settings_app.shell.http import AccountRequest
from settings_app.shell.verification import end_verification, is_outdated

View = Callable[..., HttpResponse]

OPEN_FOR = timedelta(minutes=30)  # after the confirmation that opened the area


def is_for_admins(view: Callable[..., object]) -> bool:
    return bool(getattr(view, "is_for_admins", False))


def may_ask(request: AccountRequest) -> bool:
    """Whether this browser's person signed in with the role. Without it the area is not there."""
    return bool(request.session.get(MAY_ADMINISTER))


def is_admin(request: AccountRequest) -> bool:
    """What Logto says about it now. Raises its `LogtoError`."""
    wanted = request.site.admin_role
    return bool(wanted) and any(role.name == wanted for role in request.roles.required())


def open_until(request: AccountRequest) -> datetime | None:
    """When the person has to confirm again to stay in the area, or None when they have to now."""
    verified = request.session.get(VERIFIED)
    if not verified:
        return None
    at = datetime.fromtimestamp(verified["at"], UTC)
    # guard: admin-area-closes-again
    if not at <= timezone.now() < at + OPEN_FOR:
        return None
    return at + OPEN_FOR


def admins_only(view: View) -> View:
    """Allows only people who have the role now, and have confirmed lately who they are."""

    @wraps(view)
    def guarded(request: AccountRequest, *args: object, **kwargs: object) -> HttpResponse:
        # guard: admin-role-is-asked-each-time
        if not is_admin(request):
            raise Http404
        if open_until(request) is not None and is_outdated(request):
            end_verification(request)
        # guard: admin-area-asks-to-confirm
        if open_until(request) is None:
            if request.method == "POST":
                drafts.keep(request, request.signed_in.subject)
            return HttpResponseRedirect(f"{reverse('verify')}?{urlencode({'next': errors.here(request)})}")
        return view(request, *args, **kwargs)

    guarded.is_for_admins = True  # type: ignore[attr-defined]  # read by the middleware
    guarded.needs_verification = True  # type: ignore[attr-defined]  # `/verify/` leads here
    return guarded
