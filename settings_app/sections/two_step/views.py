"""Whether signing in asks for a second step. What there is stands on the page "Sign-in and security"."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.actor import Actor
from settings_app.safeguards.changes import Change
from settings_app.sections.two_step import actions
from settings_app.sections.two_step.steps import SecondSteps
from settings_app.shell.forms import Form
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.landing import after_a_change, part_of_security


class AskForm(Form):
    """Nothing to fill in. After a lost answer Logto is asked whether it asks by now."""

    asks = True

    def is_done(self, actor: Actor) -> bool:
        return actor.account.configuration().asks_at_sign_in is self.asks


class DoNotAskForm(AskForm):
    asks = False


def show(request: AccountRequest) -> HttpResponse:
    """An address that people have kept."""
    return part_of_security("two-step")


@editable("mfa")
@verified_recently
def turn_on(request: AccountRequest) -> HttpResponse:
    steps = SecondSteps.read(request.actor)
    if not steps.is_usable or (steps.is_asked and not steps.is_half_on):
        return redirect("security")
    form = AskForm.received(request)
    if form.submit(request.actor, Change.TWO_STEP_ON, actions.turn_on):
        return after_a_change()
    return render(request, "two_step/turn_on.html", {"form": form})


@editable("mfa")
@verified_recently
def turn_off(request: AccountRequest) -> HttpResponse:
    steps = SecondSteps.read(request.actor)
    if not steps.is_asked:
        return redirect("security")
    form = DoNotAskForm.received(request)
    if form.submit(request.actor, Change.TWO_STEP_OFF, actions.turn_off):
        return after_a_change()
    return render(request, "two_step/turn_off.html", {"form": form, "steps": steps})
