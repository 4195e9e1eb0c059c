"""The pages of the phone number: a new one, the code that was sent to it, removal."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.formats import Formats
from settings_app.safeguards import pending
from settings_app.safeguards.changes import Change
from settings_app.safeguards.pending import Kind, Purpose, Waiting
from settings_app.safeguards.ways_in import Holdings, removing
from settings_app.sections.phone.forms import PhoneForm
from settings_app.shell.code import CodeForm, back_to_first_step, proven, sent_moments_ago, why_back
from settings_app.shell.forms import Form
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.removal import Removal, RemovalForm


@editable("phone")
@verified_recently
def change(request: AccountRequest) -> HttpResponse:
    def send(phone: str) -> None:
        pending.send(request, Purpose.PHONE, Kind.PHONE, phone)

    form = PhoneForm.received(request, current=request.person.phone, formats=Formats.of(request))
    already = sent_moments_ago(request, form, Purpose.PHONE, "phone")
    if already or form.submit(request, Change.PHONE_CODE_SENT, send, told=False):
        return redirect("phone_confirm")
    return render(request, "phone/change.html", {"form": form, "gone": why_back(request, Purpose.PHONE)})


@editable("phone")
@verified_recently
def confirm(request: AccountRequest) -> HttpResponse:
    def write(code: str) -> None:
        with proven(request, Purpose.PHONE, code) as phone:
            request.account.change_phone(phone)

    waiting = pending.waiting(request, Purpose.PHONE)
    if pending.has_led_to(request, Purpose.PHONE, request.person.phone):
        return redirect("security")
    form = CodeForm.received(request, becomes=waiting.recipient if waiting else "")
    kind = Change.PHONE_CHANGED if request.person.phone else Change.PHONE_ADDED
    if form.submit(request, kind, write):
        return redirect("security")
    if waiting is None and not form.is_bound:
        return back_to_first_step("phone_change")
    return confirm_page(request, form, form, waiting)


@editable("phone")
@verified_recently
def resend(request: AccountRequest) -> HttpResponse:
    waiting = pending.waiting(request, Purpose.PHONE)
    if waiting is None:
        return back_to_first_step("phone_change")
    recipient = waiting.recipient
    form = Form.received(request)
    if not form.is_bound or form.submit(
        request, Change.PHONE_CODE_SENT, lambda: pending.send(request, Purpose.PHONE, Kind.PHONE, recipient)
    ):
        return redirect("phone_confirm")
    return confirm_page(request, form, CodeForm(), waiting)


def confirm_page(request: AccountRequest, form: Form, code_form: Form, waiting: Waiting | None) -> HttpResponse:
    """`form` is the one that was posted, which is not that of the code when another code was asked for."""
    return render(request, "phone/confirm.html", {"form": form, "code_form": code_form, "waiting": waiting})


def cancel(request: AccountRequest) -> HttpResponse:
    """Ends the change that waits for its code, in whichever browser it began; the old number stays."""
    if request.method == "POST":
        pending.cancel(request, Purpose.PHONE)
    return redirect("security")


@editable("phone")
@verified_recently
def remove(request: AccountRequest) -> HttpResponse:
    def without(held: Holdings) -> Holdings:
        return held.without("phone")

    def write() -> None:
        with removing(request, without):
            request.account.remove_phone()

    if not request.person.phone:
        return redirect("security")
    form = RemovalForm.received(request, removes="phone")
    if form.submit(request, Change.PHONE_REMOVED, write):
        return redirect("security")
    removal = Removal.unless_refused(request, form, without)
    return render(request, "phone/remove.html", {"form": form, "removal": removal})
