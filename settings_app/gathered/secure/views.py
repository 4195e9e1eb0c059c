"""Secure my account: where the mails about changes lead, with what to do when it wasn't you."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.safeguards import audit, sessions
from settings_app.safeguards.audit import Past
from settings_app.safeguards.changes import Change
from settings_app.shell.forms import Form
from settings_app.shell.gates import verified_recently
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.section import field_named

SHOWN_DAYS = 30
ON_A_PAGE = 20


@dataclass(frozen=True)
class Told:
    """A line of what was changed: the newest of some that differ in nothing but their moment."""

    past: Past
    times: int
    field: str


class SignOutOthersForm(Form):
    """Nothing to fill in."""


def show(request: AccountRequest) -> HttpResponse:
    told = grouped(audit.of_person(request.actor, days=SHOWN_DAYS), request.actor.formats.zone)
    page = Paginator(told, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "secure/show.html", {"page": page, "days": SHOWN_DAYS})


def grouped(past: Iterable[Past], zone: ZoneInfo) -> list[Told]:
    """What differs in nothing but its moment is told once for each day."""
    told: dict[tuple[date, Past], Told] = {}
    for one in past:
        key = (one.at.astimezone(zone).date(), replace(one, at=datetime.min.replace(tzinfo=UTC)))
        if key in told:
            told[key] = replace(told[key], times=told[key].times + 1)
        else:
            told[key] = Told(one, 1, field_named(one.about))
    return list(told.values())


@verified_recently
def sign_out_others(request: AccountRequest) -> HttpResponse:
    form = SignOutOthersForm.received(request)
    if form.submit(request.actor, Change.OTHER_SESSIONS_ENDED, sessions.end_others):
        return redirect("secure")
    return render(request, "secure/sign_out_others.html", {"form": form})
