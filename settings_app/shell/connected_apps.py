"""Apps that may use the person's account: what was allowed to each, its grants taken together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from urllib.parse import urlsplit

from settings_app.logto.types import Application, Grant
from settings_app.safeguards.app_access import is_address

PART_OF_AN_ADDRESS = re.compile(r"[A-Za-z0-9_-]+")
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
KEY_LENGTH = 20
KEEPS_ACCESS = "offline_access"
ORGANIZATION_RESOURCE = "urn:logto:resource:organizations"  # under it stand the permissions in organisations


@dataclass(frozen=True)
class App:
    """One app with everything the person allowed it, in whatever session. `application` None: the tenant has none."""

    id: str
    grants: tuple[Grant, ...]
    application: Application | None

    @property
    def is_others(self) -> bool:
        """Whether it is another company's, as for Logto itself: also when the tenant does not know it."""
        return self.application is None or self.application.is_third_party

    @property
    def is_address(self) -> bool:
        """Whether it is known by its address alone, so that only the host of that is certain."""
        return is_address(self.id)

    @property
    def name(self) -> str:
        """What the tenant calls it; what a client known by its address calls itself."""
        named = self.application.name if self.application else ""
        return named or next((grant.application_name for grant in self.grants if grant.application_name), "")

    @cached_property
    def key(self) -> str:
        return key_of(self.id)

    @cached_property
    def host(self) -> str:
        """Where it lives: the host of its own address, else of the first web address that people come back to."""
        if self.is_address:
            return host_of(self.id)
        addresses = self.application.redirect_uris if self.application else ()
        return next((host for one in addresses if (host := host_of(one))), "")

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(scope for grant in self.grants for scope in grant.scopes))

    @cached_property
    def resources(self) -> Mapping[str, tuple[str, ...]]:
        """Permissions at each API, by its indicator; those in organisations are not among them."""
        found: dict[str, dict[str, None]] = {}
        for grant in self.grants:
            for indicator, scopes in grant.resources.items():
                found.setdefault(indicator, {}).update(dict.fromkeys(scopes))
        return {indicator: tuple(scopes) for indicator, scopes in found.items() if indicator != ORGANIZATION_RESOURCE}

    @cached_property
    def organization_scopes(self) -> tuple[str, ...]:
        of_all = (grant.resources.get(ORGANIZATION_RESOURCE, ()) for grant in self.grants)
        return tuple(dict.fromkeys(scope for scopes in of_all for scope in scopes))

    @property
    def since(self) -> datetime | None:
        return min((grant.given_at for grant in self.grants if grant.given_at), default=None)

    @property
    def latest(self) -> datetime | None:
        """When it was last allowed anything."""
        return max((grant.given_at for grant in self.grants if grant.given_at), default=None)

    @property
    def until(self) -> datetime | None:
        return max((grant.expires_at for grant in self.grants if grant.expires_at), default=None)

    @property
    def keeps_access(self) -> bool:
        """Whether it goes on while the person is away."""
        return KEEPS_ACCESS in self.scopes


def apps_of(grants: Iterable[Grant], applications: Mapping[str, Application]) -> tuple[App, ...]:
    """One for each application, the one that was allowed last first."""
    held: dict[str, list[Grant]] = {}
    for grant in grants:
        held.setdefault(grant.application_id, []).append(grant)
    found = [App(one, tuple(of_it), applications.get(one)) for one, of_it in held.items() if one]
    return tuple(sorted(found, key=lambda app: app.latest or LONG_AGO, reverse=True))


def key_of(application_id: str) -> str:
    """What stands for it in addresses of this site, where an address as id could not stand."""
    if PART_OF_AN_ADDRESS.fullmatch(application_id):
        return application_id
    return sha256(application_id.encode()).hexdigest()[:KEY_LENGTH]


def host_of(address: str) -> str:
    """Empty for what is no web address, and for this machine, which is nobody's."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host if parts.scheme in ("https", "http") and "." in host and not host[-1].isdigit() else ""
