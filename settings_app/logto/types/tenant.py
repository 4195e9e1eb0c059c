"""What the tenant decided about the site: which fields people may edit, fields of its own, storage, applications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AliasChoices, AliasPath, Field, PlainValidator

from .organizations import Permission
from .reading import (
    OBJECTS,
    Cut,
    Flag,
    Number,
    Record,
    Text,
    Texts,
    Whole,
    items,
    key,
    mapping,
    names,
    text,
)


class FieldPolicy(StrEnum):
    """What a person may do with a field (docs/logto.md 17)."""

    OFF = "Off"
    READ_ONLY = "ReadOnly"
    EDIT = "Edit"


def field_policy(value: object) -> FieldPolicy:
    """What is not one of the three words is off, as for Logto's own pages."""
    return FieldPolicy(value) if isinstance(value, str) and value in set(FieldPolicy) else FieldPolicy.OFF


def policy_of(*keys: str) -> Any:
    """Where a field's policy stands: the first of the keys that is there."""
    return Field(validation_alias=AliasChoices(*(AliasPath("fields", key) for key in keys)))


def chosen(value: object) -> tuple[str, ...] | None:
    return names(value) if isinstance(value, list) else None


Policy = Annotated[FieldPolicy, PlainValidator(field_policy)]


@dataclass(frozen=True)
class AccountCenter(Record):
    """docs/logto.md 4.5. `profile_fields` None: the tenant never chose any."""

    enabled: Flag = False
    name: Annotated[Policy, policy_of("name")] = FieldPolicy.OFF
    avatar: Annotated[Policy, policy_of("avatar")] = FieldPolicy.OFF
    profile: Annotated[Policy, policy_of("profile")] = FieldPolicy.OFF
    email: Annotated[Policy, policy_of("email")] = FieldPolicy.OFF
    phone: Annotated[Policy, policy_of("phone")] = FieldPolicy.OFF
    password: Annotated[Policy, policy_of("password")] = FieldPolicy.OFF
    username: Annotated[Policy, policy_of("username")] = FieldPolicy.OFF
    social: Annotated[Policy, policy_of("social")] = FieldPolicy.OFF
    custom_data: Annotated[Policy, policy_of("customData")] = FieldPolicy.OFF
    mfa: Annotated[Policy, policy_of("mfa")] = FieldPolicy.OFF
    # Not named: as for the other second factors (docs/logto.md 17).
    passkey: Annotated[Policy, policy_of("passkey", "mfa")] = FieldPolicy.OFF
    session: Annotated[Policy, policy_of("session")] = FieldPolicy.OFF
    profile_fields: Annotated[tuple[str, ...] | None, key("profileFields"), PlainValidator(chosen)] = None

    def policy(self, field: str) -> FieldPolicy:
        """The policy of a field by its name here, such as `custom_data`; off for what is none."""
        return field_policy(getattr(self, field, None))


def date_format(config: object) -> str:
    """Of a date its pattern, which may be the tenant's own; of Regex its source."""
    stored = mapping(config)
    form = text(stored.get("format"))
    return text(stored.get("customFormat")) if form == "custom" else form


@dataclass(frozen=True)
class FieldOption(Record):
    value: Text = ""
    label: Text = ""


def labelled(value: object) -> tuple[FieldOption, ...]:
    """An option without a label is called by its value."""
    found = (FieldOption.from_api(one) for one in items(value))
    return tuple(FieldOption(one.value, one.label or one.value) for one in found)


@dataclass(frozen=True)
class FieldPart(Record):
    """A part of a field, or a field of one part: kind, words and limits (docs/logto.md 16)."""

    name: Text = ""
    type: Text = ""  # Text, Number, Date, Checkbox, Select, Url, Regex, Address or Fullname
    label: Text = ""
    description: Text = ""
    required: Flag = False
    enabled: Flag = True
    placeholder: Annotated[Text, key("config", "placeholder")] = ""
    min_length: Annotated[Cut, key("config", "minLength")] = None
    max_length: Annotated[Cut, key("config", "maxLength")] = None
    min_value: Annotated[Number, key("config", "minValue")] = None
    max_value: Annotated[Number, key("config", "maxValue")] = None
    format: Annotated[str, key("config"), PlainValidator(date_format)] = ""  # of Regex in JavaScript's syntax
    default: Annotated[Text, key("config", "defaultValue")] = ""
    options: Annotated[tuple[FieldOption, ...], key("config", "options"), PlainValidator(labelled)] = ()


@dataclass(frozen=True)
class CustomProfileField(FieldPart):
    """A profile field that the tenant defined."""

    order: Annotated[Whole, key("sieOrder")] = 0
    parts: Annotated[tuple[FieldPart, ...], OBJECTS, key("config", "parts")] = ()


@dataclass(frozen=True)
class ServiceStatus(Record):
    """Whether the tenant stores uploads (docs/logto.md 13)."""

    is_ready: Annotated[bool, key("status"), PlainValidator(lambda value: value == "ready")] = False


@dataclass(frozen=True)
class Application(Record):
    """An application of the tenant, without its secret (docs/logto.md 14.1)."""

    id: Text = ""
    name: Text = ""
    type: Text = ""
    is_third_party: Annotated[Flag, key("isThirdParty")] = False
    redirect_uris: Annotated[Texts, key("oidcClientMetadata", "redirectUris")] = ()
    post_logout_redirect_uris: Annotated[Texts, key("oidcClientMetadata", "postLogoutRedirectUris")] = ()
    backchannel_logout_uri: Annotated[Text, key("oidcClientMetadata", "backchannelLogoutUri")] = ""
    backchannel_logout_session_required: Annotated[
        Flag, key("oidcClientMetadata", "backchannelLogoutSessionRequired")
    ] = False


@dataclass(frozen=True)
class ApplicationLook(Record):
    """How an application presents itself where people allow it something (docs/logto.md 14.4)."""

    name: Annotated[Text, key("displayName")] = ""
    terms_url: Annotated[Text, key("termsOfUseUrl")] = ""
    privacy_url: Annotated[Text, key("privacyPolicyUrl")] = ""
    logo: Annotated[Text, key("branding", "logoUrl")] = ""


@dataclass(frozen=True)
class ApiResource(Record):
    """An API of the tenant with its permissions; a token for it lasts `token_seconds` (docs/logto.md 14.5)."""

    indicator: Text = ""
    name: Text = ""
    token_seconds: Annotated[Whole, key("accessTokenTtl")] = 3600
    scopes: Annotated[tuple[Permission, ...], OBJECTS] = ()


def names_by_api(value: object) -> dict[str, tuple[str, ...]]:
    """Names of permissions by the indicator of their API."""
    return {text(mapping(one.get("resource")).get("indicator")): names(one.get("scopes")) for one in items(value)}


NamesByApi = Annotated[Mapping[str, tuple[str, ...]], PlainValidator(names_by_api)]


@dataclass(frozen=True)
class ConsentScopes(Record):
    """What a third-party application may ask for at APIs: for the person, and for their organizations (14.2)."""

    at_apis: Annotated[NamesByApi, key("resourceScopes")] = field(default_factory=dict)
    at_apis_in_organizations: Annotated[NamesByApi, key("organizationResourceScopes")] = field(default_factory=dict)

    def is_for_organizations(self, indicator: str, scope: str) -> bool:
        return scope in self.at_apis_in_organizations.get(indicator, ())

    def is_for_organizations_alone(self, indicator: str, scope: str) -> bool:
        return self.is_for_organizations(indicator, scope) and scope not in self.at_apis.get(indicator, ())
