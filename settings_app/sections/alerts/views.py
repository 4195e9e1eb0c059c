"""The pages of alerts: whether new devices are told."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.actor import Actor
from settings_app.safeguards import alert_settings
from settings_app.safeguards.changes import Change
from settings_app.sections.alerts import actions
from settings_app.shell.forms import Form
from settings_app.shell.gates import verified_recently
from settings_app.shell.http import AccountRequest, render


class TurnOnForm(Form):
    """Nothing to fill in."""


class TurnOffForm(Form):
    """Nothing to fill in."""


@verified_recently
def turn_on(request: AccountRequest) -> HttpResponse:
    if is_told(request.actor):
        return redirect("security")
    form = TurnOnForm.received(request)
    if form.submit(request.actor, Change.DEVICE_ALERTS_ON, actions.tell_new_devices):
        return redirect("security")
    return render(request, "alerts/turn_on.html", {"form": form})


@verified_recently
def turn_off(request: AccountRequest) -> HttpResponse:
    if not is_told(request.actor):
        return redirect("security")
    form = TurnOffForm.received(request)
    if form.submit(request.actor, Change.DEVICE_ALERTS_OFF, actions.tell_no_new_devices):
        return redirect("security")
    return render(request, "alerts/turn_off.html", {"form": form})


def is_told(actor: Actor) -> bool:
    return alert_settings.wants_new_devices(actor.realm, actor.account.user_id)
