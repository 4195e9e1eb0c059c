"""Which devices and places a person has signed in from before, as far as Logto's log of sign-ins goes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, Self

from django.utils import timezone

from settings_app.device import families
from settings_app.logto.account import Account
from settings_app.logto.types import LogPage

Families = tuple[str, str]  # browser and system
Kind = tuple[Families, str, str]  # with city and country

UNKNOWN: Families = ("Other", "Other")  # as the parser calls what it does not know
SIGN_IN = "Interaction.SignIn.Submit"
NEW_FOR = timedelta(days=7)
LOG_SECONDS = 2.0


class EarlierSignIn(Protocol):
    """A sign-in, as the log or the list of sessions tells it."""

    @property
    def user_agent(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def country(self) -> str: ...


@dataclass(frozen=True)
class EarlierSignIns:
    """When each kind of device was first seen, at each place and at all; `since` is the oldest sign-in that is known.

    A place is told apart only where Logto names it, for this sign-in and the earlier ones: a network address changes
    with every walk through town.
    """

    first: Mapping[Kind, datetime]
    ever: Mapping[Families, datetime]
    since: datetime | None

    @classmethod
    def of(cls, *pages: LogPage | None) -> Self:
        """None stands for what could not be read."""
        first: dict[Kind, datetime] = {}
        ever: dict[Families, datetime] = {}
        for entry in (entry for page in pages if page for entry in page.entries):
            if entry.event == SIGN_IN and not entry.is_refused and entry.at is not None:
                kind = kind_of(entry)
                first[kind] = min(entry.at, first.get(kind, entry.at))
                ever[kind[0]] = min(entry.at, ever.get(kind[0], entry.at))
        return cls(first, ever, min(ever.values(), default=None))

    def was_new(self, one: EarlierSignIn, at: datetime | None, *, within: timedelta = timedelta(0)) -> bool:
        """Whether the sign-in `at` that moment was the first from such a device, and others had come before."""
        if at is None or self.since is None or families(one.user_agent) == UNKNOWN:
            return False
        return self._seen(one, at) >= at - within and self.since < at - within

    def is_new(self, one: EarlierSignIn, at: datetime | None) -> bool:
        """The same of a session of the last days, whose row in the log is of moments earlier or later."""
        is_lately = at is not None and at > timezone.now() - NEW_FOR
        return is_lately and self.was_new(one, at, within=timedelta(minutes=1))

    def _seen(self, one: EarlierSignIn, at: datetime) -> datetime:
        family, city, country = kind_of(one)
        if not city and not country:
            return self.ever.get(family, at)
        return min(self.first.get(kind, at) for kind in ((family, city, country), (family, "", "")))


NOTHING_KNOWN = EarlierSignIns({}, {}, None)


def kind_of(one: EarlierSignIn) -> Kind:
    return families(one.user_agent), one.city, one.country


def sign_ins(account: Account) -> Callable[[], LogPage]:
    """The newest sign-ins, for `Reads`: of pages that say less without them, and must not wait for them."""
    until_ms = int(timezone.now().timestamp() * 1000)
    return lambda: account.log(until_ms=until_ms, event=SIGN_IN, timeout=LOG_SECONDS)
