"""Recently verified: for a few minutes after confirming who they are, a person may change what is sensitive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from settings_app.shell import drafts
from settings_app.shell.errors import here
from settings_app.shell.http import AccountRequest

View = Callable[..., HttpResponse]

VERIFIED = "verified"


def verified_recently(view: View) -> View:
    """Lets only a person through who has confirmed who they are within the last minutes; others go to `/verify/`.

    What they had typed is kept, without secrets, and nothing that was posted is ever repeated on its own.
    """

    @wraps(view)
    def guarded(request: AccountRequest, *args: object, **kwargs: object) -> HttpResponse:
        # guard: verified-recently
        if verified_until(request) is None:
            if request.method == "POST":
                drafts.keep(request, request.signed_in.subject)
            return HttpResponseRedirect(f"{reverse('verify')}?{urlencode({'next': here(request)})}")
        return view(request, *args, **kwargs)

    guarded.needs_verification = True  # type: ignore[attr-defined]  # read by the test that walks every address
    return guarded


def mark_verified(request: HttpRequest, *, method: str) -> None:
    """The person of this session has just confirmed who they are, by `method`. Gives the session a new id."""
    request.session[VERIFIED] = {"at": timezone.now().timestamp(), "how": method}
    # guard: new-session-id-when-verified
    request.session.cycle_key()


def verified_until(request: HttpRequest) -> datetime | None:
    """When the person has to confirm again, or None when they have to now."""
    verified = request.session.get(VERIFIED)
    if not verified:
        return None
    verified_at = datetime.fromtimestamp(verified["at"], UTC)
    until = verified_at + timedelta(seconds=settings.VERIFIED_SECONDS)
    # guard: verification-ends
    if not verified_at <= timezone.now() < until:
        return None
    return until


def end_verification(request: HttpRequest) -> None:
    """From now on the person has to confirm again."""
    request.session.pop(VERIFIED, None)


def verified_by(request: HttpRequest) -> str:
    """How the person confirmed: `password`, `code`, or `sign-in` for a fresh one at Logto; empty when that is over."""
    return str(request.session[VERIFIED]["how"]) if verified_until(request) else ""
