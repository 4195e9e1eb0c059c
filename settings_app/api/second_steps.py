"""`/api/second-steps`: what there is, turned on and off; backup codes, removal."""

from __future__ import annotations

from django.urls import reverse
from ninja import Path, Router, Schema
from pydantic import ConfigDict

from settings_app.api import repeats
from settings_app.api.authenticators import open_for
from settings_app.api.forms import posted, saved
from settings_app.api.problems import Problem, not_found
from settings_app.api.request import READ, AccessTokenAuth, ApiRequest
from settings_app.api.sensitive import CONFIRMED, SENSITIVE
from settings_app.api.times import in_ms
from settings_app.logto.types import Factor
from settings_app.safeguards import factor_removals
from settings_app.safeguards.changes import Change
from settings_app.safeguards.ways_in import Holdings
from settings_app.sections.support import actions as support_actions
from settings_app.sections.support.views import KeepFactorForm
from settings_app.sections.two_step import actions
from settings_app.sections.two_step.actions import Leaving
from settings_app.sections.two_step.backup_codes import MakeForm
from settings_app.sections.two_step.removal import RemoveFactorForm
from settings_app.sections.two_step.steps import SecondSteps
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
    """`isAsked`: Logto asks for one at each sign-in. `isDemanded`: that cannot be turned off.

    `addPasskeyAt`: the page where the person adds a passkey, null where none can be added. No app can make one: it
    belongs to the host it is made on. `removalDueAt`: when support is going to remove second steps.
    """

    isAsked: bool  # noqa: N815
    isDemanded: bool  # noqa: N815
    factors: list[SecondStep]
    addPasskeyAt: str | None  # noqa: N815
    removalDueAt: int | None  # noqa: N815


class WantedTwoStep(Schema):
    model_config = ConfigDict(extra="forbid")

    isAsked: bool  # noqa: N815


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
    "/second-steps/removal",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_second_steps_keep",
    summary="Stop what support is going to remove",
)
def keep(request: ApiRequest) -> None:
    saved(KeepFactorForm(posted()), request.actor, Change.FACTOR_REMOVAL_STOPPED, support_actions.keep)


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


def told(request: ApiRequest) -> TwoStepVerification:
    steps = SecondSteps.read(request.actor)
    shown = [factor for factor in steps.held.factors if steps.is_shown]
    removal = factor_removals.waiting(request.actor)
    page = "" if steps.why_no_new_passkeys else request.site.url(reverse("two_step_passkeys_add"))
    return TwoStepVerification(
        isAsked=steps.is_asked,
        isDemanded=steps.is_demanded,
        factors=[told_factor(factor) for factor in shown],
        addPasskeyAt=page or None,
        removalDueAt=in_ms(removal.due_at) if removal else None,
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
