"""Which devices and places a person has signed in from before, as far as Logto's log of sign-ins goes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, Self

from django.utils import timezone

from settings_app.device import families
from settings_app.logto.account import Account
from settings_app.logto.types import LogPage

Kind = tuple[tuple[str, str], str, str]  # browser and system, city, country

UNKNOWN = families("")
SIGN_IN = "Interaction.SignIn.Submit"
NEW_FOR = timedelta(days=7)


class SignedIn(Protocol):
    """A sign-in, as the log or the list of sessions tells it."""

    @property
    def user_agent(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def country(self) -> str: ...


@dataclass(frozen=True)
class KnownDevices:
    """When each kind of device was first seen at each place; `since` is the oldest sign-in that is known at all.

    A place is told apart only where Logto names it: a network address changes with every walk through town.
    """

    first: dict[Kind, datetime]
    since: datetime | None

    @classmethod
    def of(cls, *pages: LogPage | None) -> Self:
        """None stands for what could not be read."""
        first: dict[Kind, datetime] = {}
        for entry in (entry for page in pages if page for entry in page.entries):
            if entry.event == SIGN_IN and not entry.is_refused and entry.at is not None:
                kind = kind_of(entry)
                first[kind] = min(entry.at, first.get(kind, entry.at))
        return cls(first, min(first.values(), default=None))

    def was_new(self, one: SignedIn, at: datetime | None) -> bool:
        """Whether the sign-in `at` that moment was the first from such a device, and others had come before."""
        if at is None or self.since is None or families(one.user_agent) == UNKNOWN:
            return False
        # A session and its row in the log differ by moments.
        seen = self.first.get(kind_of(one), at)
        return seen > at - timedelta(minutes=1) and self.since < at - timedelta(minutes=1)

    def is_new(self, one: SignedIn, at: datetime | None) -> bool:
        """The same, of the last days."""
        return at is not None and at > timezone.now() - NEW_FOR and self.was_new(one, at)


NOTHING_KNOWN = KnownDevices({}, None)


def kind_of(one: SignedIn) -> Kind:
    return families(one.user_agent), one.city, one.country


def sign_ins(account: Account) -> Callable[[], LogPage]:
    """The newest sign-ins, for `Reads`."""
    return lambda: account.log(until_ms=int(timezone.now().timestamp() * 1000), event=SIGN_IN)
