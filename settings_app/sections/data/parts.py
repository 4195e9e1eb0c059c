"""What a copy of one's data consists of: for each part where it is read, and what of it is told.

The shape is documented in docs/data-export.md; a change of it that a program could stumble over makes a new `VERSION`.
Only what is named here gets out: no part is handed on as Logto gave it, but for the custom data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.device import name_of_agent
from settings_app.logto.types import Factor, Grant, LogtoSession
from settings_app.models import AuditEntry
from settings_app.safeguards import alert_address
from settings_app.safeguards.alert_settings import wants_new_devices
from settings_app.safeguards.ways_in import Holdings
from settings_app.shell.reads import (
    Read,
    Reads,
    access_tokens,
    applications,
    configuration,
    factors,
    grants,
    organizations,
    organizations_require_two_step,
    roles,
    sessions,
    sign_in_experience,
)

VERSION = 1
ROWS_AT_ONCE = 200

Values = dict[str, Any]
Shape = Values | list[Values]


@dataclass(frozen=True)
class DataPart:
    """`tell` makes its values of what was read. Its name is its key in the file."""

    name: str
    title: Promise
    tell: Callable[[Actor, Reads], Shape]
    reads: tuple[Read[Any], ...] = ()


@dataclass(frozen=True)
class Stream:
    """A part with so many rows that they are told as they come from the database."""

    name: str
    title: Promise
    rows: Callable[[Actor], Iterator[Values]]


def profile(actor: Actor, reads: Reads) -> Values:
    person = actor.person
    stored = {field.name: getattr(person.profile, field.name) for field in fields(person.profile)}
    address = stored.pop("address")
    parts = {field.name: getattr(address, field.name) for field in fields(address)}
    return {"name": person.name, "photo": person.avatar, **stored, "address": parts}


def identifiers(actor: Actor, reads: Reads) -> Values:
    person = actor.person
    phone = f"+{person.phone}" if person.phone else ""
    return {
        "id": person.id,
        "username": person.username,
        "email": person.email,
        "phone": phone,
        "has_password": person.has_password,
    }


def account(actor: Actor, reads: Reads) -> Values:
    person = actor.person
    return {
        "created_at": person.created_at,
        "changed_at": person.updated_at,
        "last_signed_in_at": person.last_sign_in_at,
        "created_with": app_name(reads, person.application_id),
    }


def custom_data(actor: Actor, reads: Reads) -> Values:
    return dict(actor.person.custom_data)


def connected_accounts(actor: Actor, reads: Reads) -> list[Values]:
    return [
        {
            "provider": one.target,
            "id": one.id,
            "name": one.name,
            "email": one.email,
            "phone": one.phone,
            "photo": one.avatar,
        }
        for one in actor.person.identities
    ]


def work_accounts(actor: Actor, reads: Reads) -> list[Values]:
    return [
        {"issuer": one.issuer, "id": one.id, "name": one.name, "email": one.email, "photo": one.avatar}
        for one in actor.person.sso_identities
    ]


def second_steps(actor: Actor, reads: Reads) -> list[Values]:
    return [factor_values(one) for one in reads[factors]]


def factor_values(one: Factor) -> Values:
    kind = "backup_codes" if one.is_backup_codes else "passkey" if one.is_passkey else "authenticator_app"
    told: Values = {"kind": kind, "added_at": one.created_at}
    if one.is_passkey:
        told |= {"name": one.name, "device": name_of_agent(one.user_agent), "last_used_at": one.last_used_at}
    if one.is_backup_codes:
        told["codes_left"] = one.codes_left
    return told


def two_step_verification(actor: Actor, reads: Reads) -> Values:
    """Whether Logto asks this person: with nothing that it could ask for, it does not."""
    required = reads[organizations_require_two_step]
    held = Holdings(actor.person, reads[factors], reads[sign_in_experience], (), required)
    return {"asked_at_sign_in": held.is_asked(reads[configuration])}


def devices(actor: Actor, reads: Reads) -> list[Values]:
    return [device_values(one, reads) for one in reads[sessions] if not one.is_dead]


def device_values(one: LogtoSession, reads: Reads) -> Values:
    return {
        "device": name_of_agent(one.user_agent),
        "browser_told": one.user_agent,
        "signed_in_at": one.signed_in_at,
        "until": one.expires_at,
        "network_address": one.address,
        "city": one.city,
        "country": one.country,
        "apps": [app_name(reads, entry.application_id) for entry in one.authorizations],
    }


def apps(actor: Actor, reads: Reads) -> list[Values]:
    return [app_values(one, reads) for one in reads[grants]]


def app_values(one: Grant, reads: Reads) -> Values:
    return {
        "app": one.application_name or app_name(reads, one.application_id),
        "app_id": one.application_id,
        "allowed_at": one.given_at,
        "until": one.expires_at,
        "permissions": list(one.scopes),
        "api_permissions": [{"api": api, "permissions": list(scopes)} for api, scopes in one.resources.items()],
    }


def app_name(reads: Reads, application_id: str) -> str:
    """By its id where it has no name any more."""
    known = (reads.part(applications).value or {}).get(application_id)
    return known.name if known else application_id


def organizations_joined(actor: Actor, reads: Reads) -> list[Values]:
    return [
        {
            "id": one.id,
            "name": one.name,
            "description": one.description,
            "roles": [role.name for role in one.roles],
        }
        for one in reads[organizations]
    ]


def roles_held(actor: Actor, reads: Reads) -> list[Values]:
    return [{"name": one.name, "description": one.description} for one in reads[roles]]


def tokens(actor: Actor, reads: Reads) -> list[Values]:
    return [{"name": one.name, "created_at": one.created_at, "until": one.expires_at} for one in reads[access_tokens]]


def alerts(actor: Actor, reads: Reads) -> Values:
    address = alert_address.current(actor)
    return {"alert_address": address, "new_devices": wants_new_devices(actor.realm, actor.account.user_id)}


def activity(actor: Actor) -> Iterator[Values]:
    """This site's own trail of the account, newest first."""
    rows = actor.owned(AuditEntry).order_by("-started_at", "-pk")
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        yield {
            "at": row.started_at,
            "change": row.change,
            "outcome": row.outcome,
            "device": row.device,
            "network_address": row.address,
            "by_administrator": bool(row.acting_admin),
        }


ASKED_FROM: tuple[Read[Any], ...] = (factors, configuration, sign_in_experience, organizations_require_two_step)
PARTS: tuple[DataPart, ...] = (
    DataPart("profile", _("Profile"), profile),
    DataPart("identifiers", _("Sign-in details"), identifiers),
    DataPart("account", _("Account"), account, (applications,)),
    DataPart("custom_data", _("Further details"), custom_data),
    DataPart("connected_accounts", _("Connected accounts"), connected_accounts),
    DataPart("work_accounts", _("Work accounts"), work_accounts),
    DataPart("second_steps", _("Second steps"), second_steps, (factors,)),
    DataPart("two_step_verification", _("Two-step verification"), two_step_verification, ASKED_FROM),
    DataPart("devices", _("Devices"), devices, (sessions, applications)),
    DataPart("apps", _("Apps and their access"), apps, (grants, applications)),
    DataPart("organizations", _("Organisations"), organizations_joined, (organizations,)),
    DataPart("roles", _("Roles"), roles_held, (roles,)),
    DataPart("access_tokens", _("Access tokens"), tokens, (access_tokens,)),
    DataPart("alerts", _("Emails about your account"), alerts),
)
ACTIVITY = Stream("activity", _("Activity on this site"), activity)
EVERY: tuple[DataPart | Stream, ...] = (*PARTS, ACTIVITY)


def reads_of(parts: Iterable[DataPart]) -> tuple[Read[Any], ...]:
    return tuple(dict.fromkeys(read for part in parts for read in part.reads))
