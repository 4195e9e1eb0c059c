"""A database that restarts, is gone, or has stopped answering: nobody waits long, and what can be tried again is."""

from __future__ import annotations

import copy
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from accountsite.sandbox.logto import Logto
from accountsite.variables import Variables
from settings_app.postgresql import base
from tests.people import client_of

NO_POSTGRES = "TEST_POSTGRES_URL is not set"


class Door:
    """Stands between the site and PostgreSQL: open, shut (nothing gets through), or frozen (nothing comes back)."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self.is_open, self.is_frozen = True, False
        threading.Thread(target=self._accept, daemon=True).start()

    def shut(self) -> None:
        self.is_open = False
        self.drop()

    def drop(self) -> None:
        """Cuts every connection, as a server does that is restarted."""
        for pair in self._pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()
        self._pairs.clear()

    def close(self) -> None:
        self.shut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                ours, _address = self._listener.accept()
            except OSError:
                return
            if not self.is_open:
                ours.close()
                continue
            theirs = socket.create_connection(self._address)
            self._pairs.append((ours, theirs))
            threading.Thread(target=self._carry, args=(ours, theirs), daemon=True).start()
            threading.Thread(target=self._carry, args=(theirs, ours), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while piece := source.recv(65536):
                while self.is_frozen:
                    time.sleep(0.02)
                target.sendall(piece)
        except OSError:
            pass


@pytest.fixture
def door() -> Iterator[Door]:
    address = os.environ.get("TEST_POSTGRES_URL", "")
    if not address:
        pytest.skip(NO_POSTGRES)
    parts = urlsplit(address)
    made = Door(parts.hostname or "127.0.0.1", parts.port or 5432)
    yield made
    made.is_frozen = False
    made.close()


@pytest.fixture
def database(door: Door, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[base.DatabaseWrapper]:
    """A connection of the site's own kind, through the door."""
    parts = urlsplit(os.environ["TEST_POSTGRES_URL"])
    account = parts.netloc.rpartition("@")[0]
    monkeypatch.setenv("OUTAGE_DATABASE", parts._replace(netloc=f"{account}@127.0.0.1:{door.port}").geturl())
    described = copy.deepcopy(settings.DATABASES["default"])
    described.update(Variables(settings.BASE_DIR / "none").database("OUTAGE_DATABASE", "sqlite://:memory:"))
    described.update(CONN_HEALTH_CHECKS=True, CONN_MAX_AGE=60, OPTIONS={"connect_timeout": 2})
    monkeypatch.setattr(base.DatabaseWrapper, "reach", base.Reach())
    made = base.DatabaseWrapper(described, "behind-the-door")
    with django_db_blocker.unblock():
        yield made
        made.close()


def answers(database: base.DatabaseWrapper) -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def seconds(call: Callable[[], Any]) -> float:
    """How long it takes until the database cannot be reached."""
    began = time.monotonic()
    with pytest.raises(OperationalError):
        call()
    return time.monotonic() - began


def test_a_server_that_restarts_is_waited_for(door: Door, database: base.DatabaseWrapper) -> None:
    assert answers(database)
    database.close()
    door.shut()
    threading.Timer(1.0, lambda: setattr(door, "is_open", True)).start()
    assert answers(database)


def test_a_restart_between_two_statements_goes_unnoticed(door: Door, database: base.DatabaseWrapper) -> None:
    """As while a request waits for Logto: it has used its connection before."""
    assert answers(database)
    door.drop()
    time.sleep(base.CHECKED_AFTER_SECONDS + 0.05)
    assert answers(database)


def test_a_read_whose_connection_breaks_under_way_is_made_again(door: Door, database: base.DatabaseWrapper) -> None:
    assert answers(database)
    door.drop()
    assert answers(database)


def test_a_write_whose_connection_breaks_is_not(door: Door, database: base.DatabaseWrapper) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT 1")
        door.drop()
        with pytest.raises(OperationalError):
            cursor.execute("CREATE TEMPORARY TABLE written (number integer)")


def test_a_server_that_takes_no_writes_is_an_outage(database: base.DatabaseWrapper) -> None:
    """As a replica after a failover: the page says that the database cannot be reached, not that we made a mistake."""
    with database.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        with pytest.raises(OperationalError, match="read-only"):
            cursor.execute("CREATE TABLE written (number integer)")


def test_a_read_inside_a_transaction_is_not(door: Door, database: base.DatabaseWrapper) -> None:
    database.set_autocommit(False)
    assert answers(database)
    door.drop()
    assert seconds(lambda: answers(database)) < 2


def test_a_transaction_that_takes_its_time_ends_well(database: base.DatabaseWrapper) -> None:
    assert answers(database)
    database.set_autocommit(False)
    assert answers(database)
    database.commit()
    time.sleep(base.CHECKED_AFTER_SECONDS + 0.05)
    database.set_autocommit(True)
    assert answers(database)


def test_a_server_that_stays_away_is_told_at_once(door: Door, database: base.DatabaseWrapper) -> None:
    door.shut()
    first = seconds(lambda: answers(database))
    assert base.PATIENCE_SECONDS - 0.5 < first < base.PATIENCE_SECONDS + 2
    door.is_open = door.is_frozen = True  # each try takes until its time-out
    assert sum(seconds(lambda: answers(database)) for _time in range(20)) < 6
    door.is_frozen = False
    time.sleep(base.TRY_EVERY_SECONDS + 0.1)
    assert answers(database)


def test_a_server_that_stops_answering_is_not_waited_for(door: Door, database: base.DatabaseWrapper) -> None:
    database.answer_seconds = 1.0
    assert answers(database)
    door.is_frozen = True
    threading.Timer(8, lambda: setattr(door, "is_frozen", False)).start()
    assert seconds(lambda: answers(database)) < 2


def test_a_server_that_has_stopped_answering_meanwhile_is_found_out_soon(
    door: Door, database: base.DatabaseWrapper
) -> None:
    assert answers(database)
    door.is_frozen = True
    time.sleep(base.CHECKED_AFTER_SECONDS + 0.05)
    assert seconds(lambda: answers(database)) < base.CHECK_SECONDS + 3.5  # the time-out of one connection


def test_a_server_that_takes_connections_and_says_nothing_is_not_waited_for(
    door: Door, database: base.DatabaseWrapper
) -> None:
    door.is_frozen = True
    assert seconds(lambda: answers(database)) < base.PATIENCE_SECONDS + 3


def failing(times: int, error: type[Exception] = OperationalError) -> Callable[..., Any]:
    """An execute wrapper of Django: so many statements fail as when the server closes their connection."""
    left = [times]

    def execute(run: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error("server closed the connection unexpectedly\nThis probably means something")
        return run(sql, *rest)

    return execute


def browser(logto: Logto) -> Client:
    client = client_of(logto, "ada")
    client.raise_request_exception = False
    return client


def test_a_page_is_made_once_more(transactional_db: None, logto: Logto, caplog: pytest.LogCaptureFixture) -> None:
    client = browser(logto)
    with connection.execute_wrapper(failing(1)):
        answer = client.get("/profile/")
    assert answer.status_code == 200
    assert "Ada" in answer.content.decode()
    assert "ERROR" not in [record.levelname for record in caplog.records]


def test_an_outage_is_a_page_with_a_reference_and_one_line(
    transactional_db: None, logto: Logto, caplog: pytest.LogCaptureFixture
) -> None:
    client = browser(logto)
    with connection.execute_wrapper(failing(99)):
        answer = client.get("/profile/", headers={"X-Request-ID": "of-the-proxy-1"})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    page = answer.content.decode()
    assert "of-the-proxy-1" in page
    assert 'id="page"' in page
    told = [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert [record.exc_info for record in told] == [None]
    assert told[0].getMessage() == (
        "GET /profile/ failed, the database cannot be reached: "
        "OperationalError: server closed the connection unexpectedly"
    )


def test_a_change_is_not_tried_again_and_nothing_is_claimed(transactional_db: None, logto: Logto) -> None:
    client = browser(logto)
    client.get("/profile/")
    with connection.execute_wrapper(failing(1)):
        answer = client.post("/profile/name/change/", {"name": "Ada Again"})
    assert answer.status_code == 503
    assert "check whether it was changed before you try again" in answer.content.decode()
    assert logto.state.person("ada").user["name"] != "Ada Again"


@pytest.mark.parametrize("path", ["/sign-in/", "/nowhere/", "/undo/?token=x"])
def test_no_address_answers_with_a_traceback(
    transactional_db: None, logto: Logto, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    client = browser(logto)
    with connection.execute_wrapper(failing(99)):
        answer = client.get(path)
    assert answer.status_code in (404, 503)
    assert [record for record in caplog.records if record.exc_info] == []
