"""`/api/account/email` and `/phone`: a code to a new one, the code back, removal. As the pages of both do it."""

from __future__ import annotations

from collections.abc import Callable

from ninja import Router, Schema
from pydantic import ConfigDict

from settings_app.api.confirmations import SentCode, sent
from settings_app.api.forms import posted, saved
from settings_app.api.request import ApiRequest
from settings_app.api.sensitive import CONFIRMED, SENSITIVE, confirmed, editable
from settings_app.safeguards import pending
from settings_app.safeguards.app_confirmations import PurposeGroup
from settings_app.safeguards.changes import Change
from settings_app.sections.email import actions as email_actions
from settings_app.sections.email.forms import EmailForm
from settings_app.sections.email.views import EMAIL
from settings_app.sections.phone import actions as phone_actions
from settings_app.sections.phone.forms import PhoneForm
from settings_app.sections.phone.views import PHONE
from settings_app.shell.forms import Form
from settings_app.shell.identifiers import ConfirmForm, Identifier
from settings_app.shell.removal import RemovalForm

router = Router(tags=["Email and phone"])


class NewEmail(Schema):
    model_config = ConfigDict(extra="forbid")

    email: str


class NewPhone(Schema):
    """`country` by two letters, for a number without its plus sign."""

    model_config = ConfigDict(extra="forbid")

    phone: str
    country: str = ""


class TypedCode(Schema):
    model_config = ConfigDict(extra="forbid")

    code: str


class IdentifierNow(Schema):
    """What the account has now."""

    value: str


@router.post(
    "/account/email",
    auth=SENSITIVE,
    response={202: SentCode},
    url_name="api_email",
    summary="Send a code to a new email",
    openapi_extra=CONFIRMED,
)
def change_email(request: ApiRequest, wanted: NewEmail) -> SentCode:
    open_for(request, EMAIL)
    blocklist = request.account.tenant.sign_in_experience().email_blocklist
    form = EmailForm(posted(email=wanted.email), current=request.person.email, blocklist=blocklist)
    return send(request, EMAIL, form)


@router.post(
    "/account/email/code",
    auth=SENSITIVE,
    response=IdentifierNow,
    url_name="api_email_code",
    summary="Change the email",
    openapi_extra=CONFIRMED,
)
def confirm_email(request: ApiRequest, typed: TypedCode) -> IdentifierNow:
    return confirm(request, EMAIL, typed.code)


@router.delete(
    "/account/email/code",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_email_code_cancel",
    summary="Give up a new email that waits for its code",
)
def cancel_email(request: ApiRequest) -> None:
    pending.cancel(request.actor, EMAIL.purpose)


@router.delete(
    "/account/email",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_email_remove",
    summary="Remove the email",
    openapi_extra=CONFIRMED,
)
def remove_email(request: ApiRequest) -> None:
    open_for(request, EMAIL)
    remove(request, "email", Change.EMAIL_REMOVED, email_actions.remove_email)


@router.post(
    "/account/phone",
    auth=SENSITIVE,
    response={202: SentCode},
    url_name="api_phone",
    summary="Send a code to a new phone",
    openapi_extra=CONFIRMED,
)
def change_phone(request: ApiRequest, wanted: NewPhone) -> SentCode:
    open_for(request, PHONE)
    typed = posted(phone=wanted.phone, country=wanted.country)
    return send(request, PHONE, PhoneForm(typed, current=request.person.phone, formats=request.actor.formats))


@router.post(
    "/account/phone/code",
    auth=SENSITIVE,
    response=IdentifierNow,
    url_name="api_phone_code",
    summary="Change the phone",
    openapi_extra=CONFIRMED,
)
def confirm_phone(request: ApiRequest, typed: TypedCode) -> IdentifierNow:
    return confirm(request, PHONE, typed.code)


@router.delete(
    "/account/phone/code",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_phone_code_cancel",
    summary="Give up a new phone that waits for its code",
)
def cancel_phone(request: ApiRequest) -> None:
    pending.cancel(request.actor, PHONE.purpose)


@router.delete(
    "/account/phone",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_phone_remove",
    summary="Remove the phone",
    openapi_extra=CONFIRMED,
)
def remove_phone(request: ApiRequest) -> None:
    open_for(request, PHONE)
    remove(request, "phone", Change.PHONE_REMOVED, phone_actions.remove_phone)


def open_for(request: ApiRequest, its: Identifier) -> None:
    editable(request, its.purpose)
    confirmed(request, PurposeGroup(its.purpose))


def send(request: ApiRequest, its: Identifier, form: Form) -> SentCode:
    """Asked twice, the code of the first time counts."""
    actor = request.actor
    if not (form.is_valid() and pending.is_on_its_way(actor, its.purpose, form.cleaned_data[its.purpose])):
        saved(form, actor, its.code_sent, its.send_code)
    return sent(pending.waiting(actor, its.purpose))


def confirm(request: ApiRequest, its: Identifier, code: str) -> IdentifierNow:
    open_for(request, its)
    actor, waiting = request.actor, pending.waiting(request.actor, its.purpose)
    recipient = waiting.recipient if waiting else ""
    kind = its.changed if its.of(actor) else its.added
    saved(ConfirmForm(posted(code=code), becomes=recipient), actor, kind, its.change, written=recipient)
    return IdentifierNow(value=recipient)


def remove(request: ApiRequest, name: str, removed: Change, action: Callable[..., object]) -> None:
    """What is not there has been removed."""
    if getattr(request.person, name):
        saved(RemovalForm(posted(), removes=name), request.actor, removed, action)
