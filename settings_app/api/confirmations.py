"""`/api/confirmations`: the person confirms that it's them, by password, code or a fresh sign-in."""

from __future__ import annotations

import secrets
from typing import Any, Literal

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from settings_app.api import repeats
from settings_app.api.forms import posted, saved
from settings_app.api.fresh_sign_in import check_fresh_sign_in
from settings_app.api.problems import Problem
from settings_app.api.request import ApiRequest
from settings_app.api.sensitive import SENSITIVE
from settings_app.api.times import in_ms
from settings_app.safeguards import app_confirmations, limits, pending
from settings_app.safeguards.app_confirmations import SIGNING_IN, PurposeGroup
from settings_app.safeguards.changes import Change
from settings_app.safeguards.code_refused import GONE
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.one_time import session_of
from settings_app.safeguards.pending import Kind, Purpose, Waiting
from settings_app.sections.verify import actions
from settings_app.sections.verify.methods import masked_email, masked_phone, methods_of
from settings_app.sections.verify.views import CurrentPasswordForm
from settings_app.shell.code import CodeForm
from settings_app.shell.forms import Form

router = Router(tags=["Confirmations"])


class CodeWanted(Schema):
    model_config = ConfigDict(extra="forbid")

    to: Literal["email", "phone"]


class SentCode(Schema):
    """A code is on its way; times are in milliseconds since 1970."""

    sentTo: str  # noqa: N815
    expiresAt: int  # noqa: N815
    attemptsLeft: int  # noqa: N815
    resendInSeconds: int  # noqa: N815


class SignInWanted(Schema):
    """To be sent to Logto's authorization endpoint, with `openid` among the scopes; the ID token comes back here."""

    nonce: str
    prompt: str
    max_age: int


class WantedConfirmation(Schema):
    """One of password, code and idToken; `idToken` is that of the fresh sign-in with the nonce that was given out."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    purpose: PurposeGroup = Field(alias="for")
    password: str | None = None
    code: str | None = None
    idToken: str | None = None  # noqa: N815


class ConfirmationDone(Schema):
    """`id` goes into the header Confirmation of calls for this purpose."""

    id: str
    purpose: PurposeGroup = Field(serialization_alias="for")
    expiresAt: int  # noqa: N815


@router.post(
    "/confirmations/codes",
    auth=SENSITIVE,
    response={202: SentCode},
    url_name="api_confirmations_codes",
    summary="Send a code",
)
def send(request: ApiRequest, wanted: CodeWanted) -> SentCode:
    """Sends a code to the email or phone that the person has now."""
    kind, methods = Kind(wanted.to), methods_of(request.actor)
    if not pending.is_on_its_way(request.actor, Purpose.STEP_UP, methods.recipient(kind)):
        saved(Form(posted()), request.actor, Change.STEP_UP_CODE_SENT, actions.send_code, kind=kind, methods=methods)
    return sent(pending.waiting(request.actor, Purpose.STEP_UP))


@router.post(
    "/confirmations/sign-ins",
    auth=SENSITIVE,
    response={201: SignInWanted},
    url_name="api_confirmations_sign_ins",
    summary="Begin a fresh sign-in",
)
def sign_in(request: ApiRequest) -> SignInWanted:
    """For people with a second factor, whom only Logto can ask for it; anybody else may use it too."""
    limits.spend(request.actor, Limit.FRESH_SIGN_IN)
    nonce = secrets.token_urlsafe(24)
    SIGNING_IN.keep(session_of(request.actor), nonce=nonce)
    return SignInWanted(nonce=nonce, prompt="login", max_age=0)


@router.post(
    "/confirmations",
    auth=SENSITIVE,
    response={201: ConfirmationDone},
    url_name="api_confirmations",
    summary="Confirm",
    by_alias=True,
)
def confirm(request: ApiRequest, wanted: WantedConfirmation) -> ConfirmationDone:
    repeats.keep_nothing(request)
    given = {"password": wanted.password, "code": wanted.code, "sign-in": wanted.idToken}
    named = [name for name, value in given.items() if value is not None]
    if len(named) != 1:
        raise Problem(422, "confirmation.method", "Send one of password, code and idToken.")
    METHODS[named[0]](request, given[named[0]] or "")
    token, until = app_confirmations.confirm(request.actor, wanted.purpose, method=named[0])
    return ConfirmationDone(id=token, purpose=wanted.purpose, expiresAt=in_ms(until) or 0)


def by_password(request: ApiRequest, password: str) -> None:
    form = CurrentPasswordForm(posted(password=password))
    saved(form, request.actor, Change.STEP_UP, actions.check_password, methods=methods_of(request.actor))


def by_code(request: ApiRequest, code: str) -> None:
    saved(CodeForm(posted(code=code)), request.actor, Change.STEP_UP, actions.check_code)


METHODS: dict[str, Any] = {"password": by_password, "code": by_code, "sign-in": check_fresh_sign_in}


def sent(waiting: Waiting | None) -> SentCode:
    """What waits for its code; half hidden, as on the page."""
    if waiting is None:
        raise Problem(409, "code.replaced", GONE["code.replaced"])
    shown = masked_email if waiting.kind is Kind.EMAIL else masked_phone
    return SentCode(
        sentTo=shown(waiting.recipient),
        expiresAt=in_ms(waiting.expires_at) or 0,
        attemptsLeft=waiting.attempts_left,
        resendInSeconds=waiting.resend_in_seconds,
    )
