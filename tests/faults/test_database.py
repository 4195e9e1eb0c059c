"""Our own database, failing at each statement of a change, and in each way in which its engine really fails."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.models import AuditEntry
from tests.faults.calls import Recorder
from tests.faults.results import Results
from tests.faults.stage import Stage, held
from tests.faults.test_pages import PAGES
from tests.faults.writes import WRITES, Write
from tests.faults.wrongs import PLAYED
from tests.pages import Visit
from tests.people import client_of

IN_EACH_RUN = ("username_change-ada", "email_confirm-ada")
CHANGES = [write for write in WRITES if PLAYED != "few" or write.id in IN_EACH_RUN]
EACH = {"few": 9, "turn": 4, "all": 1}[PLAYED]  # so many statements on is the next one that fails
OPENED = PAGES if PLAYED != "few" else PAGES[::60]
PAGE = "/profile/nickname/change/"
LATER_SECONDS = 120  # what a database that is away could not give back ends by time


class Away:
    """An execute wrapper of Django: from the statement with this number on, the server is gone."""

    def __init__(self, number: int | None = None) -> None:
        self.number, self.seen = number, 0

    def __call__(self, run: Callable[..., Any], sql: str, *rest: Any) -> Any:
        connection.needs_rollback = False  # outside of tests no transaction is around the whole request
        if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return run(sql, *rest)
        self.seen += 1
        if self.number is not None and self.seen > self.number:
            raise OperationalError("server closed the connection unexpectedly")
        return run(sql, *rest)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("write", CHANGES, ids=lambda write: write.id)
def test_a_database_that_goes_away_at_any_statement_is_told_and_nothing_is_claimed(
    db: None, logto: Logto, recorder: Recorder, results: Results, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    # What only reads is tried again over a new connection; the transaction around this test would be gone with it.
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    with write.page.on_its_site():
        client, path, values = write.arrive(logto)
        client.raise_request_exception = False
        stage, counting = Stage(logto, client), Away()
        with stage.play(), connection.execute_wrapper(counting):
            before = held(logto.state)
            write.send(client, path, values)
            after = held(logto.state)
        for number in range(0, counting.seen, EACH):
            with stage.play():
                with connection.execute_wrapper(Away(number)):
                    answer = write.send(client, path, values)
                says = answer.content.decode() if not answer.streaming else ""
                connection.needs_rollback = False
                again = write.send(client, path, values)
                if is_otherwise(write, held(logto.state), before, after):
                    with time_machine.travel(time.time() + LATER_SECONDS):
                        shown = {} if write.to else write.hidden(client.get(path))
                        again = write.send(client, path, values | shown)
                missed = [
                    *(f"status {one.status_code}" for one in (answer, again) if one.status_code in (500, 502)),
                    *(
                        ["says that nothing was changed"]
                        if "Nothing was" in says and held(logto.state) != before
                        else []
                    ),
                    *(
                        ["tried again, it ends otherwise"]
                        if is_otherwise(write, held(logto.state), before, after)
                        else []
                    ),
                ]
                seen = f"{answer.status_code}, then {again.status_code}"
                results.add("database", write.id, f"statement {number + 1}", "away", seen, ", ".join(missed))
    assert results.missed == []


def is_otherwise(write: Write, now: Any, before: Any, after: Any) -> bool:
    return not write.leads_back and now not in (before, after)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("visit", OPENED, ids=lambda visit: visit.id)
def test_a_page_is_honest_while_the_database_is_away_and_as_ever_when_it_is_back(
    db: None, logto: Logto, recorder: Recorder, results: Results, monkeypatch: pytest.MonkeyPatch, visit: Visit
) -> None:
    # A page is tried again over a new connection; the transaction around this test would be gone with the old one.
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    with visit.on_its_site():
        client, path = visit.arrive(logto)
        client.raise_request_exception = False
        stage, counting = Stage(logto, client), Away()
        with stage.play(changes=False), connection.execute_wrapper(counting):
            usual = visit.ask(client, path)
        for number in range(0, counting.seen, EACH):
            with stage.play(changes=False):
                with connection.execute_wrapper(Away(number)):
                    answer = visit.ask(client, path)
                connection.needs_rollback = False
                again = visit.ask(client, path)
                missed = [f"status {one.status_code}" for one in (answer, again) if one.status_code in (500, 502)]
                if answer.status_code == 503 and not answer.has_header("Retry-After"):
                    missed.append("no Retry-After")
                if again.status_code != usual.status_code:
                    missed.append(f"{again.status_code} afterwards")
                seen = f"{answer.status_code}, then {again.status_code}"
                results.add("database", visit.id, f"statement {number + 1}", "away", seen, ", ".join(missed))
    assert results.missed == []


@contextmanager
def read_only() -> Iterator[None]:
    """As a replica is, or a disk after an error."""
    sqlite = connection.vendor == "sqlite"
    run("PRAGMA query_only = 1" if sqlite else "SET default_transaction_read_only = on")
    try:
        yield
    finally:
        run("PRAGMA query_only = 0" if sqlite else "SET default_transaction_read_only = off")


@contextmanager
def disk_full() -> Iterator[None]:
    """SQLite may not take one page more; what it has free goes first."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE filling (text)")
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            for _time in range(10_000):
                cursor.execute("INSERT INTO filling VALUES (hex(randomblob(300)))")
        except OperationalError:
            pass
    try:
        yield
    finally:
        run("PRAGMA max_page_count = 1073741823")
        run("DROP TABLE filling")


@contextmanager
def locked() -> Iterator[None]:
    """Somebody else writes, and does not end."""
    run("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(connection.settings_dict["NAME"])
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()
        run("PRAGMA busy_timeout = 20000")


@contextmanager
def restarted() -> Iterator[None]:
    """The connection that is open is of no use any more."""
    import psycopg

    connection.ensure_connection()
    ours = connection.connection.info.backend_pid
    parts = connection.settings_dict
    with psycopg.connect(
        host=parts["HOST"], port=parts["PORT"], user=parts["USER"], dbname="postgres", autocommit=True
    ) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (ours,))
    yield


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


TROUBLES = [read_only, disk_full, locked] if connection.vendor == "sqlite" else [read_only, restarted]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_a_page_and_a_change_are_honest_whatever_the_database_says(
    transactional_db: None,
    logto: Logto,
    results: Results,
    caplog: pytest.LogCaptureFixture,
    trouble: Callable[[], Any],
) -> None:
    client = client_of(logto, "ada", verified=True)
    client.raise_request_exception = False
    client.get("/profile/")
    before = dict(logto.state.person("ada").user["profile"])
    with trouble():
        opened = client.get("/profile/")
        changed = client.post(PAGE, {"nickname": "Countess"})
    assert opened.status_code in (200, 503)
    assert_is_told(client, changed, logto, before)
    assert [record for record in caplog.records if record.exc_info] == []
    assert client.post(PAGE, {"nickname": "Countess"}).status_code == 302
    assert logto.state.person("ada").user["profile"]["nickname"] == "Countess"
    seen = f"page {opened.status_code}, change {changed.status_code}, afterwards done"
    results.add("own", f"{connection.vendor}", "", trouble.__name__.replace("_", " "), seen)


def assert_is_told(client: Client, answer: Any, logto: Logto, before: dict[str, Any]) -> None:
    if answer.status_code == 302:  # a connection that had been closed was opened again
        return
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "check whether it was changed before you try again" in answer.content.decode()
    assert logto.state.person("ada").user["profile"] == before
    assert not AuditEntry.objects.filter(outcome=AuditEntry.Outcome.DONE).exists()
