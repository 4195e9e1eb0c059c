"""People of the sandbox, signed in to the site."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accountsite.sandbox.logto import Logto
from settings_app.models import OneTimeState
from settings_app.safeguards.one_time import opened
from settings_app.session import SessionStore


def client_of(
    logto: Logto, handle: str, *, verified: bool = False, how: str = "password", binding: str = "", sid: str = ""
) -> Client:
    """A browser with this person signed in, if wanted recently confirmed by `how`; `binding` marks a second browser."""
    now = timezone.now()
    session = SessionStore(site=settings.SITES[0].host)
    session["subject"] = logto.state.person(handle).id
    session["sid"] = sid
    session["signed_in_at"] = now.isoformat()
    session["ends_at"] = (now + timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)).isoformat()
    if handle == "admin":
        session["may_administer"] = True
    session["binding"] = binding or f"binding-of-{handle}"
    if verified:
        session["verified"] = {"at": now.timestamp(), "how": how}
    session.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client


def all_values_kept() -> list[dict[str, str]]:
    """What is under way in any browser, unsealed."""
    return [dict(kept.values) for row in OneTimeState.objects.all() if (kept := opened(row))]


def values_kept() -> dict[str, str]:
    """What is under way, where that is one thing."""
    (values,) = all_values_kept()
    return values
