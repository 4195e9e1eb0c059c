"""`/api/second-steps/authenticator`: an authenticator app, set up and proven by its first code, or given up."""

from __future__ import annotations

from ninja import Router, Schema
from pydantic import ConfigDict

from settings_app.api import repeats
from settings_app.api.forms import posted, saved
from settings_app.api.problems import not_found
from settings_app.api.request import ApiRequest
from settings_app.api.sensitive import CONFIRMED, SENSITIVE, confirmed, editable
from settings_app.safeguards.app_confirmations import PurposeGroup
from settings_app.safeguards.changes import Change
from settings_app.sections.two_step import actions, enrolment
from settings_app.sections.two_step.authenticator import EnrolmentForm
from settings_app.sections.two_step.steps import TOTP, SecondSteps

router = Router(tags=["Second steps"])


class BegunAuthenticator(Schema):
    """For the app's QR code, and the secret to be typed; `setup` comes back with the first code."""

    setup: str
    secret: str
    uri: str


class AuthenticatorCode(Schema):
    model_config = ConfigDict(extra="forbid")

    setup: str
    code: str = ""


@router.post(
    "/second-steps/authenticator",
    auth=SENSITIVE,
    response=BegunAuthenticator,
    url_name="api_authenticator",
    summary="Begin to set up an app",
    openapi_extra=CONFIRMED,
)
def begin(request: ApiRequest) -> BegunAuthenticator:
    open_for(request, "mfa")
    repeats.keep_nothing(request)
    if not SecondSteps.read(request.actor).offers(TOTP):
        raise not_found()
    begun = enrolment.begun(request.actor)
    return BegunAuthenticator(setup=begun.mark, secret=begun.secret, uri=begun.address(request.actor))


@router.post(
    "/second-steps/authenticator/code",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_authenticator_code",
    summary="Add the app, or replace the one there is",
    openapi_extra=CONFIRMED,
)
def prove(request: ApiRequest, typed: AuthenticatorCode) -> None:
    open_for(request, "mfa")
    has_one = SecondSteps.read(request.actor).authenticator is not None
    waiting = enrolment.waiting(request.actor)
    form = EnrolmentForm(
        posted(setup=typed.setup, code=typed.code), is_proven=waiting is not None and waiting.is_proven
    )
    change = Change.AUTHENTICATOR_REPLACED if has_one else Change.AUTHENTICATOR_ADDED
    saved(form, request.actor, change, actions.replace_authenticator if has_one else actions.add_authenticator)


@router.delete(
    "/second-steps/authenticator/code",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_authenticator_code_cancel",
    summary="Give up an app that waits for its code",
)
def cancel(request: ApiRequest) -> None:
    enrolment.give_up(request.actor)


def open_for(request: ApiRequest, field: str) -> None:
    editable(request, field)
    confirmed(request, PurposeGroup.SECOND_STEPS)
