"""A person as Logto knows them (docs/logto.md 2.1, 2.4, 5 and 6)."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Annotated

from pydantic import PlainValidator

from settings_app import typed

from .reading import OBJECT, OBJECTS, Anything, Flag, Moment, Record, Text, key, mapping

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
class Address(Record):
    """A postal address; a part that is not stored reads as empty."""

    formatted: Text = ""
    street_address: Annotated[Text, key(ADDRESS_KEYS["street_address"])] = ""
    locality: Text = ""
    region: Text = ""
    postal_code: Annotated[Text, key(ADDRESS_KEYS["postal_code"])] = ""
    country: Text = ""

    def __bool__(self) -> bool:
        return any(getattr(self, part.name) for part in fields(self))


@dataclass(frozen=True)
class Profile(Record):
    """The `profile` object of a person; a value that is not stored reads as empty."""

    family_name: Annotated[Text, key(PROFILE_KEYS["family_name"])] = ""
    given_name: Annotated[Text, key(PROFILE_KEYS["given_name"])] = ""
    middle_name: Annotated[Text, key(PROFILE_KEYS["middle_name"])] = ""
    nickname: Text = ""
    preferred_username: Annotated[Text, key(PROFILE_KEYS["preferred_username"])] = ""
    profile: Text = ""
    website: Text = ""
    gender: Text = ""
    birthdate: Text = ""
    zoneinfo: Text = ""
    locale: Text = ""
    address: Annotated[Address, OBJECT] = Address()


@dataclass(frozen=True)
class SocialIdentity(Record):
    """A connected account at a provider. Its details are the provider's words: untrusted text."""

    target: Text = ""
    id: Annotated[Text, key("userId")] = ""
    name: Annotated[Text, key("details", "name")] = ""
    email: Annotated[Text, key("details", "email")] = ""
    phone: Annotated[Text, key("details", "phone")] = ""
    avatar: Annotated[Text, key("details", "avatar")] = ""
    details: Anything = field(default_factory=dict, repr=False, compare=False)  # all of them, as apps get them

    @classmethod
    def all_from_api(cls, source: object) -> tuple[SocialIdentity, ...]:
        """By target in the answer, but for those that no address of a page can carry: connectors have names."""
        named = {target: value for target, value in mapping(source).items() if target and target.isprintable()}
        return tuple(replace(cls.from_api(identity), target=target) for target, identity in named.items())


@dataclass(frozen=True)
class SsoIdentity(Record):
    """An account at the organisation that manages this person. Its details are that organisation's words."""

    connector_id: Annotated[Text, key("ssoConnectorId")] = ""
    issuer: Text = ""
    id: Annotated[Text, key("identityId")] = ""
    name: Annotated[Text, key("detail", "name")] = ""
    email: Annotated[Text, key("detail", "email")] = ""
    avatar: Annotated[Text, key("detail", "avatar")] = ""
    details: Annotated[Anything, key("detail")] = field(default_factory=dict, repr=False, compare=False)


SocialIdentities = Annotated[tuple[SocialIdentity, ...], PlainValidator(SocialIdentity.all_from_api)]


@dataclass(frozen=True, repr=False)
class Person(Record):
    """One person. Values that are not set read as empty text; `phone` is digits without the plus sign."""

    id: Text = ""
    username: Text = ""
    email: Annotated[Text, key("primaryEmail")] = ""
    phone: Annotated[Text, key("primaryPhone")] = ""
    name: Text = ""
    avatar: Text = ""
    profile: Annotated[Profile, OBJECT] = Profile()
    custom_data: Annotated[Anything, key("customData")] = field(default_factory=dict)
    identities: SocialIdentities = ()
    sso_identities: Annotated[tuple[SsoIdentity, ...], OBJECTS, key("ssoIdentities")] = ()
    created_at: Annotated[Moment, key("createdAt")] = None
    updated_at: Annotated[Moment, key("updatedAt")] = None
    last_sign_in_at: Annotated[Moment, key("lastSignInAt")] = None
    application_id: Annotated[Text, key("applicationId")] = ""
    is_suspended: Annotated[Flag, key("isSuspended")] = False
    has_password: Annotated[Flag, key("hasPassword")] = False
    # A preferred username that was emptied is still one, so that apps are not given the username (docs/logto.md 11.2).
    has_preferred_username: Annotated[
        bool, key("profile", "preferredUsername"), PlainValidator(lambda value: isinstance(value, str))
    ] = False

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
    def own_name(self) -> str:
        """What this person is called by themself; empty when nobody has said it."""
        given_and_family = f"{self.profile.given_name} {self.profile.family_name}"
        return first_of(self.name, given_and_family, self.profile.nickname)

    @property
    def display_name(self) -> str:
        """The best name there is to call this person by."""
        return first_of(self.own_name, self.username, self.email, self.phone and f"+{self.phone}", self.id)

    @property
    def initials(self) -> str:
        """Up to two letters that stand in for a picture; empty when the name has no letter."""
        return typed.initials(self.display_name)

    def identity(self, target: str) -> SocialIdentity | None:
        """The connected account at the provider `target`, if there is one."""
        return next((identity for identity in self.identities if identity.target == target), None)


@dataclass(frozen=True)
class People:
    """One page of the people that a search finds, of `total`."""

    people: tuple[Person, ...]
    total: int


def first_of(*names: str) -> str:
    """The first one of which anything can be seen."""
    return next((name.strip() for name in names if not typed.is_blank(name)), "")
