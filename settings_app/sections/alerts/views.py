"""The pages of alerts: the alert address with the code sent to it, and whether new devices are told."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.actor import Actor
from settings_app.safeguards import alert_address, alert_settings, own_codes
from settings_app.safeguards.changes import Change
from settings_app.sections.alerts import actions
from settings_app.sections.alerts.forms import AlertAddressForm, RemoveForm, TurnOffForm, TurnOnForm
from settings_app.shell.code import CodeForm
from settings_app.shell.forms import Form
from settings_app.shell.gates import verified_recently
from settings_app.shell.http import AccountRequest, render


@verified_recently
def change(request: AccountRequest) -> HttpResponse:
    """Asks for an address and mails it a code; pressed twice, the code of the first time counts."""
    current = alert_address.current(request.actor)
    form = AlertAddressForm.received(request, email=request.person.email, current=current)
    waiting = own_codes.waiting(request.actor)
    already = form.is_valid() and is_on_its_way(waiting, form.cleaned_data["address"])
    if already or form.submit(request.actor, Change.ALERT_ADDRESS_CODE_SENT, actions.send_code, is_told=False):
        return redirect("alerts_address_confirm")
    return render(request, "alerts/address_change.html", {"form": form, "current": current})


@verified_recently
def confirm(request: AccountRequest) -> HttpResponse:
    """Takes the code that was mailed to the address."""
    waiting, current = own_codes.waiting(request.actor), alert_address.current(request.actor)
    recipient = waiting.recipient if waiting else ""
    form = CodeForm.received(request)
    kind = Change.ALERT_ADDRESS_CHANGED if current else Change.ALERT_ADDRESS_ADDED
    if form.submit(request.actor, kind, actions.change_address, written=recipient):
        return redirect("security")
    if waiting is None and not form.is_bound:
        return redirect("alerts_address_change")
    return confirm_page(request, form, form)


@verified_recently
def resend(request: AccountRequest) -> HttpResponse:
    waiting = own_codes.waiting(request.actor)
    if waiting is None:
        return redirect("alerts_address_change")
    form = Form.received(request)
    address = waiting.recipient
    if not form.is_bound or form.submit(
        request.actor, Change.ALERT_ADDRESS_CODE_SENT, actions.send_code, address=address
    ):
        return redirect("alerts_address_confirm")
    return confirm_page(request, form, CodeForm())


def confirm_page(request: AccountRequest, form: Form, code_form: Form) -> HttpResponse:
    """`form` is the one that was posted, which is not that of the code when another code was asked for."""
    shown = {"form": form, "code_form": code_form, "waiting": own_codes.waiting(request.actor)}
    return render(request, "alerts/address_confirm.html", shown)


def cancel(request: AccountRequest) -> HttpResponse:
    """Gives up an address that waits for its code."""
    if request.method == "POST":
        own_codes.drop(request.actor)
    return redirect("security")


@verified_recently
def remove(request: AccountRequest) -> HttpResponse:
    current = alert_address.current(request.actor)
    if not current:
        return redirect("security")
    form = RemoveForm.received(request)
    if form.submit(request.actor, Change.ALERT_ADDRESS_REMOVED, actions.remove_address):
        return redirect("security")
    return render(request, "alerts/address_remove.html", {"form": form, "current": current})


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


def is_on_its_way(waiting: own_codes.WaitingCode | None, address: str) -> bool:
    return waiting is not None and waiting.recipient == address and waiting.was_just_sent
