"""The list as a file for spreadsheets (RFC 4180): every event, none folded, newest first."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.logto.account import Account
from settings_app.logto.types import LogPage
from settings_app.safeguards import audit
from settings_app.sections.activity import here
from settings_app.sections.activity.at_logto import NAMES, Teller
from settings_app.sections.activity.events import ActivityKind, Event, in_ms, moment
from settings_app.sections.activity.timeline import Wanted, in_order

PAGES_AT_ONCE = 4
MOST_PAGES = 40  # of a hundred rows: some seconds of Logto's time
MOST_ROWS = 4000
BEGINS_A_FORMULA = tuple("=+-@\t\r\n\uff0b\uff0d\uff1d\uff20")  # in some spreadsheets the wide ones too
BYTE_ORDER_MARK = "\ufeff"  # without which some programs take the file for another encoding


def written(actor: Actor, wanted: Wanted) -> str:
    """The whole file. Raises a `LogtoError`: half of it would look like all of it."""
    pages, applications = read(actor.account, wanted), actor.tenant.applications()
    entries = tuple(row for page in pages.found for row in page.entries)
    teller = Teller(actor.formats, applications, LogPage(entries, is_last=True), actor.site.app_id)
    events, from_ms = teller.events(entries), pages.complete_from_ms
    if wanted.kind is not ActivityKind.APPS:
        since = moment(wanted.since_ms) if wanted.since_ms else None
        trail = audit.trail(actor, until=moment(wanted.until_ms), since=since, most=MOST_ROWS)
        events += here.events(trail, teller.app)
        from_ms = max(from_ms, in_ms(trail[-1].started_at) + 1 if len(trail) == MOST_ROWS else 0)
    rows = [cells(actor, event) for event in in_order(events, wanted, from_ms)]
    if from_ms > wanted.since_ms:
        earlier = _("Earlier activity isn’t in this file. Choose an earlier period to download it.")
        rows.append([moment(from_ms).astimezone(actor.formats.zone).isoformat(), "", earlier])
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(heads())
    writer.writerows([[plain(cell) for cell in row] for row in rows])
    return BYTE_ORDER_MARK + file.getvalue()


class Pages:
    """What was read, and from when on nothing is missing."""

    def __init__(self) -> None:
        self.found: list[LogPage] = []
        self.complete_from_ms = 0

    def add(self, run: list[LogPage]) -> None:
        self.found += run
        if not run[-1].is_last:
            self.complete_from_ms = max(self.complete_from_ms, run[-1].oldest_ms + 1)


def read(account: Account, wanted: Wanted) -> Pages:
    """Logto's rows, some pages at a time; each name of a kind has its share of them."""
    pages, names = Pages(), NAMES[wanted.kind] if wanted.kind else ("",)
    for name in names:
        pages.add(list(run_of(account, wanted, name, MOST_PAGES // len(names))))
    return pages


def run_of(account: Account, wanted: Wanted, name: str, most: int) -> Iterator[LogPage]:
    """One page after the other until the last one, or so many."""
    for first in range(1, most + 1, PAGES_AT_ONCE):
        numbers = range(first, min(first + PAGES_AT_ONCE, most + 1))
        parts = [account.tenant.start(call(account, wanted, name, page)) for page in numbers]
        for part in parts:
            page = part.required()
            yield page
            if page.is_last:
                return


def call(account: Account, wanted: Wanted, name: str, page: int) -> Callable[[], LogPage]:
    return lambda: account.log(until_ms=wanted.until_ms, since_ms=wanted.since_ms, event=name, page=page)


def heads() -> list[str]:
    return [_("When"), _("Kind"), _("What"), _("Device"), _("Location"), _("Network address"), _("App"), _("More")]


def cells(actor: Actor, event: Event) -> list[str]:
    kinds = {ActivityKind.SIGN_INS: _("Sign-ins"), ActivityKind.CHANGES: _("Changes"), ActivityKind.APPS: _("Apps")}
    more = [str(note) for note in event.notes] + ([_("Not confirmed")] if event.is_uncertain else [])
    return [
        event.at.astimezone(actor.formats.zone).isoformat(timespec="seconds"),
        kinds[event.kind],
        str(event.title),
        event.device,
        event.place,
        event.address,
        event.app,
        ". ".join(more),
    ]


def plain(cell: str) -> str:
    """The text of a cell that no spreadsheet takes for a formula: people choose names of apps, anybody a user agent."""
    # guard: no-formula-in-a-file
    if cell.lstrip(" ").startswith(BEGINS_A_FORMULA):
        return f"'{cell}"
    return cell
