"""Load: as many people as a small site has, for minutes; then more at once than it promises to serve."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import time_machine
from django.db import connection
from django.utils import timezone

from settings_app.models import AuditEntry, Counter, Lease, Notice, OneTimeState, Pending, Session
from settings_app.safeguards import retention
from settings_app.sites import Site
from tests.rehearsal.crowd import Crowd, Told
from tests.rehearsal.deployment import Deployment

PEOPLE = int(os.environ.get("LOAD_PEOPLE", "500"))
SECONDS = int(os.environ.get("LOAD_SECONDS", "180"))
# Three of four threads of a process serve any one site (docs/operating.md): with sixteen threads so many are promised.
PROMISED_AT_ONCE = 12
RUSH_AT_ONCE = 96  # three for each thread there is
RUSH_SECONDS = SECONDS // 6
WARM_AFTER = SECONDS / 3
MOST_GROWTH_MB = 10
GOES = (Session, OneTimeState, Pending, Counter, Lease)  # after a day without anybody

Sites = tuple[Site, ...]


@dataclass(frozen=True)
class Size:
    """What the site holds on to."""

    megabytes: int  # of the process that has most
    files: int  # the same, open ones
    connections: int  # to the database

    @classmethod
    def now(cls, deployment: Deployment) -> Size:
        processes = [worker for site in deployment.sites for worker in site.workers()]
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            connections = cursor.fetchone()[0]
        files = [len(list(Path(f"/proc/{one}/fd").iterdir())) for one in processes]
        return cls(max(megabytes_of(one) for one in processes), max(files), connections)

    def __str__(self) -> str:
        return f"{self.megabytes} MB, {self.files} files, {self.connections} database connections"


def megabytes_of(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def many_people(deployment: Deployment, sites: Sites) -> str:
    """As many at once as are promised: nothing else than pages and changes that are done."""
    crowd = Crowd.of(deployment, sites, PEOPLE)
    warm: list[Size] = []
    noting = threading.Timer(WARM_AFTER, lambda: warm.append(sized_beside(deployment)))
    noting.start()
    began = time.monotonic()
    crowd.come(SECONDS, PROMISED_AT_ONCE)
    seconds = time.monotonic() - began
    after = Size.now(deployment)
    told = crowd.told
    assert told.odd == [], told.odd[:10]
    assert told.busy == 0, f"{told.busy} of {told.asked} requests found the site busy"
    assert_nothing_lost(crowd)
    assert after.megabytes <= warm[0].megabytes + MOST_GROWTH_MB, (warm[0], after)
    assert after.files <= warm[0].files + 4, (warm[0], after)
    # One for each thread, three for the mail loop, one of this program.
    assert after.connections <= 16 * len(deployment.sites) + 4, after
    done = ", ".join(f"{count} of {what}s" for what, count in sorted(told.done.items()))
    return (
        f"{PEOPLE} people, {PROMISED_AT_ONCE} of them at once, {seconds:.0f} s: {told.asked} requests,"
        f" {told.asked / seconds:.0f} a second, every one answered;{limited(told)} {told.times()};"
        f" {sum(told.done.values())} changes ({done}), all so at Logto;"
        f" at a third {warm[0]}, at the end {after}"
    )


def more_than_promised(deployment: Deployment, sites: Sites) -> str:
    """Who finds no place is told so at once; who was told that a change is done has it."""
    crowd = Crowd.of(deployment, sites, PEOPLE)
    crowd.come(RUSH_SECONDS, RUSH_AT_ONCE)
    told = crowd.told
    assert told.odd == [], told.odd[:10]
    assert_nothing_lost(crowd)
    again = crowd.again()
    again.come(5, PROMISED_AT_ONCE)
    assert again.told.odd == [], again.told.odd[:10]
    assert again.told.busy == 0, f"{again.told.busy} of {again.told.asked} requests found the site still busy"
    assert_nothing_lost(again)
    return (
        f"{RUSH_AT_ONCE} at once, {RUSH_SECONDS} s: {told.asked} requests, {told.busy} told that the site is busy"
        f" (503), no other error;{limited(told)} {told.times()}; {sum(told.done.values())} changes,"
        f" all so at Logto; a moment later all is well"
    )


def limited(told: Told) -> str:
    return f" {told.limited} refused by a limit that was spent indeed;" if told.limited else ""


def what_should_go_goes(deployment: Deployment, sites: Sites) -> str:
    """A day later retention leaves nothing of sessions, states, codes, counts and leases; the trail stays."""
    assert not Notice.objects.filter(state=Notice.State.HELD, due_at__lt=timezone.now()).exists()
    before = {model: model._default_manager.count() for model in GOES}
    trail = AuditEntry.objects.count()
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        retention.delete_old()
    left = {model.__name__: count for model in GOES if (count := model._default_manager.count())}
    assert left == {}, left
    assert AuditEntry.objects.count() == trail
    words = ", ".join(f"{count} {model._meta.verbose_name_plural}" for model, count in before.items())
    return f"{words}: a day later none of it is left; {trail} rows of the trail stay"


def assert_nothing_lost(crowd: Crowd) -> None:
    assert crowd.told.not_so == [], crowd.told.not_so[:10]
    assert crowd.lost() == [], crowd.lost()[:10]
    assert crowd.told.done


def sized_beside(deployment: Deployment) -> Size:
    """In a thread of its own, with a connection of its own."""
    try:
        return Size.now(deployment)
    finally:
        connection.close()


STEPS: tuple[Callable[[Deployment, Sites], str], ...] = (many_people, more_than_promised, what_should_go_goes)
