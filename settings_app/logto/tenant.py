"""What belongs to a site's tenant and to no person: policies, connectors, fields, applications; kept for a while."""

from __future__ import annotations

import copy
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from settings_app.sites import Site

from .account import Account, digits
from .cache import Cached
from .errors import NotFound, Unavailable
from .parallel import PAGE_SECONDS, Part, Pool
from .paths import is_id, literally, path
from .read_only import ReadOnlyTransport
from .transport import PAGE_SIZE, Transport, unexpected
from .types import (
    AccountCenter,
    ApiResource,
    Appearance,
    Application,
    ApplicationLook,
    Connector,
    ConsentScopes,
    CustomProfileField,
    LogEntry,
    LogPage,
    OrganizationLooks,
    OrganizationRole,
    People,
    Permission,
    Person,
    PublicSignInExperience,
    ServiceStatus,
    SignInExperience,
)

T = TypeVar("T")

PHONE_NUMBER = re.compile(r"\+?[0-9][0-9 ()./-]{3,}")

LIFE_SECONDS = 60.0  # a change in Logto's console shows here after a minute at most
STALE_SECONDS = 3600.0  # how much longer the last known values serve when Logto is down
MOST_KEPT = 1000  # organizations, roles and applications, each with a value of its own
MOST_NAMED = 100  # people in one answer (docs/logto.md 0.5)
SENDS_AT_ONCE = 8
LOOKS_SECONDS = 2.0  # how long a list waits for the names that apps give themselves
UNLINKABLE_SECONDS = 3600.0  # how long a 501 of a connector is believed


class Tenant:
    """One site's tenant, for this process. Reads are kept in memory; every method may raise a `LogtoError`."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.transport = Transport(site)
        self._pool = Pool()
        self._sends = Pool(threads=SENDS_AT_ONCE)
        self._cached: list[Cached[object]] = []
        self._unlinkable_until: dict[str, float] = {}
        self.sign_in_experience = self._cache(self._read_sign_in_experience)
        self.public_sign_in_experience = self._cache(self._read_public_sign_in_experience)
        self.connectors = self._cache(self._read_connectors)
        self.account_center = self._cache(self._read_account_center)
        self.custom_profile_fields = self._cache(self._read_custom_profile_fields)
        self.applications = self._cache(self._read_applications)
        self.storage = self._cache(self._read_storage)
        # Asked for by few pages, so no other one begins loading them.
        self.api_resources = self._cache(self._read_api_resources, is_warmed=False)
        self.organization_scopes = self._cache(self._read_organization_scopes, is_warmed=False)
        self._application_looks: dict[str, Cached[ApplicationLook]] = {}
        self._consent_scopes: dict[str, Cached[ConsentScopes]] = {}
        self.organization_roles = self._cache(self._read_organization_roles, is_warmed=False)
        self.permission_descriptions = self._cache(self._read_permission_descriptions, is_warmed=False)
        self._looks: dict[str, Cached[OrganizationLooks]] = {}
        self._permissions: dict[str, Cached[tuple[Permission, ...]]] = {}

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

    def read_only(self, user_id: str) -> Tenant:
        """This tenant for whoever looks at the account of one person and may change nothing, there or elsewhere."""
        looked_at = copy.copy(self)
        looked_at.transport = ReadOnlyTransport(self.transport, user_id)
        return looked_at

    def application(self, application_id: str) -> Application:
        """GET /api/applications/{id} (14.1), not kept."""
        return Application.from_api(self.transport.fetch_object("GET", path("/api/applications/{id}", application_id)))

    def look_of(self, application_id: str) -> Cached[ApplicationLook]:
        """GET /api/applications/{id}/sign-in-experience (14.4), kept. An empty one where there never was any."""

        def load() -> ApplicationLook:
            address = path("/api/applications/{application}/sign-in-experience", application_id)
            try:
                return ApplicationLook.from_api(self.transport.fetch_object("GET", address))
            except NotFound as error:
                if not error.code:
                    raise
                return ApplicationLook()

        return self._one_of(self._application_looks, application_id, load)

    def consent_scopes_of(self, application_id: str) -> Cached[ConsentScopes]:
        """GET /api/applications/{id}/user-consent-scopes (14.2), kept. Nothing for one that is no application."""

        def load() -> ConsentScopes:
            address = path("/api/applications/{application}/user-consent-scopes", application_id)
            try:
                return ConsentScopes.from_api(self.transport.fetch_object("GET", address))
            except NotFound as error:
                if not error.code:
                    raise
                return ConsentScopes()

        return self._one_of(self._consent_scopes, application_id, load)

    def looks_of(self, application_ids: Iterable[str]) -> Mapping[str, ApplicationLook]:
        """Those that are known or can be loaded in time, all at once."""
        wanted = {one: self.start(self.look_of(one), seconds=LOOKS_SECONDS) for one in application_ids}
        return {one: part.value or ApplicationLook() for one, part in wanted.items()}

    def fallback_language(self) -> str:
        """The tag of the language that the tenant speaks where no other one fits; empty while that is not known."""
        experience = self.public_sign_in_experience.kept()
        return experience.fallback_language if experience else ""

    def log(self, event: str, *, since_ms: int, until_ms: int, page: int = 1) -> LogPage:
        """GET /api/logs (9): what happened to everybody at Logto, of one `event`, newest first. Both moments count."""
        params: dict[str, str | int] = {"logKey": event, "start_time": since_ms, "end_time": until_ms}
        params |= {"page": page, "page_size": PAGE_SIZE, "enableCap": "true"}
        rows = self.transport.fetch_list("GET", "/api/logs", params=params)
        entries = tuple(LogEntry.from_api(one) for one in rows)
        return LogPage(tuple(one for one in entries if one.event == event), is_last=len(rows) < PAGE_SIZE)

    def holder_of(self, recipient: str) -> Person | None:
        """GET /api/users (2.2): who has this email or phone, in whatever case it is written. Not kept."""
        field, value = ("primaryEmail", recipient) if "@" in recipient else ("primaryPhone", digits(recipient))
        params: dict[str, str | int] = {f"search.{field}": value, f"mode.{field}": "exact", "page_size": 1}
        found = self.transport.fetch_list("GET", "/api/users", params=params)
        return Person.from_api(found[0]) if found else None

    def names_of(self, user_ids: Iterable[str]) -> Mapping[str, str]:
        """GET /api/users (2.2): what these people call themselves, by id; nobody who is gone. Not kept."""
        wanted = sorted(set(user_ids))[:MOST_NAMED]
        # Whoever looks at one account is told of nobody else.
        if not wanted or isinstance(self.transport, ReadOnlyTransport):
            return {}
        params: dict[str, str | int | list[str]] = {"search.id": wanted, "mode.id": "exact", "page_size": MOST_NAMED}
        found = [Person.from_api(one) for one in self.transport.fetch_list("GET", "/api/users", params=params)]
        # guard: only-those-asked-for-are-named
        found = [one for one in found if one.id in wanted]
        return {one.id: one.own_name for one in found}

    def organization(self, organization_id: str) -> Cached[OrganizationLooks]:
        """GET /api/organizations/{id} (10), kept."""

        def load() -> OrganizationLooks:
            address = path("/api/organizations/{organization}", organization_id)
            return OrganizationLooks.from_api(self.transport.fetch_object("GET", address))

        return self._one_of(self._looks, organization_id, load)

    def role_permissions(self, role_id: str) -> Cached[tuple[Permission, ...]]:
        """GET /api/roles/{id}/scopes (11.1), kept: what a role of the tenant permits."""

        def load() -> tuple[Permission, ...]:
            found = self.transport.fetch_list("GET", path("/api/roles/{role}/scopes", role_id))
            return tuple(Permission.from_api(one) for one in found)

        return self._one_of(self._permissions, role_id, load)

    def find_people(self, term: str, *, page: int, size: int) -> People:
        """GET /api/users (2.2): whose id, name, username, email or phone holds `term`, the newest first. Not kept."""
        wanted = digits(term) if PHONE_NUMBER.fullmatch(term) else term
        params: dict[str, str | int] = {"search": f"%{literally(wanted)}%", "page": page, "page_size": size}
        answer = self.transport.answer("GET", "/api/users", params=params)
        if not isinstance(answer.body, list):
            raise unexpected("GET", "/api/users", answer)
        found = [one for one in map(Person.from_api, answer.body) if is_id(one.id)]
        return People(tuple(found), answer.total or len(found))

    def can_link(self, connector: Connector) -> bool:
        """Whether the Management API can link this connector, as far as its kind and its own answers tell (5.3)."""
        return connector.is_linkable and time.monotonic() >= self._unlinkable_until.get(connector.id, 0.0)

    def found_unlinkable(self, connector_id: str) -> None:
        """The connector answered 501: that is final, whatever its kind promised."""
        self._unlinkable_until[connector_id] = time.monotonic() + UNLINKABLE_SECONDS

    def start(self, call: Callable[[], T], *, seconds: float = PAGE_SECONDS) -> Part[T]:
        """Begins `call` beside others of this tenant; its result is worth waiting for `seconds` from now."""
        return self._pool.start(call, seconds=seconds, ahead=self._answers_at_once(call))

    def _answers_at_once(self, call: Callable[[], object]) -> bool:
        """Whether nothing stands before `call` that it would wait for: then it needs no thread."""
        if isinstance(call, Cached) or any(cached.is_due() for cached in self._cached):
            return False
        return self.transport.sends_at_once()

    def begin(self, send: Callable[[], None]) -> Future[None]:
        """Begins a call that nobody needs to wait for; those that hang keep no read of a page from a thread."""
        return self._sends.begin(send)

    def settle(self) -> None:
        """Waits for every call that has begun and drops the others."""
        self._pool.settle()
        self._sends.settle()

    def warm(self) -> None:
        """Begins loading whatever is due and does not wait: a page that needs several values waits for one at most."""
        for cached in self._cached:
            if cached.is_due():
                self.start(cached)

    def _cache(self, read: Callable[[], T], *, is_warmed: bool = True) -> Cached[T]:
        cached: Cached[T] = Cached(read, life_seconds=lambda _: LIFE_SECONDS, stale_seconds=STALE_SECONDS)
        if is_warmed:
            self._cached.append(cached)  # type: ignore[arg-type]  # only ever asked whether it is due, and loaded
        return cached

    def _one_of(self, kept: dict[str, Cached[T]], key: str, read: Callable[[], T]) -> Cached[T]:
        """The value kept under `key`, of as many as a tenant can have."""
        if key not in kept:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[key] = self._cache(read, is_warmed=False)
        return kept.get(key) or self._cache(read, is_warmed=False)  # another thread may have cleared them

    def _read_sign_in_experience(self) -> SignInExperience:
        """GET /api/sign-in-exp (4.4)."""
        return SignInExperience.from_api(self.transport.fetch_object("GET", "/api/sign-in-exp"))

    def _read_public_sign_in_experience(self) -> PublicSignInExperience:
        """GET /api/.well-known/sign-in-exp (4.5)."""
        source = self.transport.fetch_object("GET", "/api/.well-known/sign-in-exp", public=True)
        return replace(PublicSignInExperience.from_api(source), appearance=Appearance.from_api(source))

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

    def _read_organization_roles(self) -> Mapping[str, OrganizationRole]:
        """GET /api/organization-roles (10): by id, with what each permits, without descriptions of that."""
        roles = (OrganizationRole.from_api(one) for one in self.transport.fetch_pages("/api/organization-roles"))
        return {role.id: role for role in roles}

    def _read_permission_descriptions(self) -> Mapping[str, str]:
        """GET /api/organization-scopes, GET /api/resources (14.5): what each permission is, in the tenant's words."""
        scopes, apis = self.start(self.organization_scopes), self.api_resources()
        found = [*scopes.required(), *(scope for api in apis for scope in api.scopes)]
        return {one.id: one.description for one in found if one.description}

    def _read_api_resources(self) -> tuple[ApiResource, ...]:
        """GET /api/resources (14.5)."""
        found = self.transport.fetch_list("GET", "/api/resources", params={"includeScopes": "true"})
        return tuple(ApiResource.from_api(one) for one in found)

    def _read_organization_scopes(self) -> tuple[Permission, ...]:
        """GET /api/organization-scopes (14.5)."""
        found = self.transport.fetch_list("GET", "/api/organization-scopes")
        return tuple(Permission.from_api(one) for one in found)

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
