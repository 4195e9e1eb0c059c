"""The page that lists the second steps, and whether signing in asks for one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.safeguards.changes import Change
from settings_app.sections.two_step import actions
from settings_app.sections.two_step.gathered import badge_of
from settings_app.sections.two_step.landing import after_a_change, was_changed
from settings_app.sections.two_step.rows import rows_of, sign_in_row
from settings_app.sections.two_step.steps import SecondSteps
from settings_app.shell.forms import Form
from settings_app.shell.gates import editable, not_yours, verified_recently
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.rows import Panel


class AskForm(Form):
    """Nothing to fill in. After a lost answer Logto is asked whether it asks by now."""

    asks = True

    def is_done(self, actor: Actor) -> bool:
        return actor.account.configuration().asks_at_sign_in is self.asks


class DoNotAskForm(AskForm):
    asks = False


def show(request: AccountRequest) -> HttpResponse:
    steps = SecondSteps.read(request.actor)
    if not steps.is_shown:
        return not_yours(request)
    panels = [Panel("second-steps", _("Your second steps"), tuple(rows_of(request, steps)), badge=badge_of(steps))]
    if asking := sign_in_row(steps, request.site.brand.name):
        panels.append(Panel("asking", _("Signing in"), (asking,)))
    context = {"steps": steps, "panels": panels, "was_changed": was_changed(request)}
    return render(request, "two_step/show.html", context)


@editable("mfa")
@verified_recently
def turn_on(request: AccountRequest) -> HttpResponse:
    steps = SecondSteps.read(request.actor)
    if not steps.is_usable or (steps.is_asked and not steps.is_half_on):
        return redirect("two_step")
    form = AskForm.received(request)
    if form.submit(request.actor, Change.TWO_STEP_ON, actions.turn_on):
        return after_a_change()
    return render(request, "two_step/turn_on.html", {"form": form})


@editable("mfa")
@verified_recently
def turn_off(request: AccountRequest) -> HttpResponse:
    steps = SecondSteps.read(request.actor)
    if not steps.is_asked:
        return redirect("two_step")
    form = DoNotAskForm.received(request)
    if form.submit(request.actor, Change.TWO_STEP_OFF, actions.turn_off):
        return after_a_change()
    return render(request, "two_step/turn_off.html", {"form": form, "steps": steps})
