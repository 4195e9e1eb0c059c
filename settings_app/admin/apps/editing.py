"""One application while its permissions are edited: what is in force, what is ticked, and what that would mean."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Self

from settings_app import typed
from settings_app.admin.apps.catalogue import (
    ALWAYS,
    OF_ORGANIZATIONS,
    ORGANIZATIONS,
    CatalogueEntry,
    Group,
    Text,
    groups,
)
from settings_app.admin.apps.kinds import kind_of
from settings_app.logto.third_party import AppPermissions, PermissionKind, ThirdPartyApp
from settings_app.logto.types import Application, ApplicationLook, Organization
from settings_app.safeguards.encryption import digest
from settings_app.shell.http import AccountRequest


@dataclass(frozen=True)
class Line:
    """One permission on the page. `mark` says what saving would do to it."""

    entry: CatalogueEntry
    is_held: bool
    is_ticked: bool

    @property
    def mark(self) -> str:
        if self.is_held == self.is_ticked:
            return ""
        return "added" if self.is_ticked else "removed"


@dataclass(frozen=True)
class Shown:
    title: Text
    lines: tuple[Line, ...]

    @property
    def allowed(self) -> tuple[Line, ...]:
        """What stands on the consent page, or would no longer."""
        return tuple(line for line in self.lines if line.is_ticked or line.is_held)


@dataclass(frozen=True)
class Edited:
    """`ticked` None: as it is in force."""

    application: Application
    look: ApplicationLook
    held: AppPermissions
    catalogue: tuple[Group, ...]
    ticked: Collection[str] | None = None
    organizations: tuple[Organization, ...] = ()  # the administrator's own, for the screen as they would see it
    always = ALWAYS

    @classmethod
    def of(cls, request: AccountRequest, application_id: str, ticked: Collection[str] | None = None) -> Self | None:
        """Read at the same time, and anew; None where there is no such third-party application. Raises `LogtoError`."""
        tenant = request.account.tenant
        app = ThirdPartyApp(tenant.transport, application_id)
        organizations = tenant.start(request.account.organizations)
        application, look = tenant.start(app.application), tenant.start(app.look)
        held, apis, scopes = (
            tenant.start(app.permissions),
            tenant.start(tenant.api_resources),
            tenant.start(tenant.organization_scopes),
        )
        # guard: third-party-applications-only
        if not application.required().is_third_party:
            return None
        offered = groups(apis.required(), scopes.required(), request.site.management_resource)
        own = organizations.value or ()
        named = replace(application.required(), id=application_id)  # whatever the answer calls it
        return cls(named, look.required(), held.required(), offered, ticked, own)

    @property
    def name(self) -> str:
        return self.look.name or self.application.name

    @property
    def letter(self) -> str:
        return typed.first_letter(self.name)

    @property
    def kind(self) -> Text:
        return kind_of(self.application)

    @property
    def version(self) -> str:
        """Stands for what is in force: somebody who saves says what they had seen."""
        return digest("permissions", self.application.id, json.dumps(self.held.written()))

    @property
    def look_version(self) -> str:
        """The same for how it presents itself."""
        return digest("look", self.application.id, json.dumps(asdict(self.look), sort_keys=True))

    @cached_property
    def shown(self) -> tuple[Shown, ...]:
        return tuple(Shown(group.title, tuple(self.lines(group))) for group in self.catalogue)

    def lines(self, group: Group) -> Iterator[Line]:
        for entry in group.entries:
            is_held = entry.is_in(self.held)
            yield Line(entry, is_held, is_held if self.ticked is None else entry.key in self.ticked)

    @property
    def changed(self) -> list[Line]:
        return [line for group in self.shown for line in group.lines if line.mark]

    @property
    def personal(self) -> tuple[Line, ...]:
        return tuple(line for line in self.allowed if line.entry.kind is PermissionKind.USER)

    @property
    def at_apis(self) -> tuple[Shown, ...]:
        found = [group for group in self.shown if group.lines[0].entry.kind is PermissionKind.API and group.allowed]
        return tuple(found)

    @property
    def in_organizations(self) -> tuple[Line, ...]:
        return tuple(line for line in self.allowed if line.entry.kind in OF_ORGANIZATIONS)

    @property
    def allowed(self) -> Iterator[Line]:
        return (line for group in self.shown for line in group.allowed)

    @property
    def asks_for_organizations(self) -> bool:
        return self.is_ticked(PermissionKind.USER, ORGANIZATIONS)

    @property
    def lacks_organizations(self) -> bool:
        """Permissions in organisations without the one that lets people choose one: nobody is ever asked for them."""
        return any(line.is_ticked for line in self.in_organizations) and not self.asks_for_organizations

    @property
    def withdraws_personal(self) -> bool:
        return any(line.mark == "removed" and line.entry.kind is PermissionKind.USER for line in self.changed)

    def is_ticked(self, kind: PermissionKind, value: str) -> bool:
        return any(
            line.is_ticked for group in self.shown for line in group.lines if line.entry.key == f"{kind.value} {value}"
        )
