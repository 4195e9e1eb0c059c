"""Single tasks under the addresses and parameters of Logto's own account center, so that apps can point here instead.

`redirect` is where the app wants the person back when the task is done, `show_success` that they read so first,
`identifier` what is filled in (docs/logto.md 17). `ui_locales` is read by shell/language.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from settings_app.models import AuditEntry
from settings_app.safeguards.changes import Change
from settings_app.session import signed_in
from settings_app.shell.addresses import RETURN_TO, allowed_return_to
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.section import Section

KEPT_AS = "task"  # in the session
KEPT_SECONDS = 600
REDIRECTS = (302, 303)
ENDS = ("overview", "profile", "security", "two_step", "connections")  # where a change that is done leads to
TRUE = ("", "1", "true", "yes", "on")  # as Logto reads `show_success`


@dataclass(frozen=True)
class Task:
    """`begins` at the address of this name; it is done when the trail has one of the changes. None: just a page."""

    begins: str
    done: tuple[Change, ...] = ()
    of_connector: bool = False


CONNECTED = (Change.CONNECTION_ADDED, Change.CONNECTION_REPLACED)
TASKS = {
    "profile": Task("profile"),
    "security": Task("security"),
    "sessions": Task("sessions"),
    "email": Task("email_change", (Change.EMAIL_ADDED, Change.EMAIL_CHANGED)),
    "phone": Task("phone_change", (Change.PHONE_ADDED, Change.PHONE_CHANGED)),
    "username": Task("username_change", (Change.USERNAME_ADDED, Change.USERNAME_CHANGED)),
    "password": Task("password_change", (Change.PASSWORD_SET, Change.PASSWORD_CHANGED)),
    "authenticator-app": Task("two_step_authenticator_add", (Change.AUTHENTICATOR_ADDED,)),
    "authenticator-app/replace": Task("two_step_authenticator_replace", (Change.AUTHENTICATOR_REPLACED,)),
    "backup-codes/generate": Task("two_step_backup_codes_make", (Change.BACKUP_CODES_MADE,)),
    "backup-codes/regenerate": Task("two_step_backup_codes_make", (Change.BACKUP_CODES_MADE,)),
    "backup-codes/manage": Task("two_step"),
    "passkey/add": Task("two_step_passkeys_add", (Change.PASSKEY_ADDED,)),
    "passkey/manage": Task("two_step"),
    "social/*": Task("connections_connect", CONNECTED, of_connector=True),
    "social/*/change": Task("connections_connect", CONNECTED, of_connector=True),
    "social/*/remove": Task("connections_remove", (Change.CONNECTION_REMOVED,), of_connector=True),
}


@require_safe
def begin(request: AccountRequest, page: str) -> HttpResponse:
    """Remembers where the app wants the person back, and leads to this site's own page for the task."""
    task, connector = task_at(page)
    if task is None:
        raise Http404
    request.session.pop(KEPT_AS, None)
    back = allowed_return_to(request.site, request.GET.get("redirect", ""))
    if back and task.done:
        request.session[KEPT_AS] = {
            "back": back,
            "shows": request.GET.get("show_success", "no").lower() in TRUE,
            "done": [change.value for change in task.done],
            "at": time.time(),
        }
        request.session[RETURN_TO] = back
    if task.of_connector:
        offered = request.account.tenant.public_sign_in_experience().social_connectors
        targets = [one.target for one in offered if one.id == connector]
        if not targets:
            raise Http404
        return HttpResponseRedirect(reverse(task.begins, args=targets[:1]))
    identifier = request.GET.get("identifier", "")
    query = f"?{urlencode({'identifier': identifier})}" if identifier else ""
    return HttpResponseRedirect(reverse(task.begins) + query)


def task_at(page: str) -> tuple[Task | None, str]:
    """The task of this page of the account center, and the connector that the page names; each page has an end page."""
    steps = page.strip("/").removesuffix("/success").split("/")
    connector = steps[1] if steps[0] == "social" and len(steps) > 1 else ""
    if connector:
        steps[1] = "*"
    return TASKS.get("/".join(steps)), connector


@require_safe
def done(request: AccountRequest) -> HttpResponse:
    """The way back to the app: at once, or by a link where the app wants its people to read what was done."""
    kept = request.session.get(KEPT_AS, {})
    back = kept.get("back", "")
    # guard: task-leads-back-to-listed-origins
    back = allowed_return_to(request.site, back)
    if not back:
        request.session.pop(KEPT_AS, None)
        return HttpResponseRedirect(reverse("overview"))
    request.session[KEPT_AS] = kept | {"done": []}  # what is changed from now on is no part of it
    shown = {"address": back, "name": urlsplit(back).netloc}
    if kept["shows"]:
        return render(request, "tasks/done.html", shown)
    list(messages.get_messages(request))  # the app says what was done
    if request.htmx:
        return HttpResponseClientRedirect(back)
    response = render(request, "tasks/done.html", shown)
    # Not a redirect: browsers hold the form that was posted to its policy until the end of a chain of redirects.
    response["Refresh"] = f"0; url={back}"
    return response


class TaskMiddleware:
    """Leads to `done` instead of this site's own pages, once the change that an app asked for is in the trail."""

    def __init__(self, get_response: Callable[[AccountRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: AccountRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in REDIRECTS and signed_in(request) is not None and KEPT_AS in request.session:
            kept = request.session[KEPT_AS]
            if kept["at"] < time.time() - KEPT_SECONDS:
                del request.session[KEPT_AS]
            elif urlsplit(response["Location"]).path in {reverse(name) for name in ENDS} and is_done(request, kept):
                response["Location"] = reverse("task_done")
        return response


def is_done(request: AccountRequest, kept: dict[str, object]) -> bool:
    actor = request.__dict__.get("actor")
    if actor is None:
        return False
    rows = actor.owned(AuditEntry).filter(change__in=kept["done"], outcome=AuditEntry.Outcome.DONE)
    since = datetime.fromtimestamp(float(str(kept["at"])), UTC)
    return bool(rows.filter(started_at__gte=since).exists())


SECTION = Section(
    name="tasks",
    addresses=(
        path("account/done/", done, name="task_done"),
        path("account/<path:page>", begin, name="task"),
    ),
)
