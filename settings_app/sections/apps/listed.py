"""The page of connected apps: what is read for it, and each app as it stands there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from settings_app import typed
from settings_app.formats import Formats
from settings_app.logto.parallel import Part
from settings_app.logto.types import Application, ApplicationLook, ConsentScopes, LogtoSession, Organization
from settings_app.safeguards.app_access import keeps_organizations
from settings_app.sections.apps import permissions
from settings_app.sections.apps.claims import ORGANIZATIONS, Known
from settings_app.sections.apps.permissions import Allowed, Api, Catalogue
from settings_app.sections.apps.seen import NEEDS_ORGANIZATIONS, NEEDS_ROLES, Eyes, Seen
from settings_app.shell import logos, logto_session
from settings_app.shell.connected_apps import App, apps_of
from settings_app.shell.http import AccountRequest
from settings_app.shell.items import Fact, Item
from settings_app.shell.own_addresses import address_of
from settings_app.shell.reads import (
    Read,
    Reads,
    account_center,
    api_resources,
    applications,
    custom_profile_fields,
    grants,
    organization_scopes,
    organizations,
    roles,
)

READS: tuple[Read[Any], ...] = (account_center, applications, grants, api_resources, organization_scopes)
READS_OF_ONE: tuple[Read[Any], ...] = (*READS, organizations, roles, custom_profile_fields)
BUILT_IN = {"account-center", "demo-app", "admin-console"}  # Logto's own, which no list of applications has (8.2)
WEB = ("https", "http")
PLACE = "KEY"  # in an address, where the key of an app will stand


@dataclass(frozen=True)
class Listed:
    """An app as the list shows it, under the name that it was allowed by."""

    app: App
    look: ApplicationLook
    catalogue: Catalogue

    @cached_property
    def name(self) -> str:
        return name_of(self.app, self.look)

    @property
    def called(self) -> str:
        return called(self.app, self.look)

    @property
    def letter(self) -> str:
        return typed.first_letter(self.name)

    def item(self, formats: Formats, *, is_open: bool = False, is_focused: bool = False) -> Item:
        """As it stands in the list; what it may do is said by groups as long as it is closed."""
        app = self.app
        says, facts = self.called if app.is_address else "", []
        if says:
            facts.append(Fact(_("Calls itself %(name)s") % {"name": says}, is_own=True))
        elif app.host:
            facts.append(Fact(app.host, ltr=True))
        if app.since:
            facts.append(Fact(_("Since %(day)s") % {"day": formats.day(app.since)}, at=app.since))
        facts += [Fact(group, is_own=True) for group in ([] if is_open else self.groups)]
        closed = f"{address_of('apps')}?closed={app.key}" if is_open else ""
        return Item(
            self.name,
            "apps",
            tuple(facts),
            url=closed or key_in(address_of("apps_details", PLACE), app.key),
            action=_("Hide") if is_open else _("Details"),
            name=f"app-{app.key}",
            letter=self.letter,
            logo=self.logo_url,
            opens=True,
            is_open=is_open,
            is_focused=is_open or is_focused,
        )

    @property
    def logo_url(self) -> str:
        if not self.look.logo:
            return ""
        return f"{key_in(address_of('apps_logo', PLACE), self.app.key)}?{logos.mark_of(self.look.logo)}"

    @property
    def groups(self) -> list[str | Promise]:
        return permissions.groups(self.app, self.catalogue)

    @property
    def sees_organizations(self) -> bool:
        """Whether it knows all of the person's, whichever it may act in (docs/logto.md 14.3)."""
        return ORGANIZATIONS in self.app.scopes

    @property
    def terms_url(self) -> str:
        return self.look.terms_url if typed.is_web_address(self.look.terms_url, WEB) else ""

    @property
    def privacy_url(self) -> str:
        return self.look.privacy_url if typed.is_web_address(self.look.privacy_url, WEB) else ""


def key_in(address: str, key: str) -> str:
    """A list has many, and none of them is kept."""
    return address.replace(PLACE, key)


def name_of(app: App, look: ApplicationLook) -> str:
    """Of a client that is known by its address only the host is certain."""
    return (app.host if app.is_address else called(app, look)) or app.id


def called(app: App, look: ApplicationLook) -> str:
    return typed.line(look.name or app.name)


@dataclass(frozen=True)
class Leftover:
    """An app that was deleted while the person was signed in to it: a session still names it."""

    devices: int


@dataclass(frozen=True)
class ListedApps:
    """Everything on the page that is closed; other companies' apps, the brand's own, and what was left behind."""

    theirs: tuple[Listed, ...]
    ours: tuple[Listed, ...]
    leftovers: tuple[Leftover, ...] = ()

    @classmethod
    def read(cls, request: AccountRequest, reads: Reads) -> Self:
        """Raises the `LogtoError` of what cannot be done without: the grants, and whose apps there are."""
        sessions = logto_session.listed(request)
        bool(request.person)  # without the person there is no page; the list is not what failed
        known, catalogue = reads[applications], catalogue_of(reads)
        found = apps_of(reads[grants], known)
        looks = request.account.tenant.looks_of(app.id for app in found if app.application)
        listed = [Listed(app, looks.get(app.id, ApplicationLook()), catalogue) for app in found]
        theirs = tuple(one for one in listed if one.app.is_others)
        ours = tuple(one for one in listed if not one.app.is_others)
        return cls(theirs, ours, leftovers(sessions.value or (), known, {app.id for app in found}))

    def items(self, formats: Formats, *, opened: str = "", closed: str = "") -> list[Item]:
        """`opened` is the key of one that stands open, `closed` that of one that was closed a moment ago."""
        return [
            one.item(formats, is_open=one.app.key == opened, is_focused=one.app.key == closed) for one in self.theirs
        ]

    def by_key(self, key: str) -> Listed | None:
        return next((one for one in self.theirs if one.app.key == key), None)


def one_by_key(request: AccountRequest, reads: Reads, key: str) -> Listed | None:
    """Another company's app; one that has no access any more is known by the tenant alone."""
    known = reads[applications]
    found = next((app for app in apps_of(reads[grants], known) if app.key == key), None)
    if found is None and key in known:
        found = App(key, (), known[key])
    if found is None or not found.is_others:
        return None
    looks = request.account.tenant.looks_of([found.id] if found.application else [])
    return Listed(found, looks.get(found.id, ApplicationLook()), catalogue_of(reads))


def catalogue_of(reads: Reads) -> Catalogue:
    """What could not be read is shown by the names that apps ask for it by."""
    return Catalogue.of(reads.part(api_resources).value or (), reads.part(organization_scopes).value or ())


def leftovers(
    sessions: Iterable[LogtoSession], known: Mapping[str, Application], held: set[str]
) -> tuple[Leftover, ...]:
    """Applications of sessions that the tenant does not have any more."""
    counted: dict[str, int] = {}
    for session in sessions:
        for one in session.authorizations:
            counted[one.application_id] = counted.get(one.application_id, 0) + 1
    gone = [one for one in counted if one not in known and one not in held and one not in BUILT_IN]
    return tuple(Leftover(counted[one]) for one in gone if keeps_organizations(one))


@dataclass(frozen=True)
class ShownApp:
    """A permission to personal data with what it shows today; `seen` is None where that could not be read."""

    allowed: Allowed
    seen: Seen | None


@dataclass(frozen=True)
class OfOne:
    """What is read for one app alone, by its key, which is its id for every app that can have any of it."""

    chosen: Part[tuple[Organization, ...]]
    asked: Part[ConsentScopes]

    @classmethod
    def begin(cls, request: AccountRequest, key: str) -> Self:
        account, tenant = request.account, request.account.tenant
        return cls(
            tenant.start(partial(account.consent_organizations, key)), tenant.start(tenant.consent_scopes_of(key))
        )


@dataclass(frozen=True)
class Opened:
    """One app with everything it may do, and what it sees today."""

    listed: Listed
    eyes: Eyes
    brand: str
    failed: frozenset[str]  # scopes whose values could not be read
    chosen: Part[tuple[Organization, ...]]  # the organisations it may act in
    asked: ConsentScopes  # what it may ask for at all

    @classmethod
    def of(cls, request: AccountRequest, listed: Listed, reads: Reads, own: OfOne) -> Self:
        joined, held = reads.part(organizations), reads.part(roles)
        failed = (NEEDS_ORGANIZATIONS if joined.failed else set()) | (NEEDS_ROLES if held.failed else set())
        known = Known(request.person, joined.value or (), held.value or ())
        labels = {field.name: field.label for field in reads.part(custom_profile_fields).value or ()}
        eyes = Eyes(known, request.actor.formats, labels)
        asked = own.asked.value or ConsentScopes()
        return cls(listed, eyes, request.site.brand.name, frozenset(failed), own.chosen, asked)

    @property
    def app(self) -> App:
        return self.listed.app

    @cached_property
    def personal(self) -> tuple[ShownApp, ...]:
        found = permissions.personal(self.app, self.brand)
        return tuple(ShownApp(one, None if one.scope in self.failed else self.eyes.see(one.scope)) for one in found)

    @property
    def apis(self) -> tuple[Api, ...]:
        return permissions.apis(self.app, self.listed.catalogue, self.asked)

    @property
    def in_organizations(self) -> tuple[Allowed, ...]:
        return permissions.in_organizations(self.app, self.listed.catalogue, self.asked)

    @property
    def has_organizations(self) -> bool:
        """Whether it may act in any, were they given to it."""
        return bool(self.in_organizations or ORGANIZATIONS in self.app.scopes or self.chosen.value)

    @property
    def chosen_named(self) -> str:
        return self.eyes.formats.listed(one.name or one.id for one in self.chosen.value or ())
