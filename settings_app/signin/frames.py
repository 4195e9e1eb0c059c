"""Signing in from a frame. It happens in the top window, where people see whose page it is and Logto may be shown.

Whoever has signed in there is led back to the app. In a page of another site the frame has a session of its own, which
is signed in by a code: good once, for a minute, and for the frame alone that the way began in. The app gets it behind
the `#` of its address, and opens the frame with it (docs/embedding.md).
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from settings_app import session
from settings_app.safeguards.encryption import digest
from settings_app.safeguards.one_time import Holder, StateKind, Use
from settings_app.session import BROWSER
from settings_app.shell import frames
from settings_app.shell.addresses import allowed_next
from settings_app.shell.http import AccountRequest, public, render

CODES = StateKind("frame", life=timedelta(minutes=1), most=4, found_for=timedelta(minutes=1))
CODE = "account_frame"  # what the app finds it by


def way_of(request: AccountRequest, target: str) -> str:
    """Where one goes on to in the top window after signing in there, so that `target` can be shown in the frame."""
    query = {"app": frames.app_of(request, target)}
    if frames.begins_in_frame_of_another_site(request) or frames.is_partitioned(request):
        request.session[frames.PARTITIONED] = True
        if BROWSER not in request.session:
            request.session[BROWSER] = secrets.token_urlsafe(24)
        query["frame"] = mark_of(request)
    return f"{reverse('frame_leave')}?{urlencode(query)}"


def mark_of(request: AccountRequest) -> str:
    """Names the frame to the top window, and is of no use without the frame's own cookie."""
    return digest("frame", request.session.get(BROWSER, ""))[:64]


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: AccountRequest) -> HttpResponse:
    """In the top window, after signing in: back to the app, with a code for its frame where that needs one.

    Anybody can lead somebody here with the mark of a frame of their own, so a code is given for a press alone.
    """
    app = frames.allowed_app(request.site, request.GET.get("app", ""))
    # guard: frame-code-for-listed-apps
    if not app:
        return HttpResponseRedirect(reverse("overview"))
    address = app
    mark = request.GET.get("frame", "")
    # guard: frame-code-for-a-press
    if mark and request.method != "POST":
        return render(request, "tasks/frame.html", {"name": frames.host_of(app), "here": request.get_full_path()})
    if mark:
        holder = Holder(request.site.host, mark[:64], request.signed_in.subject)
        address = f"{app.partition('#')[0]}#{CODE}={CODES.keep(holder, sid=request.signed_in.sid)}"
    # No redirect, because the form that began this is held to its page's policy until the end of a chain of them.
    response = render(request, "tasks/done.html", {"address": address, "name": frames.host_of(app)})
    response["Refresh"] = f"0; url={address}"
    return response


@public
@require_safe
def enter(request: AccountRequest) -> HttpResponse:
    """In the frame: signs its session in by the code that the app was given for it."""
    target = allowed_next(request.GET.get("next", "")) or reverse("overview")
    kept = CODES.find(request.GET.get("code", ""))
    is_ours = kept is not None and kept.holder.site == request.site.host and frames.is_partitioned(request)
    # guard: frame-code-of-this-frame
    is_ours = is_ours and kept.holder.mark == mark_of(request)  # type: ignore[union-attr]  # it was looked at
    if kept is not None and is_ours and CODES.use_up(kept) is Use.GOOD:
        session.sign_in(request, subject=kept.holder.subject, sid=kept.values["sid"])
    return HttpResponseRedirect(target)
