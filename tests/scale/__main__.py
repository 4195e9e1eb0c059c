"""Every page, change and command with few rows in the database and with many: `python -m tests.scale [--rows 1000000]`.

Prints how long each waited for the database, and the most rows that one statement read. Needs TEST_POSTGRES_URL.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accountsite.sandbox.logto import Logto

FEW_ROWS = 20_000
MOST_DUE = 200  # mails and deletions
LONG = 1000  # rows, read by one statement


@dataclass(frozen=True)
class Measured:
    """What one page, change or command asked of the database."""

    name: str
    says: str
    statements: int
    seconds: float
    slowest: float
    rows: int
    widest: str
    whole: str  # tables that were read from end to end


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.scale", description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="of sessions, of the trail and so on")
    parser.add_argument("--only", default="", help="what has this in its name")
    options = parser.parse_args()
    if not os.environ.get("TEST_POSTGRES_URL"):
        print("TEST_POSTGRES_URL names no PostgreSQL whose superuser may make a database.", file=sys.stderr)
        return 2
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    logging.disable(logging.CRITICAL)
    few = {one.name: one for one in measured(FEW_ROWS, options.only)}
    print("| | statements | few rows | many rows | the slowest | most rows read | |\n|---|---|---|---|---|---|---|")
    for one in measured(options.rows, options.only):
        times = (few[one.name].seconds, one.seconds, one.slowest)
        cells = (one.name, one.statements, *(f"{seconds * 1000:.1f} ms" for seconds in times), one.rows, one.says)
        print(f"| {' | '.join(map(str, cells))} {one.whole} |", flush=True)
        if one.rows > LONG:
            print(f"    {one.widest}", file=sys.stderr)
    return 0


def measured(rows: int, only: str) -> Iterator[Measured]:
    from django.conf import settings
    from django.core import mail
    from django.test.utils import setup_test_environment

    from tests.scale import filling, place

    if not hasattr(mail, "outbox"):
        setup_test_environment()
    with ExitStack() as stack:
        database = stack.enter_context(place.database(os.environ["TEST_POSTGRES_URL"]))
        logto = stack.enter_context(place.sandbox())
        began = time.monotonic()
        people = [person.id for person in logto.state.people.values()]
        count = filling.fill(database, settings.SITES[0], people, rows)
        print(f"{count} rows after {time.monotonic() - began:.0f} s", file=sys.stderr)
        yield from of_pages(logto, only)
        yield from of_changes(logto, only)
        filling.make_due(database, MOST_DUE)
        yield from of_work(logto, only)


def of_pages(logto: Logto, only: str) -> Iterator[Measured]:
    from tests.pages import VISITS
    from tests.scale import place

    for visit in VISITS:
        if only in visit.id:
            with place.undone(logto), visit.on_its_site():
                yield asked(visit.id, partial(visit.ask, *visit.arrive(logto)))


def of_changes(logto: Logto, only: str) -> Iterator[Measured]:
    from tests.faults.writes import WRITES
    from tests.scale import place

    for write in WRITES:
        if only in write.id:
            with place.undone(logto), write.page.on_its_site():
                yield asked(f"{write.id}, changed", partial(write.send, *write.arrive(logto)))


def of_work(logto: Logto, only: str) -> Iterator[Measured]:
    from tests.scale.work import WORK

    for task in WORK:
        if only in task.__name__:
            yield asked(task.__name__.replace("_", " "), partial(task, logto))


def asked(name: str, ask: Callable[[], object]) -> Measured:
    from tests.scale.watching import watched

    with watched(plans=True) as found:
        said = ask()
    whole = {
        scan.table for one in found.statements for scan in one.scans if scan.kind == "Seq Scan" and scan.rows > LONG
    }
    return Measured(
        name=name,
        says=str(getattr(said, "status_code", said)),
        statements=len(found.statements),
        seconds=found.seconds,
        slowest=found.slowest.seconds,
        rows=found.widest.rows,
        widest=found.widest.shape,
        whole=" ".join(sorted(whole)),
    )


if __name__ == "__main__":
    sys.exit(main())
