"""What a person had typed when their session or confirmation ran out, or Logto was down: ten minutes, no secrets."""

from __future__ import annotations

import time
from typing import TypedDict, cast

from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest

from settings_app.session import SessionStore
from settings_app.shell.addresses import posted_from_here

KEPT_SECONDS = 600
MOST_FIELDS = 30
LONGEST_VALUE = 4000
# Never kept, by field name. tests/test_drafts.py holds every form of the site against this list.
SECRET_FIELDS = frozenset({"csrfmiddlewaretoken", "password", "current_password", "new_password", "code", "secret"})


class Draft(TypedDict):
    path: str
    subject: str
    values: dict[str, list[str]]
    until: float


def keep(request: HttpRequest, subject: str) -> None:
    """Keeps the form that `subject` has just posted, one for each session."""
    values = dict(request.POST.lists())
    # guard: draft-without-secrets
    values = {name: posted for name, posted in values.items() if name not in SECRET_FIELDS}
    small = all(len(value) <= LONGEST_VALUE for posted in values.values() for value in posted)
    if values and small and len(values) <= MOST_FIELDS:
        draft: Draft = {"path": request.path, "subject": subject, "values": values, "until": time.time() + KEPT_SECONDS}
        request.session["draft"] = draft


def keep_for_ended_session(request: HttpRequest) -> None:
    """Keeps a posted form whose session had run out. Only such a session shows that the post came from this site:

    its cookie is SameSite=Lax, so a form on a foreign page posts without it and leaves nothing here. A neighbour on
    the same registrable domain posts with it, but its browser says where from. The CSRF token is gone with the session.
    """
    session = cast("SessionStore", request.session)
    session.get("subject")  # loads it
    # guard: draft-only-of-ended-session
    if request.method != "POST" or not session.ended_subject:
        return
    # guard: draft-from-this-site
    if not posted_from_here(request):
        return
    keep(request, session.ended_subject)


def keep_for_another_try(request: HttpRequest) -> bool:
    """Keeps a posted form that Logto could not take. Whether there was anything to keep.

    Logto is asked before the CSRF token is looked at, so it is the browser that says where the form came from.
    """
    subject = request.session.get("subject")
    # guard: draft-for-another-try-from-this-site
    if not posted_from_here(request):
        return False
    if request.method == "POST" and subject:
        keep(request, subject)
        try:
            request.session.save()  # Django does not, with an answer that says the server failed
        except SessionInterrupted:
            return False
    return is_kept(request, request.path)


def restored(request: HttpRequest) -> dict[str, list[str]]:
    """What was typed into the form at this address, once; empty when nothing was, or somebody else typed it."""
    draft: Draft | None = request.session.get("draft")
    if not draft or draft["path"] != request.path:
        return {}
    # guard: draft-of-this-person
    if draft["subject"] != request.session.get("subject") or draft["until"] < time.time():
        del request.session["draft"]
        return {}
    if request.method == "POST":
        del request.session["draft"]
        return {}
    return draft["values"]


def drop_stale(request: HttpRequest) -> None:
    """Forgets what is kept past its time, or was typed by somebody else than who is signed in now."""
    draft: Draft | None = request.session.get("draft")
    # guard: stale-draft-is-dropped
    if draft and (draft["until"] < time.time() or draft["subject"] != request.session.get("subject")):
        del request.session["draft"]


def is_kept(request: HttpRequest, path: str) -> bool:
    """Whether something was typed into the form at this path that will be there again."""
    draft: Draft | None = request.session.get("draft")
    return bool(draft and draft["path"] == path and draft["until"] >= time.time())
