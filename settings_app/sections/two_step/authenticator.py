"""The pages of the authenticator app: set up, replaced, given up half-way. Nothing is sent before a code was right."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from settings_app.logto.errors import LogtoError
from settings_app.safeguards import leases
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.ways_in import Holdings
from settings_app.sections.two_step import enrolment
from settings_app.sections.two_step.enrolment import Enrolment
from settings_app.sections.two_step.landing import after_a_change, after_the_first_app
from settings_app.sections.two_step.steps import TOTP, SecondSteps
from settings_app.sections.two_step.writing import HALF_DONE, add_authenticator, in_place_of, refuse_unoffered
from settings_app.shell.code import CodeField
from settings_app.shell.forms import Form
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, render

SETTLED = ("authenticator.done", "authenticator.already")  # refused, because it is on by another request


class EnrolmentForm(Form):
    """`setup` is the mark of the set-up that the page showed."""

    setup = forms.CharField(widget=forms.HiddenInput, required=False)
    code = CodeField(error_messages={"required": gettext_lazy("Enter the code your app shows.")})
    refused_as = ""

    def __init__(self, *args: Any, is_proven: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
    steps = SecondSteps.read(request)
    if steps.authenticator or not steps.offers(TOTP):
        return redirect("two_step")
    form = received(request)
    if form.submit(request, Change.AUTHENTICATOR_ADDED, partial(turn_on, request)):
        return after_the_first_app(steps)
    if form.refused_as in SETTLED:
        return redirect("two_step")
    return page(request, form, steps)


@editable("mfa")
@verified_recently
def replace(request: AccountRequest) -> HttpResponse:
    steps = SecondSteps.read(request)
    form = received(request)
    if not steps.offers(TOTP):
        return redirect("two_step")
    if steps.authenticator is None and not form.is_bound:
        return redirect("two_step_authenticator_add")
    if form.submit(request, Change.AUTHENTICATOR_REPLACED, partial(exchange, request)):
        return after_a_change()
    if form.refused_as in SETTLED:
        return redirect("two_step")
    return page(request, form, steps)


def cancel(request: AccountRequest) -> HttpResponse:
    """Forgets the secret that waits; what is stored at Logto stays as it is."""
    if request.method == "POST":
        enrolment.give_up(request)
    return redirect("two_step")


def turn_on(request: AccountRequest, setup: str, code: str = "") -> None:
    """Proves the app, gives its secret to Logto, and makes sure that Logto asks for it."""
    with leases.on_person(request) as lease:
        proven = enrolment.prove(request, setup, code)
        held = Holdings.read(request.account)
        refuse_unoffered(held, TOTP)
        if any(factor.is_authenticator for factor in held.factors):
            enrolment.give_up(request)
            words = _("An authenticator app was set up in another tab. Replace that one if you want this one.")
            raise Declined(words, code="authenticator.already")
        lease.renew()
        add_authenticator(request, proven.secret)
        enrolment.finish(request, proven)
    ask_from_now_on(request)


def exchange(request: AccountRequest, setup: str, code: str = "") -> None:
    """Proves the new app first; then the old one goes and the new one comes at once."""
    with leases.on_person(request) as lease:
        proven = enrolment.prove(request, setup, code)
        held = Holdings.read(request.account)
        refuse_unoffered(held, TOTP)
        lease.renew()
        in_place_of(
            request,
            [factor for factor in held.factors if factor.is_authenticator],
            partial(add_authenticator, request, proven.secret),
            removal=Change.AUTHENTICATOR_REMOVED,
            half_done=_(
                "Your old app no longer works here, and the new one isn’t saved yet. "
                "Press the button again to finish. You don’t need to scan anything."
            ),
            unsure=_(
                "Your old app no longer works here, and we can’t tell whether the new one is saved. "
                "Press the button again to make sure. You don’t need to scan anything."
            ),
        )
        enrolment.finish(request, proven)


def ask_from_now_on(request: AccountRequest) -> None:
    """Without this Logto may never ask for the app (docs/logto.md 7.4). The app is stored: a failure is only told."""
    for last in (False, True):
        try:
            request.account.change_configuration(two_step_enabled=True)
        except LogtoError:
            if last:
                words = _("Your app is saved, but we couldn’t turn on two-step verification. Turn it on in a moment.")
                messages.warning(request, words)
        else:
            return


def received(request: AccountRequest) -> EnrolmentForm:
    waiting = enrolment.waiting(request)
    return EnrolmentForm.received(request, is_proven=waiting is not None and waiting.is_proven)


def page(request: AccountRequest, form: EnrolmentForm, steps: SecondSteps) -> HttpResponse:
    """What was read before the form was tried decides what is shown: afterwards Logto may be out of reach."""
    waiting = enrolment.begun(request)
    form.goes_on_with(waiting)
    has_old = steps.authenticator is not None and form.refused_as != HALF_DONE
    context = {
        "form": form,
        "waiting": waiting,
        "has_old": has_old,
        "codes_follow": not has_old and steps.lacks_backup_codes,
        "account": enrolment.account_name(request),
        "address": waiting.address(request),
        "picture": waiting.picture(request),
    }
    return render(request, "two_step/authenticator.html", context)
