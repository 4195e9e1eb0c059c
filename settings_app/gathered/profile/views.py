"""The profile page, and its rows one at a time."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.gathered.gathering import Gathering
from settings_app.gathered.profile.page import READS, opened, panels_of
from settings_app.safeguards.changes import Change
from settings_app.sections.profile.details import Values
from settings_app.sections.profile.fields import found
from settings_app.sections.profile.forms import RowForm
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.standing import Rules

log = logging.getLogger(__name__)


def show(request: AccountRequest) -> HttpResponse:
    panels = panels_of(request, Gathering(request, "profile", READS))
    return render(request, "profile/show.html", {"panels": panels})


def change(request: AccountRequest, field: str) -> HttpResponse:
    gathering = Gathering(request, "profile", READS)
    detail, standing = found(Rules.of(request, gathering.reads), field)
    # guard: read-only-row
    if not standing.is_editable:
        log.warning("refused to open the read-only profile row %s", detail.name)
        messages.error(request, str(standing.reason))
        return redirect("profile")
    values = detail.values(request.person)
    fields = detail.fields(shown_values(request, values), request.actor.formats)
    form = RowForm.received(request, initial=values, fields=fields, store=detail.store)
    if form.is_untouched():
        return redirect("profile")
    if form.submit(request.actor, Change.PROFILE, detail.store.save, tags=detail.name):
        return redirect("profile")
    panels = opened(panels_of(request, gathering), detail.name, form)
    return render(request, "profile/show.html", {"panels": panels, "form": form, "open_row": detail.name})


def shown_values(request: AccountRequest, stored: Values) -> Values:
    """What the page showed when this was posted, else what is stored: some rows ask differently for odd values."""
    hidden = {name: request.POST.get(f"initial-{name}") for name in stored}
    return {name: value if hidden[name] is None else hidden[name] for name, value in stored.items()}
