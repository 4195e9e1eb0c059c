"""`/api/personal-access-tokens`: secrets with which a program acts for the person; where the operator has them on."""

from __future__ import annotations

from typing import Literal

from ninja import Path, Router, Schema
from pydantic import ConfigDict

from settings_app.api import repeats
from settings_app.api.forms import posted, saved
from settings_app.api.problems import not_found
from settings_app.api.request import READ, AccessTokenAuth, ApiRequest
from settings_app.api.sensitive import CONFIRMED, SENSITIVE, confirmed
from settings_app.api.times import in_ms
from settings_app.logto.types import PersonalAccessToken
from settings_app.safeguards.app_confirmations import PurposeGroup
from settings_app.safeguards.changes import Change
from settings_app.sections.tokens import actions
from settings_app.sections.tokens.forms import FOR_EVER, AddForm, RemoveTokenForm, RenameForm
from settings_app.sections.tokens.held import by_mark, held

router = Router(tags=["Personal access tokens"])


class HeldAccessToken(Schema):
    """One that there is, without its value, which nobody is told again. `id` is made here: Logto knows names alone."""

    id: str
    name: str
    createdAt: int | None  # noqa: N815
    expiresAt: int | None  # noqa: N815


class WantedAccessToken(Schema):
    """`days` says how long it works; null for as long as nobody removes it."""

    model_config = ConfigDict(extra="forbid")

    name: str
    days: Literal[7, 30, 90, 365] | None = 30


class MadeAccessToken(Schema):
    """`value` is the token itself, which is never given again."""

    name: str
    value: str
    expiresAt: int | None  # noqa: N815


class NameOfAccessToken(Schema):
    model_config = ConfigDict(extra="forbid")

    name: str


@router.get(
    "/personal-access-tokens",
    auth=AccessTokenAuth(READ),
    response=list[HeldAccessToken],
    url_name="api_personal_access_tokens",
    summary="The person's access tokens",
)
def show(request: ApiRequest) -> list[HeldAccessToken]:
    """Newest first."""
    turned_on(request)
    return [
        HeldAccessToken(
            id=one.mark,
            name=one.token.name,
            createdAt=in_ms(one.token.created_at),
            expiresAt=in_ms(one.token.expires_at),
        )
        for one in held(request.account.personal_access_tokens())
    ]


@router.post(
    "/personal-access-tokens",
    auth=SENSITIVE,
    response={201: MadeAccessToken},
    url_name="api_personal_access_tokens_add",
    summary="Get one",
    openapi_extra=CONFIRMED,
)
def add(request: ApiRequest, wanted: WantedAccessToken) -> MadeAccessToken:
    """It is not kept for an Idempotency-Key."""
    open_for(request)
    repeats.keep_nothing(request)
    days = FOR_EVER if wanted.days is None else str(wanted.days)
    form = AddForm(posted(name=wanted.name, days=days), formats=request.actor.formats)
    value = saved(form, request.actor, Change.ACCESS_TOKEN_ADDED, actions.add)
    return MadeAccessToken(name=form.cleaned_data["name"], value=value, expiresAt=in_ms(form.cleaned_data["ends"]))


@router.patch(
    "/personal-access-tokens/{id}",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_personal_access_tokens_rename",
    summary="Rename one",
    openapi_extra=CONFIRMED,
)
def rename(request: ApiRequest, id: Path[str], wanted: NameOfAccessToken) -> None:  # noqa: A002  # the name in the address
    """Its `id` is another one then."""
    token = one_of(request, id)
    form = RenameForm(posted(name=wanted.name), token=token.name)
    if not form.is_unchanged():
        saved(form, request.actor, Change.ACCESS_TOKEN_RENAMED, actions.rename, token=token.name)


@router.delete(
    "/personal-access-tokens/{id}",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_personal_access_tokens_remove",
    summary="Remove one",
    openapi_extra=CONFIRMED,
)
def remove(request: ApiRequest, id: Path[str]) -> None:  # noqa: A002  # the name in the address
    token = one_of(request, id)
    form = RemoveTokenForm(posted(), token=token.name)
    saved(form, request.actor, Change.ACCESS_TOKEN_REMOVED, actions.remove, token=token.name)


def turned_on(request: ApiRequest) -> None:
    # guard: api-only-what-the-operator-turned-on
    if not request.site.access_tokens:
        raise not_found()


def open_for(request: ApiRequest) -> None:
    turned_on(request)
    confirmed(request, PurposeGroup.ACCESS_TOKENS)


def one_of(request: ApiRequest, mark: str) -> PersonalAccessToken:
    open_for(request)
    found = by_mark(request.account.personal_access_tokens(), mark)
    if found is None:
        raise not_found()
    return found.token
