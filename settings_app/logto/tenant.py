"""What belongs to a site's tenant and to no person: policies, connectors, fields, applications; kept for a while."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from settings_app.sites import Site

from .account import Account, digits
from .cache import Cached
from .errors import Unavailable
from .parallel import PAGE_SECONDS, Part, Pool
from .paths import path
from .transport import Transport
from .types import (
    AccountCenter,
    Application,
    Connector,
    CustomProfileField,
    Person,
    PublicSignInExperience,
    ServiceStatus,
    SignInExperience,
)

T = TypeVar("T")

LIFE_SECONDS = 60.0  # a change in Logto's console shows here after a minute at most
STALE_SECONDS = 3600.0  # how much longer the last known values serve when Logto is down
UNLINKABLE_SECONDS = 3600.0  # how long a 501 of a connector is believed


class Tenant:
    """One site's tenant, for this process. Reads are kept in memory; every method may raise a `LogtoError`."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.transport = Transport(site)
        self._pool = Pool()
        self._cached: list[Cached[object]] = []
        self._unlinkable_until: dict[str, float] = {}
        self.sign_in_experience = self._cache(self._read_sign_in_experience)
        self.public_sign_in_experience = self._cache(self._read_public_sign_in_experience)
        self.connectors = self._cache(self._read_connectors)
        self.account_center = self._cache(self._read_account_center)
        self.custom_profile_fields = self._cache(self._read_custom_profile_fields)
        self.applications = self._cache(self._read_applications)
        self.storage = self._cache(self._read_storage)

    @classmethod
    def of(cls, site: Site) -> Tenant:
        """The one tenant of this site in this process."""
        with _lock:
            if site not in _tenants:
                _tenants[site] = cls(site)
            return _tenants[site]

    @classmethod
    def forget_all(cls) -> None:
        """Drops every tenant of this process with its token, connections and cached values."""
        with _lock:
            dropped = list(_tenants.values())
            _tenants.clear()
        for tenant in dropped:
            tenant.settle()

    def account(self, user_id: str) -> Account:
        """The account of the person with this id. The id comes from the session and from nowhere else."""
        return Account(user_id, self)

    def application(self, application_id: str) -> Application:
        """GET /api/applications/{id} (14.1), not kept."""
        return Application.from_api(self.transport.fetch_object("GET", path("/api/applications/{id}", application_id)))

    def holder_of(self, recipient: str) -> Person | None:
        """GET /api/users (2.2): who has this email or phone, in whatever case it is written. Not kept."""
        field, value = ("primaryEmail", recipient) if "@" in recipient else ("primaryPhone", digits(recipient))
        params: dict[str, str | int] = {f"search.{field}": value, f"mode.{field}": "exact", "page_size": 1}
        found = self.transport.fetch_list("GET", "/api/users", params=params)
        return Person.from_api(found[0]) if found else None

    def can_link(self, connector: Connector) -> bool:
        """Whether the Management API can link this connector, as far as its kind and its own answers tell (5.3)."""
        return connector.is_linkable and time.monotonic() >= self._unlinkable_until.get(connector.id, 0.0)

    def found_unlinkable(self, connector_id: str) -> None:
        """The connector answered 501: that is final, whatever its kind promised."""
        self._unlinkable_until[connector_id] = time.monotonic() + UNLINKABLE_SECONDS

    def start(self, call: Callable[[], T], *, seconds: float = PAGE_SECONDS) -> Part[T]:
        """Begins `call` beside others of this tenant; its result is worth waiting for `seconds` from now."""
        return self._pool.start(call, seconds=seconds)

    def settle(self) -> None:
        """Waits for every call that has begun and drops the others."""
        self._pool.settle()

    def warm(self) -> None:
        """Begins loading whatever is due and does not wait: a page that needs several values waits for one at most."""
        for cached in self._cached:
            if cached.is_due():
                self.start(cached)

    def _cache(self, read: Callable[[], T]) -> Cached[T]:
        cached: Cached[T] = Cached(read, life_seconds=lambda _: LIFE_SECONDS, stale_seconds=STALE_SECONDS)
        self._cached.append(cached)  # type: ignore[arg-type]  # only ever asked whether it is due, and loaded
        return cached

    def _read_sign_in_experience(self) -> SignInExperience:
        """GET /api/sign-in-exp (4.4)."""
        return SignInExperience.from_api(self.transport.fetch_object("GET", "/api/sign-in-exp"))

    def _read_public_sign_in_experience(self) -> PublicSignInExperience:
        """GET /api/.well-known/sign-in-exp (4.5)."""
        return PublicSignInExperience.from_api(
            self.transport.fetch_object("GET", "/api/.well-known/sign-in-exp", public=True)
        )

    def _read_connectors(self) -> tuple[Connector, ...]:
        """GET /api/connectors (5.1): its secrets are dropped before anything is kept."""
        return tuple(Connector.from_api(one) for one in self.transport.fetch_list("GET", "/api/connectors"))

    def _read_account_center(self) -> AccountCenter:
        """GET /api/account-center (4.5). Off means that everybody may edit: only a plain no is one."""
        source = self.transport.fetch_object("GET", "/api/account-center")
        # guard: account-center-says-whether-it-is-on
        if not isinstance(source.get("enabled"), bool):
            raise Unavailable("GET", "/api/account-center", status=200, code="answer.unexpected", answered=True)
        return AccountCenter.from_api(source)

    def _read_custom_profile_fields(self) -> tuple[CustomProfileField, ...]:
        """GET /api/custom-profile-fields (16), in the tenant's order."""
        fields = [
            CustomProfileField.from_api(one) for one in self.transport.fetch_list("GET", "/api/custom-profile-fields")
        ]
        return tuple(sorted(fields, key=lambda field: field.order))

    def _read_applications(self) -> Mapping[str, Application]:
        """GET /api/applications (14.1): by id, without their secrets."""
        applications = (Application.from_api(one) for one in self.transport.fetch_list("GET", "/api/applications"))
        return {application.id: application for application in applications}

    def _read_storage(self) -> ServiceStatus:
        """GET /api/user-assets/service-status (13)."""
        return ServiceStatus.from_api(self.transport.fetch_object("GET", "/api/user-assets/service-status"))


_tenants: dict[Site, Tenant] = {}
_lock = threading.Lock()


def _forget_after_fork() -> None:
    """Connections and locks of the process before must not be shared with it."""
    global _tenants, _lock
    _tenants, _lock = {}, threading.Lock()


os.register_at_fork(after_in_child=_forget_after_fork)
