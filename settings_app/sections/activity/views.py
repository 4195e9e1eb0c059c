"""The page of what happened, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from settings_app.safeguards import limits
from settings_app.safeguards.limits import Limit
from settings_app.sections.activity import file
from settings_app.sections.activity.events import ActivityKind
from settings_app.sections.activity.forms import PeriodForm
from settings_app.sections.activity.items import item_of
from settings_app.sections.activity.timeline import read
from settings_app.shell import errors
from settings_app.shell.http import AccountRequest, render


@dataclass(frozen=True)
class Pill:
    """A link that filters the list."""

    text: str
    url: str
    is_current: bool


def show(request: AccountRequest) -> HttpResponse:
    actor, form = request.actor, PeriodForm(request.GET)
    kind, before = request.GET.get("kind", ""), request.GET.get("before", "")
    wanted = form.wanted(actor, kind=kind, before=before)
    form.mark_autofocus()
    found = read(actor, wanted)
    days = groupby(found.lines, key=lambda line: line.event.at.astimezone(actor.formats.zone).date())
    page = {
        "form": form,
        "pills": pills(request, wanted.kind),
        "kind": wanted.kind or "",
        "days": [(actor.formats.heading(day), [item_of(actor, line) for line in lines]) for day, lines in days],
        "is_first": not before,
        "is_part": bool(before or wanted.kind or form.changed_data),
        "newest_url": address(request, before=""),
        "older_url": address(request, before=str(found.older_ms)) if found.older_ms is not None else "",
        "download_url": address(request, to="activity_download", before=""),
        "reference": errors.part_failed(request, "activity", found.failure) if found.failure else "",
    }
    return render(request, "activity/show.html", page)


def download(request: AccountRequest) -> HttpResponse:
    """What is filtered, from the first row to the last."""
    wanted = PeriodForm(request.GET).wanted(request.actor, kind=request.GET.get("kind", ""), before="")
    # guard: activity-file-limited
    limits.spend(request.actor, Limit.ACTIVITY_FILE)
    headers = {"Content-Disposition": 'attachment; filename="activity.csv"'}
    return HttpResponse(file.written(request.actor, wanted), content_type="text/csv; charset=utf-8", headers=headers)


def pills(request: AccountRequest, current: ActivityKind | None) -> list[Pill]:
    named = {
        None: _("All"),
        ActivityKind.SIGN_INS: _("Sign-ins"),
        ActivityKind.CHANGES: _("Changes"),
        ActivityKind.APPS: _("Apps"),
    }
    return [Pill(text, address(request, kind=kind or "", before=""), kind is current) for kind, text in named.items()]


def address(request: AccountRequest, *, to: str = "activity", **changed: str) -> str:
    """The address of this page with some of its parameters changed; empty ones are left out."""
    named = {name: request.GET.get(name, "") for name in ("kind", "since", "until", "before")} | changed
    query = urlencode({name: value for name, value in named.items() if value})
    return reverse(to) + (f"?{query}" if query else "")
