"""The fresh sign-in that an undo link may ask for: it proves who holds the link, and signs nobody in on this site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from settings_app.safeguards.encryption import seal, unseal

LINK, PROVEN = "undo-link", "undo-proven"
LIFE = timedelta(minutes=10)
SEALED_FOR = "undo-link"


def keep_link(request: HttpRequest, token: str) -> None:
    """The link waits here while its holder signs in, so that no address carries it."""
    request.session[LINK] = seal(SEALED_FOR, token)


def kept_link(request: HttpRequest) -> str:
    """The token of the link that waits in this browser; empty for none."""
    return unseal(SEALED_FOR, request.session[LINK]) or "" if LINK in request.session else ""


def mark_proven(request: HttpRequest, *, subject: str) -> None:
    request.session[PROVEN] = {"subject": subject, "at": timezone.now().timestamp()}


def is_proven(request: HttpRequest, *, subject: str) -> bool:
    """Whether this browser has signed in at Logto as this person within the last minutes."""
    proven = request.session.get(PROVEN)
    if not proven:
        return False
    # guard: proof-is-of-the-persons-account
    if proven["subject"] != subject:
        return False
    is_recent = datetime.fromtimestamp(proven["at"], UTC) > timezone.now() - LIFE
    # guard: proof-of-the-owner-ends
    if not is_recent:
        return False
    return bool(proven)
