"""The pages of the authenticator app: set up, replaced, given up half-way. Nothing is sent before a code was right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.sections.two_step import actions, enrolment
from settings_app.sections.two_step.enrolment import Enrolment
from settings_app.sections.two_step.landing import after_the_first_app
from settings_app.sections.two_step.steps import TOTP, SecondSteps
from settings_app.sections.two_step.writing import HALF_DONE
from settings_app.shell.code import CodeField
from settings_app.shell.forms import Form
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.landing import after_a_change

SETTLED = ("authenticator.done", "authenticator.already")  # refused, because it is on by another request


class EnrolmentForm(Form):
    """`setup` is the mark of the set-up that the page showed."""

    setup = forms.CharField(widget=forms.HiddenInput, required=False)
    code = CodeField(error_messages={"required": gettext_lazy("Enter the code your app shows.")})
    refused_as = ""

    def __init__(self, *args: Any, is_proven: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_proven = is_proven
        if is_proven:
            del self.fields["code"]

    def add_declined(self, declined: Declined) -> None:
        self.refused_as = declined.code
        super().add_declined(declined)

    def goes_on_with(self, waiting: Enrolment) -> None:
        """What the page shows next: never the code that was typed, and none to enter once one was right."""
        self.initial["setup"] = waiting.mark
        self.data = {name: typed for name, typed in self.data.items() if name != "code"} | {"setup": waiting.mark}
        if waiting.is_proven:
            self.fields.pop("code", None)


@editable("mfa")
@verified_recently
def add(request: AccountRequest) -> HttpResponse:
    steps, form = SecondSteps.read(request.actor), received(request)
    is_cut_off = form.is_bound and form.is_proven  # perhaps before Logto was told to ask for what it has
    if (steps.authenticator and not is_cut_off) or not steps.offers(TOTP):
        return redirect("security")
    if form.submit(request.actor, Change.AUTHENTICATOR_ADDED, actions.add_authenticator):
        return after_the_first_app(steps)
    if form.refused_as in SETTLED:
        return redirect("security")
    return page(request, form, steps)


@editable("mfa")
@verified_recently
def replace(request: AccountRequest) -> HttpResponse:
    steps = SecondSteps.read(request.actor)
    form = received(request)
    if not steps.offers(TOTP):
        return redirect("security")
    if steps.authenticator is None and not form.is_bound:
        return redirect("two_step_authenticator_add")
    if form.submit(request.actor, Change.AUTHENTICATOR_REPLACED, actions.replace_authenticator):
        return after_a_change()
    if form.refused_as in SETTLED:
        return redirect("security")
    return page(request, form, steps)


def cancel(request: AccountRequest) -> HttpResponse:
    """Forgets the secret that waits; what is stored at Logto stays as it is."""
    if request.method == "POST":
        enrolment.give_up(request.actor)
    return redirect("security")


def received(request: AccountRequest) -> EnrolmentForm:
    waiting = enrolment.waiting(request.actor)
    return EnrolmentForm.received(request, is_proven=waiting is not None and waiting.is_proven)


def page(request: AccountRequest, form: EnrolmentForm, steps: SecondSteps) -> HttpResponse:
    """What was read before the form was tried decides what is shown: afterwards Logto may be out of reach."""
    waiting = enrolment.begun(request.actor)
    form.goes_on_with(waiting)
    has_old = steps.authenticator is not None and form.refused_as != HALF_DONE
    context = {
        "form": form,
        "waiting": waiting,
        "has_old": has_old,
        "codes_follow": not has_old and steps.lacks_backup_codes,
        "account": enrolment.account_name(request.actor),
        "address": waiting.address(request.actor),
        "picture": waiting.picture(request.actor),
    }
    return render(request, "two_step/authenticator.html", context)
