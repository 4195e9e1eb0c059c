"""Which of the person's values an app gets by each scope, as Logto puts them into userinfo (docs/logto.md 11.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from settings_app.logto.types import Organization, Person, Role
from settings_app.logto.types.person import ADDRESS_KEYS, PROFILE_KEYS

ORGANIZATIONS = "urn:logto:scope:organizations"
ORGANIZATION_ROLES = "urn:logto:scope:organization_roles"


@dataclass(frozen=True)
class Known:
    """What there is to know of the person today. Organisations are all of theirs, whatever an app may act in (14.3)."""

    person: Person
    organizations: tuple[Organization, ...] = ()
    roles: tuple[Role, ...] = ()


Claims = Mapping[str, Any]


def profile(known: Known) -> Claims:
    person = known.person
    stored = {name: getattr(person.profile, name) for name in PROFILE_KEYS}
    return {
        "name": person.name,
        **stored,
        "preferred_username": person.profile.preferred_username if person.has_preferred_username else person.username,
        "picture": person.avatar,
        "username": person.username,
        "created_at": person.created_at,
        "updated_at": person.updated_at,
    }


def email(known: Known) -> Claims:
    return {"email": known.person.email, "email_verified": bool(known.person.email)}


def phone(known: Known) -> Claims:
    return {"phone_number": known.person.phone, "phone_number_verified": bool(known.person.phone)}


def address(known: Known) -> Claims:
    stored = known.person.profile.address
    return {"address": {ADDRESS_KEYS[part.name]: getattr(stored, part.name) for part in fields(stored)}}


def identities(known: Known) -> Claims:
    """With everything that a provider has told of the person there."""
    person = known.person
    return {
        "identities": {one.target: {"userId": one.id, "details": dict(one.details)} for one in person.identities},
        "sso_identities": [
            {"issuer": one.issuer, "identityId": one.id, "detail": dict(one.details)} for one in person.sso_identities
        ],
    }


def organizations(known: Known) -> Claims:
    about = [{"id": one.id, "name": one.name, "description": one.description} for one in known.organizations]
    return {"organizations": [one.id for one in known.organizations], "organization_data": about}


def organization_roles(known: Known) -> Claims:
    held = [f"{one.id}:{role.name}" for one in known.organizations for role in one.roles]
    return {"organization_roles": held}


CLAIMS: dict[str, Callable[[Known], Claims]] = {
    "openid": lambda known: {"sub": known.person.id},
    "profile": profile,
    "email": email,
    "phone": phone,
    "address": address,
    "custom_data": lambda known: {"custom_data": dict(known.person.custom_data)},
    "identities": identities,
    "roles": lambda known: {"roles": [role.name for role in known.roles]},
    ORGANIZATIONS: organizations,
    ORGANIZATION_ROLES: organization_roles,
}


def claims_of(scopes: Iterable[str], known: Known) -> dict[str, Any]:
    """All of them together; empty values where nothing is stored."""
    found: dict[str, Any] = {}
    for scope in scopes:
        if scope in CLAIMS:
            found |= CLAIMS[scope](known)
    return found
