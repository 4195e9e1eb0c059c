"""All third-party applications of the tenant side by side, a few at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from settings_app import typed
from settings_app.admin.apps.catalogue import CatalogueEntry, Group, Text, groups
from settings_app.admin.apps.kinds import kind_of
from settings_app.logto.paths import is_id
from settings_app.logto.third_party import AppPermissions, ThirdPartyApp
from settings_app.logto.types import Application, ApplicationLook
from settings_app.shell.http import AccountRequest

ON_A_PAGE = 4
LONGEST_TERM = 128


@dataclass(frozen=True)
class Column:
    application: Application
    look: ApplicationLook
    held: AppPermissions

    @property
    def name(self) -> str:
        return self.look.name or self.application.name

    @property
    def letter(self) -> str:
        return typed.first_letter(self.name)

    @property
    def kind(self) -> Text:
        return kind_of(self.application)


@dataclass(frozen=True)
class Matrix:
    term: str
    page: int
    total: int
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]

    @classmethod
    def of(cls, request: AccountRequest, term: str, page: str) -> Self:
        """The list of applications is kept; everything else is read at the same time. Raises `LogtoError`."""
        tenant, term = request.account.tenant, typed.search_term(term)[:LONGEST_TERM]
        apis, scopes = tenant.start(tenant.api_resources), tenant.start(tenant.organization_scopes)
        third_party = [one for one in tenant.applications().values() if one.is_third_party and is_id(one.id)]
        found = [one for one in third_party if fits(one, term)]
        found.sort(key=lambda one: one.name.casefold())
        last = max(1, -(-len(found) // ON_A_PAGE))
        number = min(int(page), last) if page.isdecimal() and page[:4] == page and int(page) else 1
        here = found[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
        apps = [ThirdPartyApp(tenant.transport, one.id) for one in here]
        reading = [(tenant.start(tenant.look_of(one.id)), tenant.start(one.permissions)) for one in apps]
        columns = [
            Column(one, look.value or ApplicationLook(), held.required())
            for one, (look, held) in zip(here, reading, strict=True)
        ]
        offered = groups(apis.required(), scopes.required(), request.site.management_resource)
        return cls(term, number, len(found), tuple(columns), offered)

    @property
    def has_more(self) -> bool:
        return self.page * ON_A_PAGE < self.total

    @property
    def next_page(self) -> int:
        return self.page + 1

    @property
    def previous_page(self) -> int:
        return self.page - 1

    @property
    def width(self) -> int:
        return len(self.columns) + 1

    def rows(self) -> list[tuple[Group, list[tuple[CatalogueEntry, list[bool]]]]]:
        """Each group with its permissions, and for each of those which column has it."""
        return [
            (group, [(entry, [entry.is_in(column.held) for column in self.columns]) for entry in group.entries])
            for group in self.groups
        ]


def fits(application: Application, term: str) -> bool:
    return term.casefold() in f"{application.name} {application.id}".casefold()
