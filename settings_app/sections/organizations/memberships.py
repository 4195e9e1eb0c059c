"""The organisations that somebody belongs to, and their own roles, as pages show them: with what each role permits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from django.urls import reverse
from django.utils.translation import gettext as _

from settings_app import typed
from settings_app.formats import in_a_row
from settings_app.logto.account import Account
from settings_app.logto.types import Organization, OrganizationLooks, OrganizationRole, Permission, Role
from settings_app.shell import logos
from settings_app.shell.reads import Reads, organization_roles, organizations, permission_descriptions

PART_OF_AN_ADDRESS = re.compile(r"[A-Za-z0-9_-]+")

Known = Mapping[str, OrganizationRole]
Words = Mapping[str, str]


def name_of(organization: OrganizationLooks) -> str:
    return typed.line(organization.name) or _("Unnamed organisation")


def logo_url(organization: OrganizationLooks) -> str:
    """On this site; empty for none. Its mark comes from pages alone, which show it to whom it concerns."""
    if not organization.logo:
        return ""
    return f"{reverse('organizations_logo', args=[organization.id])}?{logos.mark_of(organization.logo)}"


@dataclass(frozen=True)
class HeldRole:
    """A role, and what it permits: first in the organisation, then in each API."""

    name: str
    description: str = ""
    permissions: tuple[Permission, ...] = ()

    @classmethod
    def of(cls, role: Role, permissions: tuple[Permission, ...]) -> Self:
        ordered = sorted(permissions, key=lambda one: (one.api.casefold(), (one.description or one.name).casefold()))
        return cls(typed.line(role.name), typed.line(role.description), tuple(ordered))


def held_roles(roles: tuple[Role, ...], known: Known, words: Words) -> tuple[HeldRole, ...]:
    """Roles in organisations; one that the tenant's list does not have permits what nobody can say."""
    found = []
    for role in roles:
        defined = known.get(role.id)
        found.append(HeldRole.of(role, defined.described(words).permissions if defined else ()))
    return tuple(sorted(found, key=lambda role: role.name.casefold()))


@dataclass(frozen=True)
class Membership:
    organization: Organization
    roles: tuple[HeldRole, ...] = field(default=())

    @property
    def name(self) -> str:
        return name_of(self.organization)

    @property
    def letter(self) -> str:
        return self.organization.letter

    @property
    def description(self) -> str:
        return typed.line(self.organization.description)

    @property
    def role_names(self) -> str:
        return in_a_row(role.name for role in self.roles)

    @property
    def has_permissions(self) -> bool:
        return any(role.permissions for role in self.roles)

    @property
    def logo_url(self) -> str:
        return logo_url(self.organization)

    @property
    def leave_url(self) -> str:
        is_named = PART_OF_AN_ADDRESS.fullmatch(self.organization.id)
        return reverse("organizations_leave", args=[self.organization.id]) if is_named else ""


def memberships(reads: Reads) -> list[Membership]:
    """By name. What roles permit is left out where that could not be read. Raises a `LogtoError`."""
    known = reads.part(organization_roles).value or {}
    words = reads.part(permission_descriptions).value or {}
    found = [Membership(one, held_roles(one.roles, known, words)) for one in reads[organizations]]
    return sorted(found, key=lambda one: one.name.casefold())


def own_roles(account: Account, roles: tuple[Role, ...]) -> list[HeldRole]:
    """The person's roles in the tenant. What each permits is tenant data, kept by role. Raises a `LogtoError`."""
    permitted = {role.id: account.tenant.start(account.tenant.role_permissions(role.id)) for role in roles}
    found = [HeldRole.of(role, permitted[role.id].required()) for role in roles]
    return sorted(found, key=lambda role: role.name.casefold())
