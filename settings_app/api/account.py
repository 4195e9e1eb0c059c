"""`/api/account`: the whole account, and its profile."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import ConfigDict, JsonValue

from settings_app.api.fields import Pointer, changed_rows, fields_of, flat, written
from settings_app.api.forms import saved
from settings_app.api.problems import Problem, wrong_values
from settings_app.api.request import READ, WRITE, AccessTokenAuth, ApiRequest
from settings_app.api.times import in_ms
from settings_app.logto.types import FieldPolicy, Person
from settings_app.logto.types.person import ADDRESS_KEYS, PROFILE_KEYS
from settings_app.safeguards import leases
from settings_app.safeguards.changes import Change
from settings_app.safeguards.field_policy import policy

router = Router(tags=["Account"])


class ApiAddress(Schema):
    """A postal address (OpenID Connect Core 5.1.1). Empty parts are null."""

    model_config = ConfigDict(extra="forbid")

    formatted: str | None = None
    streetAddress: str | None = None  # noqa: N815  # Logto's word, as those below
    locality: str | None = None
    region: str | None = None
    postalCode: str | None = None  # noqa: N815
    country: str | None = None


class ApiProfile(Schema):
    """The person's profile. Empty values are null."""

    model_config = ConfigDict(extra="forbid")

    familyName: str | None = None  # noqa: N815
    givenName: str | None = None  # noqa: N815
    middleName: str | None = None  # noqa: N815
    nickname: str | None = None
    preferredUsername: str | None = None  # noqa: N815
    profile: str | None = None
    website: str | None = None
    gender: str | None = None
    birthdate: str | None = None
    zoneinfo: str | None = None
    locale: str | None = None
    address: ApiAddress | None = None


class ApiAccount(Schema):
    """The account. `fields` says which values PATCH knows, and whether this person may change each (ReadOnly, Edit)."""

    id: str
    username: str | None
    primaryEmail: str | None  # noqa: N815
    primaryPhone: str | None  # noqa: N815
    name: str | None
    avatar: str | None
    profile: ApiProfile
    customData: dict[str, JsonValue]  # noqa: N815
    hasPassword: bool  # noqa: N815
    createdAt: int | None  # noqa: N815
    updatedAt: int | None  # noqa: N815
    lastSignInAt: int | None  # noqa: N815
    fields: dict[str, str]


class AccountChanges(Schema):
    """What is named is changed, and null clears it; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    profile: ApiProfile | None = None
    customData: dict[str, JsonValue] | None = None  # noqa: N815


@router.get("/account", auth=AccessTokenAuth(READ), response=ApiAccount, url_name="api_account", summary="The account")
def show(request: ApiRequest, response: HttpResponse) -> ApiAccount:
    return told(request, response, request.person)


@router.patch(
    "/account", auth=AccessTokenAuth(WRITE), response=ApiAccount, url_name="api_account_change", summary="Change it"
)
def change(request: ApiRequest, response: HttpResponse, changes: AccountChanges) -> ApiAccount:
    """Changes fields of the profile. `If-Match` names the version that was read, by its `ETag`."""
    seen = request.headers.get("If-Match", "").removeprefix("W/")  # what was compressed on its way is called weak
    if not seen:
        raise Problem(428, "version.missing", "Send If-Match with the ETag of the account that you read.")
    with leases.on_person(request.actor):
        known = fields_of(request)
        # guard: changed-meanwhile-is-told
        if version_of(told(request, HttpResponse(), request.account.person())) != seen:
            raise Problem(412, "version.changed", "The account was changed since you read it. Read it again.")
        rows = changed_rows(request.actor, known, flat(changes.model_dump(exclude_unset=True)))
        if wrong := [one for row in rows for one in row.errors()]:
            raise wrong_values(wrong)
        for row in rows:
            if row.form.cleaned_data:
                saved(row.form, request.actor, Change.PROFILE, row.detail.store.save, tags=row.detail.name)
    return told(request, response, request.account.person())


def told(request: ApiRequest, response: HttpResponse, person: Person) -> ApiAccount:
    """The account as this person may see it, and its version in the answer."""
    known = fields_of(request)
    values = {pointer: one.value(person) for pointer, one in known.items()}
    center = request.account.tenant.account_center()

    def seen(field: str, value: str) -> str | None:
        # guard: api-shows-what-the-pages-show
        if policy(center, field) is FieldPolicy.OFF:
            return None
        return value or None

    account = ApiAccount(
        id=person.id,
        username=seen("username", person.username),
        primaryEmail=seen("email", person.email),
        primaryPhone=seen("phone", person.phone),
        name=values.get(("name",)) or None,
        avatar=seen("avatar", person.avatar),
        profile=profile_of(values),
        customData={key[1]: value for key, value in values.items() if key[0] == "customData" and value is not None},
        hasPassword=person.has_password,
        createdAt=in_ms(person.created_at),
        updatedAt=in_ms(person.updated_at),
        lastSignInAt=in_ms(person.last_sign_in_at),
        fields={written(pointer): one.standing.policy.value for pointer, one in known.items()},
    )
    response["ETag"] = version_of(account)
    return account


def profile_of(values: dict[Pointer, Any]) -> ApiProfile:
    address = {key: values.get(("profile", "address", key)) or None for key in ADDRESS_KEYS.values()}
    plain = {key: values.get(("profile", key)) or None for key in PROFILE_KEYS.values()}
    return ApiProfile(**plain, address=ApiAddress(**address))


def version_of(account: ApiAccount) -> str:
    """Changes with anything that is told, and with each write at Logto (RFC 9110, 8.8.3)."""
    content = json.dumps(account.model_dump(), sort_keys=True).encode()
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
