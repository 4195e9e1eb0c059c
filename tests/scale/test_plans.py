"""However long the tables are, a page, a change and a round of the mail loop read a few rows of them.

On PostgreSQL, with so few rows that it would rather read or join whole tables: that is made dear, so whatever has no
index shows itself by the rows it reads. `make scale` does the same with a million.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from accountsite.sandbox.logto import Logto
from settings_app.models import AuditEntry
from settings_app.safeguards import retention
from settings_app.transmitter import sending
from tests.faults.writes import WRITES
from tests.pages import VISITS
from tests.scale import filling, place, work
from tests.scale.watching import Watched, watched

ROWS = 2000
FEW = 60  # of one person, or due: a thousandth of the rows is each one's
PAGES = {visit.id: visit for visit in VISITS}
CHANGES = {write.id: write for write in WRITES}


@pytest.fixture(scope="module")
def logto_of_many(django_db_blocker: DjangoDbBlocker) -> Iterator[Logto]:
    """A tenant, in whose name every table is long."""
    server = os.environ.get("TEST_POSTGRES_URL", "")
    if not server:
        pytest.skip("TEST_POSTGRES_URL is not set")
    with django_db_blocker.unblock(), place.database(server) as database, place.sandbox() as logto:
        filling.fill(database, settings.SITES[0], [person.id for person in logto.state.people.values()], ROWS)
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off")
        yield logto


def wide(found: Watched, most: int = FEW) -> list[str]:
    return [f"{one.rows} rows: {one.shape}" for one in found.statements if one.rows > most]


@pytest.mark.parametrize(
    "page", ["overview-ada", "security-ada", "activity-ada-changed", "sessions-heavy", "admin_people-admin"]
)
def test_a_page_reads_what_is_of_its_person(logto_of_many: Logto, page: str) -> None:
    with place.undone(logto_of_many), PAGES[page].on_its_site():
        client, path = PAGES[page].arrive(logto_of_many)
        with watched(plans=True) as found:
            assert PAGES[page].ask(client, path).status_code == 200
    assert wide(found) == []


@pytest.mark.parametrize("change", ["email_change-ada", "email_confirm-ada"])
def test_a_change_reads_what_is_of_its_person(logto_of_many: Logto, change: str) -> None:
    with place.undone(logto_of_many), CHANGES[change].page.on_its_site():
        client, path, values = CHANGES[change].arrive(logto_of_many)
        with watched(plans=True) as found:
            assert CHANGES[change].send(client, path, values).status_code == 302
    assert wide(found) == []


def next_event(logto: Logto) -> str:
    event = sending.first_due(settings.SITES[0])
    assert event
    claimed = sending.claim(event.pk)
    assert claimed
    sending.ended(claimed, claimed.State.SENT)
    return "sent"


@pytest.mark.parametrize(
    "task",
    [
        work.a_session_begins,
        work.sessions_of_a_person_end,
        work.sessions_of_logtos_end,
        work.mails_leave,
        next_event,
        work.due_deletions,
        work.due_factor_removals,
    ],
)
def test_a_round_reads_what_is_due(logto_of_many: Logto, task: Callable[[Logto], str]) -> None:
    with place.undone(logto_of_many):
        filling.make_due(connection.connection, 3)
        with watched(plans=True) as found:
            task(logto_of_many)
    assert wide(found) == []


def test_where_nothing_is_old_retention_reads_nothing(logto_of_many: Logto) -> None:
    """And where something is, a batch reads no more than itself."""
    with place.undone(logto_of_many):
        with watched(plans=True) as first:
            assert sum(retention.delete_old().values()) > ROWS / 10
        with watched(plans=True) as second:
            retention.delete_old()
    assert wide(first, ROWS // 2) == []
    assert wide(second, 10) == []  # some grow old while this runs


def test_no_index_leads_a_page_through_the_trail_of_everybody() -> None:
    """With one of the moment alone PostgreSQL read 238,392 rows of a million for a page of somebody's activity."""
    whole = [index.fields[0] for index in AuditEntry._meta.indexes if index.condition is None]
    assert "site" in whole
    assert "started_at" not in whole
