"""A person as Logto knows them (docs/logto.md 2.1, 2.4, 5 and 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from settings_app import typed

from .reading import flag, items, mapping, moment, text

ADDRESS_KEYS = {
    "formatted": "formatted",
    "street_address": "streetAddress",
    "locality": "locality",
    "region": "region",
    "postal_code": "postalCode",
    "country": "country",
}
PROFILE_KEYS = {
    "family_name": "familyName",
    "given_name": "givenName",
    "middle_name": "middleName",
    "nickname": "nickname",
    "preferred_username": "preferredUsername",
    "profile": "profile",
    "website": "website",
    "gender": "gender",
    "birthdate": "birthdate",
    "zoneinfo": "zoneinfo",
    "locale": "locale",
}


@dataclass(frozen=True)
class Address:
    """A postal address; a part that is not stored reads as empty."""

    formatted: str = ""
    street_address: str = ""
    locality: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""

    @classmethod
    def from_api(cls, source: object) -> Address:
        return cls(**{name: text(mapping(source).get(key)) for name, key in ADDRESS_KEYS.items()})

    def __bool__(self) -> bool:
        return any(getattr(self, part.name) for part in fields(self))


@dataclass(frozen=True)
class Profile:
    """The `profile` object of a person; a value that is not stored reads as empty."""

    family_name: str = ""
    given_name: str = ""
    middle_name: str = ""
    nickname: str = ""
    preferred_username: str = ""
    profile: str = ""
    website: str = ""
    gender: str = ""
    birthdate: str = ""
    zoneinfo: str = ""
    locale: str = ""
    address: Address = Address()

    @classmethod
    def from_api(cls, source: object) -> Profile:
        stored = mapping(source)
        values = {name: text(stored.get(key)) for name, key in PROFILE_KEYS.items()}
        return cls(**values, address=Address.from_api(stored.get("address")))


@dataclass(frozen=True)
class SocialIdentity:
    """A connected account at a provider. Its details are the provider's words: untrusted text."""

    target: str
    id: str
    name: str = ""
    email: str = ""
    phone: str = ""
    avatar: str = ""

    @classmethod
    def from_api(cls, target: str, source: object) -> SocialIdentity:
        details = mapping(mapping(source).get("details"))
        shown = {name: text(details.get(name)) for name in ("name", "email", "phone", "avatar")}
        return cls(target=target, id=text(mapping(source).get("userId")), **shown)

    @classmethod
    def all_from_api(cls, source: object) -> tuple[SocialIdentity, ...]:
        return tuple(cls.from_api(target, identity) for target, identity in mapping(source).items())


@dataclass(frozen=True)
class SsoIdentity:
    """An account at the organisation that manages this person. Its details are that organisation's words."""

    connector_id: str
    issuer: str
    id: str
    name: str = ""
    email: str = ""
    avatar: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None

    @classmethod
    def from_api(cls, source: object) -> SsoIdentity:
        stored = mapping(source)
        details = {key: text(value) for key, value in mapping(stored.get("detail")).items() if text(value)}
        return cls(
            connector_id=text(stored.get("ssoConnectorId")),
            issuer=text(stored.get("issuer")),
            id=text(stored.get("identityId")),
            name=details.get("name", ""),
            email=details.get("email", ""),
            avatar=details.get("avatar", ""),
            details=details,
            created_at=moment(stored.get("createdAt")),
        )


@dataclass(frozen=True, repr=False)
class Person:
    """One person. Values that are not set read as empty text; `phone` is digits without the plus sign."""

    id: str
    username: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""
    avatar: str = ""
    profile: Profile = Profile()
    custom_data: Mapping[str, Any] = field(default_factory=dict)
    identities: tuple[SocialIdentity, ...] = ()
    sso_identities: tuple[SsoIdentity, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    application_id: str = ""
    is_suspended: bool = False
    has_password: bool = False

    @classmethod
    def from_api(cls, source: object) -> Person:
        user = mapping(source)
        return cls(
            id=text(user.get("id")),
            username=text(user.get("username")),
            email=text(user.get("primaryEmail")),
            phone=text(user.get("primaryPhone")),
            name=text(user.get("name")),
            avatar=text(user.get("avatar")),
            profile=Profile.from_api(user.get("profile")),
            custom_data=dict(mapping(user.get("customData"))),
            identities=SocialIdentity.all_from_api(user.get("identities")),
            sso_identities=tuple(SsoIdentity.from_api(item) for item in items(user.get("ssoIdentities"))),
            created_at=moment(user.get("createdAt")),
            updated_at=moment(user.get("updatedAt")),
            last_sign_in_at=moment(user.get("lastSignInAt")),
            application_id=text(user.get("applicationId")),
            is_suspended=flag(user.get("isSuspended")),
            has_password=flag(user.get("hasPassword")),
        )

    def __repr__(self) -> str:
        return f"Person({self.id!r})"  # error reports show reprs, and everything else is personal

    @property
    def avatar_url(self) -> str:
        """The picture's address when a page may show it; anybody may have stored anything, so https or this machine."""
        # guard: picture-over-https-only
        if not self.avatar.lower().startswith(("https://", "http://localhost:", "http://127.0.0.1:")):
            return ""
        return self.avatar

    @property
    def display_name(self) -> str:
        """The best name there is to call this person by."""
        given_and_family = f"{self.profile.given_name} {self.profile.family_name}"
        phone = self.phone and f"+{self.phone}"
        names = (self.name, given_and_family, self.profile.nickname, self.username, self.email, phone, self.id)
        return next((name.strip() for name in names if not typed.is_blank(name)), "")

    @property
    def initials(self) -> str:
        """Up to two letters that stand in for a picture; empty when the name has no letter."""
        return typed.initials(self.display_name)

    def identity(self, target: str) -> SocialIdentity | None:
        """The connected account at the provider `target`, if there is one."""
        return next((identity for identity in self.identities if identity.target == target), None)
