"""What an app may do, in plain words and in the groups of Logto's own consent page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from settings_app.logto.types import ApiResource, ConsentScopes, Permission
from settings_app.sections.apps.claims import ORGANIZATIONS
from settings_app.shell.connected_apps import KEEPS_ACCESS, App
from settings_app.shell.permission_words import DETAILS, WORDS

Text = str | Promise

PLAIN = {"openid", KEEPS_ACCESS}  # say nothing about the person but who they are
NOTHING_KNOWN = ConsentScopes()
HOUR_SECONDS = 3600  # what a token for an organisation lasts (docs/logto.md 14.3)


@dataclass(frozen=True)
class Allowed:
    """One permission. `code` is its name for those who know it; without `text` there are no other words."""

    text: Text
    code: str = ""
    scope: str = ""  # of the person's own data, by which their values of today are found


@dataclass(frozen=True)
class Api:
    """Permissions at one API. `seconds` is how long a token lasts that the app may hold already."""

    name: str
    allowed: tuple[Allowed, ...]
    seconds: int


@dataclass(frozen=True)
class Catalogue:
    """What the tenant calls its APIs and their permissions. Empty where that could not be read."""

    apis: Mapping[str, ApiResource]
    organization_scopes: Mapping[str, Permission]

    @classmethod
    def of(cls, apis: Iterable[ApiResource], organization_scopes: Iterable[Permission]) -> Catalogue:
        return cls({one.indicator: one for one in apis}, {one.name: one for one in organization_scopes})

    def api(self, indicator: str) -> ApiResource:
        return self.apis.get(indicator) or ApiResource(indicator)

    def described(self, indicator: str, scope: str) -> str:
        """The tenant's own words for a permission at an API."""
        return next((one.description for one in self.api(indicator).scopes if one.name == scope), "")


def personal(app: App, brand: str) -> tuple[Allowed, ...]:
    """What of the person's own data it gets; what nobody knows comes last, by its name."""
    known = [scope for scope in WORDS if scope in app.scopes]
    unknown = [scope for scope in app.scopes if scope not in WORDS and scope != KEEPS_ACCESS]
    of_brand = format_lazy(_("See other details {brand} keeps about you"), brand=brand)
    found = [Allowed(of_brand if scope == DETAILS else WORDS[scope], scope=scope) for scope in known]
    return (*found, *(Allowed("", code=scope) for scope in unknown))


def apis(app: App, catalogue: Catalogue, asked: ConsentScopes = NOTHING_KNOWN) -> tuple[Api, ...]:
    """`asked` tells which permissions are good in organisations alone; where it is not known, none is."""
    found = []
    for indicator, scopes in app.resources.items():
        own = [scope for scope in scopes if not asked.is_for_organizations_alone(indicator, scope)]
        api = catalogue.api(indicator)
        if own:
            allowed = tuple(Allowed(catalogue.described(indicator, scope), scope) for scope in own)
            found.append(Api(api.name or indicator, allowed, api.token_seconds))
    return tuple(sorted(found, key=lambda one: one.name.casefold()))


def in_organizations(app: App, catalogue: Catalogue, asked: ConsentScopes = NOTHING_KNOWN) -> tuple[Allowed, ...]:
    known = catalogue.organization_scopes
    of_organizations = [Allowed(known[one].description if one in known else "", one) for one in app.organization_scopes]
    at_apis = [
        Allowed(catalogue.described(indicator, scope), scope)
        for indicator, scopes in app.resources.items()
        for scope in scopes
        if asked.is_for_organizations(indicator, scope)
    ]
    return (*of_organizations, *at_apis)


def groups(app: App, catalogue: Catalogue) -> list[Text]:
    """What kinds of things it may do, for a line in a list."""
    found: list[Text] = [_("Personal data")] if set(app.scopes) - PLAIN else []
    found += [one.name for one in apis(app, catalogue)]
    found += [_("Organisation data")] if app.organization_scopes else []
    return found or [_("Only who you are")]


def lives_on(app: App, catalogue: Catalogue) -> tuple[list[Text], int]:
    """Where it goes on for a while after its access is removed, by the tokens it may hold, and for how many seconds."""
    found = apis(app, catalogue)
    names: list[Text] = [one.name for one in found]
    seconds = [one.seconds for one in found]
    if app.organization_scopes or ORGANIZATIONS in app.scopes:
        names.append(_("your organisations"))
        seconds.append(HOUR_SECONDS)
    return names, max(seconds, default=0)
