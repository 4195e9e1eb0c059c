"""The person's sessions at Logto as devices: which one is this, what each is called, what stands above the fold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Self

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.actor import Actor
from settings_app.device import kind_of_agent, name_of_agent
from settings_app.formats import Formats
from settings_app.logto.types import LogtoSession
from settings_app.safeguards.sessions import is_this_browsers
from settings_app.shell.earlier_sign_ins import NOTHING_KNOWN, EarlierSignIns
from settings_app.shell.items import Fact, Item
from settings_app.shell.own_addresses import address_of
from settings_app.shell.rows import Badge

MOST_ABOVE_THE_FOLD = 10
MOST_APPS_NAMED = 3
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
PART_OF_AN_ADDRESS = re.compile(r"[A-Za-z0-9_-]+")


PLACE = "UID"  # in an address, where that of a session will stand


@dataclass(frozen=True)
class SaidOfEach:
    """What is said of each device of a list, looked up once for all of them."""

    now: datetime
    signed_in: str
    place_not_known: str
    used_in: str

    @classmethod
    def of_now(cls) -> Self:
        return cls(timezone.now(), _("Signed in %(signed_in)s"), _("Location not known"), _("Used in %(names)s"))


@dataclass(frozen=True)
class Device:
    """One sign-in, as components and pages show it. `name` is empty where nobody told what it is."""

    session: LogtoSession
    name: str
    formats: Formats
    app_names: Mapping[str, str]
    words: SaidOfEach
    is_this: bool = False
    is_new: bool = False
    is_one_of_several: bool = False  # of the same name

    @property
    def title(self) -> str:
        return self.name or _("Unknown device")

    @property
    def icon(self) -> str:
        return kind_of_agent(self.session.user_agent) or "devices"

    @property
    def at(self) -> datetime | None:
        return self.session.signed_in_at

    @cached_property
    def place(self) -> str:
        """`Stockholm, Sweden`; empty where Logto was told none."""
        country = self.formats.country(self.session.country)
        return self.formats.in_a_row((self.session.city, country))

    @property
    def apps(self) -> list[str]:
        """The names of the apps it is used in, but for those that are gone or have none."""
        ids = (entry.application_id for entry in self.session.authorizations)
        return sorted({self.app_names[one] for one in ids if self.app_names.get(one)}, key=str.casefold)

    @property
    def can_be_ended(self) -> bool:
        return bool(PART_OF_AN_ADDRESS.fullmatch(self.session.uid))

    def item(self, end_address: str = "", end_words: str = "") -> Item:
        """As lists show it. What cannot be signed out, at this address with the session in its PLACE, says why."""
        ends, can_be_ended = end_address and not self.is_this, self.can_be_ended
        return Item(
            title=self.title,
            icon=self.icon,
            facts=self.facts,
            hints=(*self.used_in, *((self.why_not_ended(),) if ends and not can_be_ended else ())),
            badge=self.badge,
            url=end_address.replace(PLACE, self.session.uid) if ends and can_be_ended else "",
            action=end_words,
            told_apart=self.formats.in_a_row((self.title, *(str(fact.text) for fact in self.facts)))
            if self.is_one_of_several
            else "",
        )

    @property
    def badge(self) -> Badge | None:
        if self.is_this:
            return Badge(_("This device"), "ok")
        return Badge(_("New"), "warn") if self.is_new else None

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        found = []
        if self.at:
            said = self.formats.moment(self.at, now=self.words.now, in_sentence=True)
            found.append(Fact(self.words.signed_in % {"signed_in": said}, at=self.at))
        found.append(Fact(self.place, is_own=True) if self.place else Fact(self.words.place_not_known))
        if self.session.address:
            found.append(Fact(self.session.address, ltr=True))
        return tuple(found)

    @property
    def used_in(self) -> tuple[str, ...]:
        """In which apps; nothing where none has a name."""
        apps = self.apps
        named, more = self.formats.in_a_row(apps[:MOST_APPS_NAMED]), len(apps[MOST_APPS_NAMED:])
        if not named:
            return ()
        if not more:
            return (self.words.used_in % {"names": named},)
        words = ngettext("Used in %(names)s and %(more)s more app", "Used in %(names)s and %(more)s more apps", more)
        return (words % {"names": named, "more": more},)

    def why_not_ended(self) -> str:
        if not self.session.expires_at:
            return _("We can’t sign this one out. It ends by itself.")
        ends = self.formats.day(self.session.expires_at)
        return _("We can’t sign this one out. It ends by itself on %(ends)s.") % {"ends": ends}

    @property
    def kind(self) -> tuple[str, str]:
        """Of those that are the same here, only the newest stands above the fold."""
        return self.name, self.session.application_id


def items_of(devices: Iterable[Device], *, can_end: bool) -> list[Item]:
    """A list of them: where one is signed out, and how that is called, is looked up once for all."""
    end_address, end_words = address_of("sessions_end", PLACE) if can_end else "", _("Sign out")
    return [device.item(end_address, end_words) for device in devices]


@dataclass(frozen=True)
class Devices:
    """This one first, then the newest. `shown` has the newest of each kind, `older` everything else."""

    every: tuple[Device, ...]
    shown: tuple[Device, ...]
    older: tuple[Device, ...]

    @classmethod
    def of(
        cls,
        actor: Actor,
        sessions: Iterable[LogtoSession],
        app_names: Mapping[str, str] | None = None,
        known: EarlierSignIns = NOTHING_KNOWN,
    ) -> Self:
        words = SaidOfEach.of_now()
        live = [(one, name_of_agent(one.user_agent)) for one in sessions if not one.is_dead]
        times = Counter(name for _one, name in live)
        found = [
            Device(
                one,
                name,
                actor.formats,
                app_names or {},
                words,
                is_this=is_this_browsers(actor, one),
                is_new=known.is_new(one, one.signed_in_at),
                is_one_of_several=times[name] > 1,
            )
            for one, name in live
        ]
        found.sort(key=lambda device: device.at or LONG_AGO, reverse=True)
        every = sorted(found, key=lambda device: not device.is_this)
        shown: list[Device] = []
        older: list[Device] = []
        kinds: set[tuple[str, str]] = set()
        for device in every:
            above = device.is_this or (device.kind not in kinds and len(shown) < MOST_ABOVE_THE_FOLD)
            (shown if above else older).append(device)
            if above and not device.is_this:
                kinds.add(device.kind)
        return cls(tuple(every), tuple(shown), tuple(older))

    @property
    def knows_this(self) -> bool:
        return any(device.is_this for device in self.every)

    @property
    def others(self) -> int:
        return sum(not device.is_this for device in self.every)

    @property
    def has_places(self) -> bool:
        return any(device.place for device in self.every)

    @property
    def new(self) -> list[Device]:
        """Those that nobody has seen before, but for this one."""
        return [device for device in self.every if device.is_new and not device.is_this]

    def by_uid(self, uid: str) -> Device | None:
        return next((device for device in self.every if device.session.uid == uid), None)
