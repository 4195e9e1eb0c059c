"""Secure my account: where the mails about changes lead, with what to do when it wasn't you."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.safeguards import audit, sessions
from settings_app.safeguards.changes import Change
from settings_app.shell.forms import Form
from settings_app.shell.gates import verified_recently
from settings_app.shell.http import AccountRequest, render

SHOWN_DAYS = 30


class SignOutOthersForm(Form):
    """Nothing to fill in."""


def show(request: AccountRequest) -> HttpResponse:
    past = audit.of_person(request.actor, days=SHOWN_DAYS)
    return render(request, "secure/show.html", {"past": past, "days": SHOWN_DAYS})


@verified_recently
def sign_out_others(request: AccountRequest) -> HttpResponse:
    form = SignOutOthersForm.received(request)
    if form.submit(request.actor, Change.OTHER_SESSIONS_ENDED, sessions.end_others):
        return redirect("secure")
    return render(request, "secure/sign_out_others.html", {"form": form})
