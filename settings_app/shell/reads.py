"""What pages read from Logto, by name: a page made of several sections reads each thing once, all at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from settings_app.logto.account import Account
from settings_app.logto.parallel import Part
from settings_app.logto.types import (
    AccountCenter,
    ApiResource,
    Application,
    Connector,
    CustomProfileField,
    Factor,
    Grant,
    LogtoConfig,
    LogtoSession,
    Organization,
    OrganizationRole,
    Permission,
    PersonalAccessToken,
    PublicSignInExperience,
    Role,
    ServiceStatus,
    SignInExperience,
)
from settings_app.safeguards import confirmation

A = TypeVar("A")
View = TypeVar("View", bound=Callable[..., Any])
T = TypeVar("T")
Read = Callable[[Account], Callable[[], T]]  # gives the call to make for an account


def factors(account: Account) -> Callable[[], tuple[Factor, ...]]:
    return account.factors


def configuration(account: Account) -> Callable[[], LogtoConfig]:
    return account.configuration


def organizations_require_two_step(account: Account) -> Callable[[], bool]:
    return account.organizations_require_two_step


def asks_for_factor(account: Account) -> Callable[[], bool]:
    return lambda: confirmation.asks_for_factor(account)


def organizations(account: Account) -> Callable[[], tuple[Organization, ...]]:
    return account.organizations


def organization_roles(account: Account) -> Callable[[], Mapping[str, OrganizationRole]]:
    return account.tenant.organization_roles


def permission_descriptions(account: Account) -> Callable[[], Mapping[str, str]]:
    return account.tenant.permission_descriptions


def access_tokens(account: Account) -> Callable[[], tuple[PersonalAccessToken, ...]]:
    return account.personal_access_tokens


def sessions(account: Account) -> Callable[[], tuple[LogtoSession, ...]]:
    return account.sessions


def account_center(account: Account) -> Callable[[], AccountCenter]:
    return account.tenant.account_center


def grants(account: Account) -> Callable[[], tuple[Grant, ...]]:
    return account.grants


def roles(account: Account) -> Callable[[], tuple[Role, ...]]:
    return account.roles


def applications(account: Account) -> Callable[[], Mapping[str, Application]]:
    return account.tenant.applications


def api_resources(account: Account) -> Callable[[], tuple[ApiResource, ...]]:
    return account.tenant.api_resources


def organization_scopes(account: Account) -> Callable[[], tuple[Permission, ...]]:
    return account.tenant.organization_scopes


def connectors(account: Account) -> Callable[[], tuple[Connector, ...]]:
    return account.tenant.connectors


def custom_profile_fields(account: Account) -> Callable[[], tuple[CustomProfileField, ...]]:
    return account.tenant.custom_profile_fields


def public_sign_in_experience(account: Account) -> Callable[[], PublicSignInExperience]:
    return account.tenant.public_sign_in_experience


def sign_in_experience(account: Account) -> Callable[[], SignInExperience]:
    return account.tenant.sign_in_experience


def storage(account: Account) -> Callable[[], ServiceStatus]:
    return account.tenant.storage


def begins(*wanted: Read[Any]) -> Callable[[View], View]:
    """For a view that looks at `request.begun`: read while its gates decide, so that the page waits for Logto once."""

    def decorate(view: View) -> View:
        view.begins = wanted  # type: ignore[attr-defined]  # as Django marks views itself
        return view

    return decorate


class Reads:
    """The answers of one page; a `read` that was not wanted from the beginning is a `KeyError`."""

    def __init__(self, account: Account, wanted: Iterable[Read[Any]]) -> None:
        self._parts = {read: account.tenant.start(read(account)) for read in dict.fromkeys(wanted)}
        self._known: dict[Callable[..., Any], Any] = {}

    def __getitem__(self, read: Read[T]) -> T:
        """The answer; raises its `LogtoError`."""
        return self.part(read).required()

    def part(self, read: Read[T]) -> Part[T]:
        return self._parts[read]

    def once(self, ask: Callable[[A], T], about: A) -> T:
        """What this site knows itself, such as its database: asked for once, by whichever section comes first."""
        if ask not in self._known:
            self._known[ask] = ask(about)
        known: T = self._known[ask]
        return known
