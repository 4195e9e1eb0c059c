"""The access tokens that a person has, as pages show them. Their secrets ended where Logto's answer was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from settings_app import typed
from settings_app.logto.account import Account
from settings_app.logto.types import PersonalAccessToken
from settings_app.safeguards.encryption import digest

MARK_LENGTH = 24


def offered(account: Account) -> Callable[[], tuple[PersonalAccessToken, ...]]:
    """A read for gathering pages, which asks for nothing where there is nothing to show."""
    return account.personal_access_tokens if account.tenant.site.access_tokens else tuple


@dataclass(frozen=True)
class HeldToken:
    token: PersonalAccessToken

    @property
    def name(self) -> str:
        return typed.line(self.token.name) or _("Unnamed token")

    @property
    def mark(self) -> str:
        """Stands for it in addresses: its name may hold anything, and another one may have had it before."""
        made = self.token.created_at.isoformat() if self.token.created_at else ""
        return digest("access-token", self.token.name, made)[:MARK_LENGTH]

    @property
    def has_expired(self) -> bool:
        return self.token.expires_at is not None and self.token.expires_at <= timezone.now()


def held(tokens: Iterable[PersonalAccessToken]) -> list[HeldToken]:
    """Newest first."""
    made = sorted(tokens, key=lambda one: one.created_at.timestamp() if one.created_at else 0.0, reverse=True)
    return [HeldToken(one) for one in made]


def by_mark(tokens: Iterable[PersonalAccessToken], mark: str) -> HeldToken | None:
    return next((one for one in held(tokens) if one.mark == mark), None)
