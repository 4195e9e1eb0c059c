"""What the tenant decided about the site: which fields people may edit, fields of its own, storage, applications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .reading import flag, items, mapping, moment, number, text, texts, whole


class FieldPolicy(StrEnum):
    """What a person may do with a field (docs/logto.md 17)."""

    OFF = "Off"
    READ_ONLY = "ReadOnly"
    EDIT = "Edit"


@dataclass(frozen=True)
class AccountCenter:
    """docs/logto.md 4.5. `profile_fields` None: the tenant never chose any."""

    enabled: bool = False
    name: FieldPolicy = FieldPolicy.OFF
    avatar: FieldPolicy = FieldPolicy.OFF
    profile: FieldPolicy = FieldPolicy.OFF
    email: FieldPolicy = FieldPolicy.OFF
    phone: FieldPolicy = FieldPolicy.OFF
    password: FieldPolicy = FieldPolicy.OFF
    username: FieldPolicy = FieldPolicy.OFF
    social: FieldPolicy = FieldPolicy.OFF
    custom_data: FieldPolicy = FieldPolicy.OFF
    mfa: FieldPolicy = FieldPolicy.OFF
    passkey: FieldPolicy = FieldPolicy.OFF
    session: FieldPolicy = FieldPolicy.OFF
    profile_fields: tuple[str, ...] | None = None
    delete_account_url: str = ""

    @classmethod
    def from_api(cls, source: object) -> AccountCenter:
        stored = mapping(source)
        fields = mapping(stored.get("fields"))
        fields = {"passkey": fields.get("mfa"), **fields}  # not named: as other second factors (docs/logto.md 17)
        listed = stored.get("profileFields")
        return cls(
            enabled=flag(stored.get("enabled")),
            **{name: field_policy(fields.get(key)) for name, key in FIELD_KEYS.items()},
            profile_fields=tuple(text(one.get("name")) for one in items(listed)) if isinstance(listed, list) else None,
            delete_account_url=text(stored.get("deleteAccountUrl")),
        )

    def policy(self, field: str) -> FieldPolicy:
        """The policy of a field by its name here, such as `custom_data`."""
        return field_policy(getattr(self, field)) if field in FIELD_KEYS else FieldPolicy.OFF


FIELD_KEYS = {
    "name": "name",
    "avatar": "avatar",
    "profile": "profile",
    "email": "email",
    "phone": "phone",
    "password": "password",
    "username": "username",
    "social": "social",
    "custom_data": "customData",
    "mfa": "mfa",
    "passkey": "passkey",
    "session": "session",
}


def field_policy(value: object) -> FieldPolicy:
    """What is not one of the three words is off, as for Logto's own pages."""
    return FieldPolicy(value) if isinstance(value, str) and value in set(FieldPolicy) else FieldPolicy.OFF


@dataclass(frozen=True)
class FieldOption:
    value: str
    label: str


@dataclass(frozen=True)
class FieldPart:
    """A part of a field, or a field of one part: kind, words and limits (docs/logto.md 16)."""

    name: str
    type: str  # Text, Number, Date, Checkbox, Select, Url, Regex, Address or Fullname
    label: str = ""
    description: str = ""
    required: bool = False
    enabled: bool = True
    placeholder: str = ""
    min_length: int | None = None
    max_length: int | None = None
    min_value: int | float | None = None
    max_value: int | float | None = None
    format: str = ""  # of a date: its pattern; of Regex: the source in JavaScript's syntax
    default: str = ""
    options: tuple[FieldOption, ...] = ()


@dataclass(frozen=True)
class CustomProfileField(FieldPart):
    """A profile field that the tenant defined."""

    order: int = 0
    parts: tuple[FieldPart, ...] = ()

    @classmethod
    def from_api(cls, source: object) -> CustomProfileField:
        stored = mapping(source)
        part = field_part(stored)
        parts = tuple(field_part(one) for one in items(mapping(stored.get("config")).get("parts")))
        return cls(**vars(part), order=whole(stored.get("sieOrder"), 0), parts=parts)


def field_part(source: object) -> FieldPart:
    stored = mapping(source)
    config = mapping(stored.get("config"))
    limits = {name: number(config.get(key)) for name, key in (("min_length", "minLength"), ("max_length", "maxLength"))}
    form = text(config.get("format"))
    return FieldPart(
        name=text(stored.get("name")),
        type=text(stored.get("type")),
        label=text(stored.get("label")),
        description=text(stored.get("description")),
        required=flag(stored.get("required")),
        enabled=flag(stored.get("enabled"), True),
        placeholder=text(config.get("placeholder")),
        **{name: None if limit is None else int(limit) for name, limit in limits.items()},
        min_value=number(config.get("minValue")),
        max_value=number(config.get("maxValue")),
        format=text(config.get("customFormat")) if form == "custom" else form,
        default=text(config.get("defaultValue")),
        options=tuple(
            FieldOption(text(one.get("value")), text(one.get("label")) or text(one.get("value")))
            for one in items(config.get("options"))
        ),
    )


@dataclass(frozen=True)
class ServiceStatus:
    """Whether the tenant stores uploads (docs/logto.md 13)."""

    is_ready: bool = False
    mime_types: tuple[str, ...] = ()
    max_bytes: int = 0

    @classmethod
    def from_api(cls, source: object) -> ServiceStatus:
        stored = mapping(source)
        ready = stored.get("status") == "ready"
        return cls(ready, texts(stored.get("allowUploadMimeTypes")), whole(stored.get("maxUploadFileSize"), 0))


@dataclass(frozen=True)
class Application:
    """An application of the tenant, without its secret (docs/logto.md 14.1)."""

    id: str
    name: str = ""
    type: str = ""
    is_third_party: bool = False
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False
    created_at: datetime | None = None

    @classmethod
    def from_api(cls, source: object) -> Application:
        stored = mapping(source)
        client = mapping(stored.get("oidcClientMetadata"))
        return cls(
            id=text(stored.get("id")),
            name=text(stored.get("name")),
            type=text(stored.get("type")),
            is_third_party=flag(stored.get("isThirdParty")),
            redirect_uris=texts(client.get("redirectUris")),
            post_logout_redirect_uris=texts(client.get("postLogoutRedirectUris")),
            backchannel_logout_uri=text(client.get("backchannelLogoutUri")),
            backchannel_logout_session_required=flag(client.get("backchannelLogoutSessionRequired")),
            created_at=moment(stored.get("createdAt")),
        )
