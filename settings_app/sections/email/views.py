"""The pages of the email: a new one, the code sent to it, removal. `shell/identifiers.py` has their flow."""

from __future__ import annotations

from django.http import HttpResponse

from settings_app.safeguards.changes import Change
from settings_app.safeguards.pending import Purpose
from settings_app.sections.email import actions
from settings_app.sections.email.forms import EmailForm
from settings_app.shell import identifiers
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest
from settings_app.shell.identifiers import Identifier
from settings_app.shell.removal import asks_what_is_held


def email_form(request: AccountRequest) -> EmailForm:
    blocklist = request.account.tenant.sign_in_experience().email_blocklist
    return EmailForm.received(request, current=request.person.email, blocklist=blocklist)


EMAIL = Identifier(
    purpose=Purpose.EMAIL,
    form=email_form,
    send_code=actions.send_code,
    change=actions.change_email,
    code_sent=Change.EMAIL_CODE_SENT,
    added=Change.EMAIL_ADDED,
    changed=Change.EMAIL_CHANGED,
)


@editable("email")
@verified_recently
def change(request: AccountRequest) -> HttpResponse:
    return identifiers.change(request, EMAIL)


@editable("email")
@verified_recently
def confirm(request: AccountRequest) -> HttpResponse:
    return identifiers.confirm(request, EMAIL)


@editable("email")
@verified_recently
def resend(request: AccountRequest) -> HttpResponse:
    return identifiers.resend(request, EMAIL)


def cancel(request: AccountRequest) -> HttpResponse:
    return identifiers.cancel(request, EMAIL)


@editable("email")
@verified_recently
@asks_what_is_held()
def remove(request: AccountRequest) -> HttpResponse:
    return identifiers.remove(request, "email", Change.EMAIL_REMOVED, actions.remove_email)
