"""The profile page, and its rows one at a time."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from settings_app.gathered.profile.page import sections_of
from settings_app.safeguards.changes import Change
from settings_app.sections.profile.fields import found
from settings_app.sections.profile.forms import RowForm
from settings_app.sections.profile.rows import Values
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.standing import rules_of

log = logging.getLogger(__name__)


def show(request: AccountRequest) -> HttpResponse:
    return render(request, "profile/show.html", {"sections": sections_of(request, rules_of(request))})


def change(request: AccountRequest, field: str) -> HttpResponse:
    rules = rules_of(request)
    row, standing = found(rules, field)
    # guard: read-only-row
    if not standing.is_editable:
        log.warning("refused to open the read-only profile row %s", row.name)
        messages.error(request, str(standing.reason))
        return redirect("profile")
    values = row.values(request.person)
    fields = row.fields(shown_values(request, values), request.actor.formats)
    form = RowForm.received(request, initial=values, fields=fields, store=row.store)
    if form.is_untouched():
        return redirect("profile")
    if form.submit(request.actor, Change.PROFILE, row.store.save, tags=row.name):
        return redirect("profile")
    page = {
        "sections": sections_of(request, rules),
        "form": form,
        "open_row": row.name,
        "profile_url": reverse("profile"),
    }
    return render(request, "profile/show.html", page)


def shown_values(request: AccountRequest, stored: Values) -> Values:
    """What the page showed when this was posted, else what is stored: some rows ask differently for odd values."""
    hidden = {name: request.POST.get(f"initial-{name}") for name in stored}
    return {name: value if hidden[name] is None else hidden[name] for name, value in stored.items()}
