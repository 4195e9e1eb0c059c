"""The pages of the backup codes. Logto makes them, they are shown once, and nothing here keeps them.

What the browser got it posts back to be downloaded or printed, so no copy has to wait on the server.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from settings_app.safeguards.changes import Change
from settings_app.sections.two_step import actions
from settings_app.sections.two_step.enrolment import account_name
from settings_app.sections.two_step.landing import is_second_step_of_set_up
from settings_app.sections.two_step.rows import BACKUP_CODES
from settings_app.sections.two_step.steps import SecondSteps
from settings_app.shell.forms import Form
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, changes_nothing, render
from settings_app.shell.landing import after_a_change

REPLACED = "replaced"
CODE = re.compile(r"[0-9a-f]{10}")


class MakeForm(Form):
    """`replaces` stands for the codes that were there when the page was shown."""

    replaces = forms.CharField(widget=forms.HiddenInput, required=False)


class CodesField(forms.Field):
    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        """Whatever comes back is codes and nothing else: it goes into a file and a page."""
        codes = [str(one) for one in value or []]
        # guard: only-codes-are-echoed
        if len(codes) != BACKUP_CODES or not all(CODE.fullmatch(code) for code in codes):
            raise ValidationError("", code="invalid")
        return codes


class ShownForm(Form):
    """Named `code`, as what is never kept when a session or confirmation runs out (shell/drafts.py)."""

    code = CodesField()


class SavedForm(ShownForm):
    saved = forms.BooleanField(
        label=gettext_lazy("I’ve saved my codes somewhere safe"),
        error_messages={"required": gettext_lazy("Tick the box once you’ve saved your codes.")},
    )


@editable("mfa")
@verified_recently
def make(request: AccountRequest) -> HttpResponse:
    """Its answer to a POST is the page with the codes, not a redirect: nothing may keep them until the next request."""

    steps = SecondSteps.read(request.actor)
    if not steps.can_have_backup_codes:
        return redirect("security")
    form = MakeForm.received(request, initial={"replaces": actions.mark_of(steps.held)})
    if form.submit(request.actor, Change.BACKUP_CODES_MADE, actions.make_backup_codes):
        had_some = steps.backup_codes is not None and steps.backup_codes.codes_left > 0
        made = list(form.result)
        return codes_page(request, SavedForm(initial={"code": made}), made, replaced=had_some)
    context = {"form": form, "codes": steps.backup_codes, "first": is_second_step_of_set_up(request)}
    return render(request, "two_step/backup_codes_make.html", context)


def finish(request: AccountRequest) -> HttpResponse:
    """Asks that they are saved before it leaves the page on which alone they stand."""
    form = SavedForm.received(request)
    if not form.is_bound or form.is_valid() or "code" in form.errors:
        return after_a_change() if form.is_bound and form.is_valid() else redirect("security")
    form.mark_autofocus()
    return codes_page(request, form, form.cleaned_data["code"], replaced=REPLACED in request.GET)


@changes_nothing
def download(request: AccountRequest) -> HttpResponse:
    form = ShownForm.received(request)
    if not form.is_valid():
        return redirect("two_step_backup_codes_make")
    text = render_to_string("two_step/backup_codes.txt", sheet(request, form.cleaned_data["code"]), request)
    headers = {"Content-Disposition": 'attachment; filename="backup-codes.txt"'}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


@changes_nothing
def print_sheet(request: AccountRequest) -> HttpResponse:
    """For browsers without script; with it, the page with the codes prints itself."""
    form = ShownForm.received(request)
    if not form.is_valid():
        return redirect("two_step_backup_codes_make")
    return render(request, "two_step/backup_codes_print.html", sheet(request, form.cleaned_data["code"]))


def codes_page(request: AccountRequest, form: SavedForm, codes: list[str], *, replaced: bool) -> HttpResponse:
    context = sheet(request, codes) | {"form": form, "replaced": replaced, "first": is_second_step_of_set_up(request)}
    return render(request, "two_step/backup_codes.html", context)


def sheet(request: AccountRequest, codes: list[str]) -> dict[str, Any]:
    """What the page, the file and the printed sheet say beside the codes. Messages wait for the page after these."""
    formats, now = request.actor.formats, timezone.now()
    return {
        "codes": codes,
        "lines": "\n".join(codes),
        "account": account_name(request.actor),
        "created": f"{formats.day_and_clock(now)} ({formats.zone.key})",
        "address": request.site.host + reverse("security"),
        "messages": (),
    }
