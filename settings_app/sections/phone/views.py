"""The pages of the phone number: a new one, the code sent to it, removal. `shell/identifiers.py` has their flow."""

from __future__ import annotations

from django.http import HttpResponse

from settings_app.safeguards.changes import Change
from settings_app.safeguards.pending import Purpose
from settings_app.sections.phone import actions
from settings_app.sections.phone.forms import PhoneForm
from settings_app.shell import identifiers
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest
from settings_app.shell.identifiers import Identifier
from settings_app.shell.removal import asks_what_is_held


def phone_form(request: AccountRequest) -> PhoneForm:
    return PhoneForm.received(request, current=request.person.phone, formats=request.actor.formats)


PHONE = Identifier(
    purpose=Purpose.PHONE,
    form=phone_form,
    send_code=actions.send_code,
    change=actions.change_phone,
    code_sent=Change.PHONE_CODE_SENT,
    added=Change.PHONE_ADDED,
    changed=Change.PHONE_CHANGED,
)


@editable("phone")
@verified_recently
def change(request: AccountRequest) -> HttpResponse:
    return identifiers.change(request, PHONE)


@editable("phone")
@verified_recently
def confirm(request: AccountRequest) -> HttpResponse:
    return identifiers.confirm(request, PHONE)


@editable("phone")
@verified_recently
def resend(request: AccountRequest) -> HttpResponse:
    return identifiers.resend(request, PHONE)


def cancel(request: AccountRequest) -> HttpResponse:
    return identifiers.cancel(request, PHONE)


@editable("phone")
@verified_recently
@asks_what_is_held()
def remove(request: AccountRequest) -> HttpResponse:
    return identifiers.remove(request, "phone", Change.PHONE_REMOVED, actions.remove_phone)
