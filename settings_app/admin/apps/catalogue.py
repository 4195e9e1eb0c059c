"""Everything that could be permitted in this tenant, in groups, each with its technical name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from settings_app.logto.third_party import AppPermissions, PermissionKind
from settings_app.logto.types import ApiResource, Permission
from settings_app.shell.permission_words import WORDS

Text = str | Promise

ALWAYS = "openid"
ORGANIZATIONS = "urn:logto:scope:organizations"
OFFERED_NOWHERE = ("urn:logto:scope:trusted_devices",)  # only while Logto is developed (docs/logto.md 7.5)
OF_ORGANIZATIONS = (PermissionKind.ORGANIZATION, PermissionKind.ORGANIZATION_API)
PERSONAL = gettext_lazy("Personal data")


@dataclass(frozen=True)
class CatalogueEntry:
    """One permission: `value` is what Logto knows it by, `code` its technical name."""

    kind: PermissionKind
    value: str
    text: Text
    code: str

    @property
    def key(self) -> str:
        """What a checkbox posts."""
        return f"{self.kind.value} {self.value}"

    def is_in(self, held: AppPermissions) -> bool:
        return self.value in held.of(self.kind)


@dataclass(frozen=True)
class Group:
    title: Text
    entries: tuple[CatalogueEntry, ...]


def groups(
    apis: Iterable[ApiResource], organization_scopes: Iterable[Permission], management: str
) -> tuple[Group, ...]:
    """The Management API is never among them: whoever held it could do anything to everybody."""
    user = [
        CatalogueEntry(PermissionKind.USER, name, WORDS[name], name)
        for name in WORDS
        if name not in (ALWAYS, *OFFERED_NOWHERE)
    ]
    # guard: management-api-is-not-offered
    apis = [api for api in apis if api.indicator != management]
    found = [Group(PERSONAL, tuple(user))]
    for api in apis:
        title = _("API: %(name)s") % {"name": api.name or api.indicator}
        found.append(Group(title, of(PermissionKind.API, api.scopes)))
    found.append(Group(_("Organisation permissions"), of(PermissionKind.ORGANIZATION, organization_scopes)))
    for api in apis:
        title = _("In organisations: %(name)s") % {"name": api.name or api.indicator}
        found.append(Group(title, of(PermissionKind.ORGANIZATION_API, api.scopes)))
    return tuple(group for group in found if group.entries)


def of(kind: PermissionKind, permissions: Iterable[Permission]) -> tuple[CatalogueEntry, ...]:
    return tuple(CatalogueEntry(kind, one.id, one.description or one.name, one.name) for one in permissions)
