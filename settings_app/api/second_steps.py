"""`/api/second-steps`: what there is, turned on and off; an authenticator app, backup codes, removal."""

from __future__ import annotations

from ninja import Path, Router, Schema
from pydantic import ConfigDict

from settings_app.api import repeats
from settings_app.api.forms import posted, saved
from settings_app.api.problems import Problem, not_found
from settings_app.api.request import READ, AccessTokenAuth, ApiRequest
from settings_app.api.sensitive import CONFIRMED, SENSITIVE, confirmed, editable
from settings_app.api.times import in_ms
from settings_app.logto.types import Factor
from settings_app.safeguards.app_confirmations import PurposeGroup
from settings_app.safeguards.changes import Change
from settings_app.safeguards.ways_in import Holdings
from settings_app.sections.two_step import actions, enrolment
from settings_app.sections.two_step.actions import Leaving
from settings_app.sections.two_step.authenticator import EnrolmentForm
from settings_app.sections.two_step.backup_codes import MakeForm
from settings_app.sections.two_step.removal import RemoveFactorForm
from settings_app.sections.two_step.steps import TOTP, SecondSteps
from settings_app.sections.two_step.views import AskForm, DoNotAskForm

router = Router(tags=["Second steps"])
REMOVED = {
    "Totp": Change.AUTHENTICATOR_REMOVED,
    "BackupCode": Change.BACKUP_CODES_REMOVED,
    "WebAuthn": Change.PASSKEY_REMOVED,
}


class SecondStep(Schema):
    """One of Logto's MFA factors."""

    id: str
    type: str
    name: str
    createdAt: int | None  # noqa: N815
    lastUsedAt: int | None  # noqa: N815
    codesLeft: int | None  # noqa: N815


class TwoStepVerification(Schema):
    """`isAsked`: Logto asks for one at each sign-in. `isDemanded`: that cannot be turned off."""

    isAsked: bool  # noqa: N815
    isDemanded: bool  # noqa: N815
    factors: list[SecondStep]


class WantedTwoStep(Schema):
    model_config = ConfigDict(extra="forbid")

    isAsked: bool  # noqa: N815


class BegunAuthenticator(Schema):
    """For the app's QR code, and the secret to be typed; `setup` comes back with the first code."""

    setup: str
    secret: str
    uri: str


class AuthenticatorCode(Schema):
    model_config = ConfigDict(extra="forbid")

    setup: str
    code: str = ""


class MadeBackupCodes(Schema):
    """They are never given again."""

    codes: list[str]


@router.get(
    "/second-steps",
    auth=AccessTokenAuth(READ),
    response=TwoStepVerification,
    url_name="api_second_steps",
    summary="Second steps",
)
def show(request: ApiRequest) -> TwoStepVerification:
    return told(request)


@router.put(
    "/second-steps",
    auth=SENSITIVE,
    response=TwoStepVerification,
    url_name="api_second_steps_ask",
    summary="Turn on or off",
    openapi_extra=CONFIRMED,
)
def ask(request: ApiRequest, wanted: WantedTwoStep) -> TwoStepVerification:
    open_for(request, "mfa")
    steps = SecondSteps.read(request.actor)
    if wanted.isAsked and not steps.is_usable:
        raise Problem(409, "second_steps.none", "There is no second step to be asked for.")
    if wanted.isAsked and (not steps.is_asked or steps.is_half_on):
        saved(AskForm(posted()), request.actor, Change.TWO_STEP_ON, actions.turn_on)
    elif not wanted.isAsked and steps.is_asked:
        saved(DoNotAskForm(posted()), request.actor, Change.TWO_STEP_OFF, actions.turn_off)
    return told(request)


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


@router.post(
    "/second-steps/backup-codes",
    auth=SENSITIVE,
    response=MadeBackupCodes,
    url_name="api_backup_codes",
    summary="Make backup codes",
    openapi_extra=CONFIRMED,
)
def make(request: ApiRequest) -> MadeBackupCodes:
    """In place of every older set. They are not kept for an Idempotency-Key."""
    open_for(request, "mfa")
    repeats.keep_nothing(request)
    replaces = actions.mark_of(SecondSteps.read(request.actor).held)
    made = saved(
        MakeForm(posted(replaces=replaces)), request.actor, Change.BACKUP_CODES_MADE, actions.make_backup_codes
    )
    return MadeBackupCodes(codes=list(made))


@router.delete(
    "/second-steps/{id}",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_second_steps_remove",
    summary="Remove one",
    openapi_extra=CONFIRMED,
)
def remove(request: ApiRequest, id: Path[str]) -> None:  # noqa: A002  # the name in the address
    """The last one that stands by itself takes the backup codes with it."""
    held = Holdings.read(request.account)
    chosen = next((factor for factor in held.factors if factor.id == id), None)
    open_for(request, "passkey" if chosen and chosen.is_passkey else "mfa")
    if chosen is None or chosen.type not in REMOVED:
        raise not_found()

    def is_chosen(factor: Factor) -> bool:
        return factor.id == chosen.id if chosen.is_passkey else factor.type == chosen.type

    if Leaving.of(held, is_chosen).chosen:
        change = REMOVED[chosen.type]
        saved(RemoveFactorForm(posted()), request.actor, change, actions.remove_factors, is_chosen=is_chosen)


def open_for(request: ApiRequest, field: str) -> None:
    editable(request, field)
    confirmed(request, PurposeGroup.SECOND_STEPS)


def told(request: ApiRequest) -> TwoStepVerification:
    steps = SecondSteps.read(request.actor)
    shown = [factor for factor in steps.held.factors if steps.is_shown]
    return TwoStepVerification(
        isAsked=steps.is_asked, isDemanded=steps.is_demanded, factors=[told_factor(factor) for factor in shown]
    )


def told_factor(factor: Factor) -> SecondStep:
    return SecondStep(
        id=factor.id,
        type=factor.type,
        name=factor.name,
        createdAt=in_ms(factor.created_at),
        lastUsedAt=in_ms(factor.last_used_at),
        codesLeft=factor.codes_left if factor.is_backup_codes else None,
    )
