"""What an app really sees: beside each permission the person's own values of today, as their app would get them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from settings_app.formats import Formats, in_a_row, phone_number
from settings_app.sections.apps.claims import CLAIMS, ORGANIZATION_ROLES, ORGANIZATIONS, Known

Text = str | Promise

LONGEST = 400  # letters of one value; the app gets all of it
LABELS: Mapping[str, Text] = {
    "sub": gettext_lazy("Account ID"),
    "name": gettext_lazy("Display name"),
    "given_name": gettext_lazy("First name"),
    "middle_name": gettext_lazy("Middle name"),
    "family_name": gettext_lazy("Last name"),
    "nickname": gettext_lazy("Nickname"),
    "preferred_username": gettext_lazy("Preferred username"),
    "username": gettext_lazy("Username"),
    "picture": gettext_lazy("Photo"),
    "profile": gettext_lazy("Profile page"),
    "website": gettext_lazy("Website"),
    "gender": gettext_lazy("Gender"),
    "birthdate": gettext_lazy("Date of birth"),
    "zoneinfo": gettext_lazy("Time zone"),
    "locale": gettext_lazy("Language"),
    "created_at": gettext_lazy("Account created"),
    "updated_at": gettext_lazy("Last changed"),
    "email": gettext_lazy("Email"),
    "email_verified": gettext_lazy("Confirmed"),
    "phone_number": gettext_lazy("Phone number"),
    "phone_number_verified": gettext_lazy("Confirmed"),
    "address": gettext_lazy("Address"),
    "roles": gettext_lazy("Roles"),
    "organization_roles": gettext_lazy("Roles"),
    "organization_data": gettext_lazy("Organisations"),
}
LEFT_TO_RIGHT = {"sub", "username", "preferred_username", "picture", "profile", "website", "email", "phone_number"}
# What the person can add; the others are nobody's to add, or nothing by themselves.
CAN_BE_ADDED = {"name", "given_name", "middle_name", "family_name", "nickname", "preferred_username", "username"} | {
    "picture", "profile", "website", "gender", "birthdate", "zoneinfo", "locale", "email", "phone_number", "address",
}  # fmt: skip
ELSEWHERE = {"organizations"}  # the same as in `organization_data`, without names


@dataclass(frozen=True)
class SeenValue:
    """One value, as people read it."""

    label: Text
    value: str
    is_ltr: bool = False


@dataclass(frozen=True)
class Seen:
    """What a permission shows today, and the labels of what it would show if it were there."""

    facts: tuple[SeenValue, ...]
    missing: tuple[Text, ...]

    @property
    def missing_named(self) -> str:
        return in_a_row(str(label) for label in self.missing)


@dataclass(frozen=True)
class Eyes:
    """How values are put into words; `own_labels` are the tenant's for what it keeps besides."""

    known: Known
    formats: Formats
    own_labels: Mapping[str, str]

    def see(self, scope: str) -> Seen:
        facts: list[SeenValue] = []
        missing: list[Text] = []
        for name, value in CLAIMS[scope](self.known).items() if scope in CLAIMS else ():
            if name in ELSEWHERE:
                continue
            found = list(self.facts_of(name, value))
            facts += found
            if not found and name in CAN_BE_ADDED:
                missing.append(LABELS[name])
        return Seen(tuple(facts), tuple(missing))

    def facts_of(self, name: str, value: Any) -> Iterator[SeenValue]:
        if name in SEVERAL:
            yield from SEVERAL[name](self, value)
        elif value not in ("", None, False):
            yield SeenValue(LABELS[name], self.text(name, value), is_ltr=name in LEFT_TO_RIGHT)

    def text(self, name: str, value: Any) -> str:
        if isinstance(value, datetime):
            return self.formats.day(value)
        if value is True:
            return _("Yes")
        shown = {
            "phone_number": phone_number,
            "birthdate": self.formats.birthdate,
            "locale": self.formats.language,
            "zoneinfo": self.formats.time_zone,
        }
        return shown[name](value) if name in shown else cut(str(value))

    def address(self, value: Mapping[str, str]) -> Iterator[SeenValue]:
        parts = [part for part in value.values() if part]
        if parts:
            yield SeenValue(LABELS["address"], in_a_row(dict.fromkeys(" ".join(part.split()) for part in parts)))

    def custom_data(self, value: Mapping[str, Any]) -> Iterator[SeenValue]:
        for key, one in value.items():
            yield SeenValue(self.own_labels.get(key) or key, in_words(one))

    def identities(self, value: Mapping[str, Any]) -> Iterator[SeenValue]:
        for target, one in value.items():
            yield SeenValue(target.capitalize(), in_words({"id": one["userId"], **one["details"]}))

    def sso_identities(self, value: list[Mapping[str, Any]]) -> Iterator[SeenValue]:
        for one in value:
            yield SeenValue(gettext_lazy("Work account"), in_words({key: one[key] for key in ("issuer", "identityId")}))
            if one["detail"]:
                yield SeenValue(gettext_lazy("What it says about you"), in_words(one["detail"]))

    def roles(self, value: list[str]) -> Iterator[SeenValue]:
        if value:
            yield SeenValue(LABELS["roles"], in_a_row(value))

    def organization_roles(self, value: list[str]) -> Iterator[SeenValue]:
        held = [(one.name, in_a_row(role.name for role in one.roles)) for one in self.known.organizations if one.roles]
        for organization, roles in held:
            yield SeenValue(organization, roles)

    def organization_data(self, value: list[Mapping[str, str]]) -> Iterator[SeenValue]:
        """By name, with the description that the app gets too."""
        if not value:
            return
        count = ngettext("%(count)d organisation", "%(count)d organisations", len(value)) % {"count": len(value)}
        yield SeenValue(LABELS["organization_data"], count)
        for one in value:
            yield SeenValue(
                one["name"] or one["id"], f"{one['description']} ({one['id']})" if one["description"] else one["id"]
            )


Several = Callable[[Eyes, Any], Iterator[SeenValue]]
SEVERAL: Mapping[str, Several] = {
    "address": Eyes.address,
    "custom_data": Eyes.custom_data,
    "identities": Eyes.identities,
    "sso_identities": Eyes.sso_identities,
    "roles": Eyes.roles,
    "organization_roles": Eyes.organization_roles,
    "organization_data": Eyes.organization_data,
}
NEEDS_ORGANIZATIONS = {ORGANIZATIONS, ORGANIZATION_ROLES}
NEEDS_ROLES = {"roles"}


def in_words(value: object) -> str:
    """Whatever JSON holds, near to how it is stored."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        return cut("; ".join(f"{key}: {in_words(one)}" for key, one in value.items() if one not in (None, "", {}, [])))
    if isinstance(value, list):
        return cut(", ".join(in_words(one) for one in value))
    return cut(value if isinstance(value, str) else json.dumps(value))


def cut(text: str) -> str:
    """A value nobody wants to read to its end; how much there is more of it is said."""
    more = len(text) - LONGEST
    if more <= 0:
        return text
    rest = ngettext("%(count)d more letter", "%(count)d more letters", more) % {"count": more}
    return f"{text[:LONGEST]}… ({rest})"
