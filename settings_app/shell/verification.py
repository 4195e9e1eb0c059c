"""Recently verified: for a few minutes after confirming who they are, a person may change what is sensitive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

VERIFIED = "verified"


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
