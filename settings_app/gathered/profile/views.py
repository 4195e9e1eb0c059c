"""The profile page, and its rows one at a time."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from settings_app.gathered.gathering import Gathering
from settings_app.gathered.profile.page import READS, opened, panels_of
from settings_app.safeguards.changes import Change
from settings_app.sections.profile.details import Detail, Values
from settings_app.sections.profile.fields import found
from settings_app.sections.profile.forms import ArrangedForm, RowForm
from settings_app.shell import drafts
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.language import CHOSEN
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
    kind, options = form_of(request, detail)
    form = kind.received(request, initial=detail.values(request.person), **options)
    if form.is_untouched():
        return redirect("profile")
    if form.submit(request.actor, Change.PROFILE, detail.store.save, tags=detail.name):
        if "locale" in detail.store.keys:
            request.session.pop(CHOSEN, None)  # the next page speaks the language that was chosen here
        return redirect("profile")
    return page(request, gathering, detail, form)


def arrange(request: AccountRequest, field: str) -> HttpResponse:
    """The open row with the fields that go with what is chosen there. Nothing is saved."""
    gathering = Gathering(request, "profile", READS)
    detail, standing = found(Rules.of(request, gathering.reads), field)
    typed = typed_into(request)
    if not typed or detail.arranged is None or not standing.is_editable:
        return redirect("profile_change", field=field)
    _kind, options = form_of(request, detail)
    form = ArrangedForm.arranged(typed, initial=detail.values(request.person), **options)
    return page(request, gathering, detail, form)


def page(request: AccountRequest, gathering: Gathering, detail: Detail, form: RowForm) -> HttpResponse:
    panels = opened(panels_of(request, gathering), detail.name, form)
    return render(request, "profile/show.html", {"panels": panels, "form": form, "open_row": detail.name})


def form_of(request: AccountRequest, detail: Detail) -> tuple[type[RowForm], dict[str, Any]]:
    shown = shown_values(request, detail.values(request.person))
    fields = detail.asked(shown, typed_into(request), request.actor.formats)
    options: dict[str, Any] = {"fields": fields, "store": detail.store}
    if detail.arranged is None:
        return RowForm, options
    return ArrangedForm, options | {"arrange_url": reverse("profile_arrange", args=[detail.name])}


def typed_into(request: AccountRequest) -> dict[str, str]:
    """What was posted, or had been before a sign-in came between."""
    if request.method == "POST":
        return request.POST.dict()
    return {name: values[0] for name, values in drafts.restored(request).items() if values}


def shown_values(request: AccountRequest, stored: Values) -> Values:
    """What the page showed when this was posted, else what is stored: some rows ask differently for odd values."""
    hidden = {name: request.POST.get(f"initial-{name}") for name in stored}
    return {name: value if hidden[name] is None else hidden[name] for name, value in stored.items()}
