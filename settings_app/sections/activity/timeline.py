"""Two sources in one list: Logto's log, which comes in pages, and this site's trail.

A page of the list is named by the newest millisecond that may stand on it, so what arrives meanwhile moves nothing, and
no millisecond is ever cut in two. It ends where one of the sources was read no further: nothing older is shown then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import attrgetter

from django.utils import timezone

from settings_app.actor import Actor
from settings_app.logto.account import Account
from settings_app.logto.errors import LogtoError
from settings_app.logto.parallel import Part
from settings_app.logto.types import LogEntry, LogPage
from settings_app.safeguards import audit
from settings_app.sections.activity import here
from settings_app.sections.activity.at_logto import NAMES, STEPS_TAKE, Teller
from settings_app.sections.activity.events import ActivityKind, Event, in_ms, moment
from settings_app.shell.earlier_sign_ins import SIGN_IN
from settings_app.shell.reads import Reads, applications

LINES = 30
LOG_PAGES = 2  # of Logto's hundred rows each, read at once; where every kind is wanted most of them are noise
TRAIL_ROWS = 100
AHEAD = timedelta(minutes=5)  # Logto's clock may be before ours


@dataclass(frozen=True)
class Wanted:
    """What is asked for; moments in ms since 1970, `since_ms` 0 for the beginning."""

    until_ms: int
    since_ms: int = 0
    kind: ActivityKind | None = None

    @classmethod
    def now(cls, kind: ActivityKind | None = None) -> Wanted:
        return cls(in_ms(timezone.now() + AHEAD), kind=kind)


@dataclass(frozen=True)
class TimelineLine:
    """The newest of some events that differ in nothing but their moment, on one day."""

    event: Event
    times: int = 1


@dataclass(frozen=True)
class Stretch:
    """Lines, newest first. `older_ms` is where the next page begins, None at the end; `failure` what Logto refused."""

    lines: tuple[TimelineLine, ...]
    older_ms: int | None
    failure: LogtoError | None = None


class LogReading:
    """Logto's rows, being read: one run of pages for everything, or the first page of each name of a kind."""

    def __init__(self, account: Account, wanted: Wanted, *, first_page: int = 1, pages: int = LOG_PAGES) -> None:
        def start(event: str, page: int) -> Part[LogPage]:
            return account.tenant.start(
                lambda: account.log(until_ms=wanted.until_ms, since_ms=wanted.since_ms, event=event, page=page)
            )

        names = NAMES[wanted.kind] if wanted.kind else ("",)
        numbers = range(first_page, first_page + (1 if wanted.kind else pages))
        self._runs = [[start(name, page) for page in numbers] for name in names]

    @property
    def failure(self) -> LogtoError | None:
        return next((part.error for run in self._runs for part in run if part.error), None)

    @property
    def pages(self) -> list[LogPage]:
        return [part.value for run in self._runs for part in run if part.value]

    @property
    def rows(self) -> list[LogEntry]:
        return [row for page in self.pages for row in page.entries]

    @property
    def complete_from_ms(self) -> int:
        """From this moment on nothing is missing; 0 where everything was read."""
        ends = (run[-1].value for run in self._runs)
        # Older rows of the last one's own millisecond may be on the page after it.
        return max((end.oldest_ms + 1 for end in ends if end and not end.is_last), default=0)


def read(actor: Actor, wanted: Wanted) -> Stretch:
    """One page of the list, for whoever shows it."""
    reads, reading = Reads(actor.account, (applications,)), LogReading(actor.account, wanted)
    # A sign-in that went on after the end of this page is no longer one that stopped.
    until_ms = wanted.until_ms + STEPS_TAKE.seconds * 1000
    sign_ins = actor.tenant.start(lambda: actor.account.log(until_ms=until_ms, event=SIGN_IN))
    bool(actor.person)  # without the person there is no list; a part of it is not what failed
    teller = Teller(actor.formats, reads.part(applications).value or {}, sign_ins.value, actor.site.app_id)
    return stretch(actor, wanted, reading, teller)


def stretch(actor: Actor, wanted: Wanted, reading: LogReading, teller: Teller) -> Stretch:
    """One page of the list. When Logto's part cannot be read, the rest stands."""
    failure = reading.failure
    events = [] if failure else teller.events(reading.rows)
    from_ms = 0 if failure else reading.complete_from_ms
    if wanted.kind is not ActivityKind.APPS:
        trail, trail_from_ms = of_trail(actor, wanted, teller)
        events, from_ms = events + trail, max(from_ms, trail_from_ms)
    # A page that can show nothing at all still has to lead on.
    from_ms = min(from_ms, wanted.until_ms)
    lines, cut_ms = lines_of(actor, in_order(events, wanted, from_ms))
    older_ms = cut_ms if cut_ms is not None else from_ms - 1 if from_ms > wanted.since_ms else None
    return Stretch(tuple(lines), older_ms, failure)


def of_trail(actor: Actor, wanted: Wanted, teller: Teller) -> tuple[list[Event], int]:
    """This site's events, and from when on none is missing."""
    since = moment(wanted.since_ms) if wanted.since_ms else None
    until = moment(wanted.until_ms + 1) - timedelta(microseconds=1)  # the last one of that millisecond
    rows = audit.trail(actor, until=until, since=since, most=TRAIL_ROWS)
    from_ms = in_ms(rows[-1].started_at) + 1 if len(rows) == TRAIL_ROWS else 0
    return here.events(rows, teller.app), from_ms


def in_order(events: Iterable[Event], wanted: Wanted, from_ms: int) -> list[Event]:
    """Newest first, those that are wanted and not older than what was read of every source."""
    kept = [one for one in events if wanted.since_ms <= one.at_ms <= wanted.until_ms]
    # guard: nothing-older-than-what-was-read
    kept = [one for one in kept if one.at_ms >= from_ms]
    kept = [one for one in kept if wanted.kind in (None, one.kind)]
    return sorted(kept, key=lambda one: (one.at_ms, one.id), reverse=True)


def lines_of(actor: Actor, events: list[Event]) -> tuple[list[TimelineLine], int | None]:
    """Up to LINES lines, and the moment of the first event that has no place among them."""
    lines: dict[object, TimelineLine] = {}
    for at_ms, same in groupby(events, key=attrgetter("at_ms")):
        if len(lines) >= LINES:
            return list(lines.values()), at_ms
        for event in same:
            day = event.at.astimezone(actor.formats.zone).date()
            key = (day, event.fold) if event.fold else event.id
            known = lines.get(key)
            lines[key] = TimelineLine(known.event, known.times + 1) if known else TimelineLine(event)
    return list(lines.values()), None
