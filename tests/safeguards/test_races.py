"""Many processes at once, on SQLite as shipped and on PostgreSQL: no limit is passed, nothing is used twice."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.transmitter.conftest import pem
from tests.transmitter.receiving import listening

pytestmark = pytest.mark.timeout(180)  # many processes on a busy machine

ROOT = Path(__file__).resolve().parents[2]
NO_POSTGRES = (
    "TEST_POSTGRES_URL is not set. With a server at hand: TEST_POSTGRES_URL=postgres://user:password@localhost/postgres"
)


def migrate(address: str) -> None:
    subprocess.run(  # our own command
        [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": address},
        check=True,
    )


@pytest.fixture(scope="module")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of which each race gets a copy."""
    path = tmp_path_factory.mktemp("races") / "migrated.sqlite3"
    migrate(f"sqlite:///{path}")
    return path


@dataclass(frozen=True)
class Template:
    """A migrated database of a PostgreSQL, of which each race gets a copy."""

    connection: psycopg.Connection[Any]
    name: str

    @property
    def address(self) -> str:
        return address_on_the_server(self.name)

    @contextmanager
    def copied(self) -> Iterator[str]:
        """The name of the copy."""
        name = f"race_{secrets.token_hex(6)}"
        self.connection.execute(f"CREATE DATABASE {name} TEMPLATE {self.name}")
        yield name
        self.connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def address_on_the_server(name: str) -> str:
    return urlsplit(os.environ["TEST_POSTGRES_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="module")
def postgresql_template() -> Iterator[Template]:
    server = os.environ.get("TEST_POSTGRES_URL", "")
    if not server:
        pytest.skip(NO_POSTGRES)
    name = f"migrated_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        migrate(address_on_the_server(name))
        yield Template(connection, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Racing:
    """The program that plays races on copies of one database, which a line of JSON asks it for."""

    def __init__(self, database: str) -> None:
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.safeguards.racing"],
            cwd=ROOT,
            env={**os.environ, "TEST_DATABASE_URL": database, "LOG_LEVEL": "CRITICAL"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def play(self, **wanted: Any) -> dict[str, Any]:
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(json.dumps(wanted) + "\n")
        told: dict[str, Any] = json.loads(self.program.stdout.readline())
        assert "failed" not in told, told
        return told

    def end(self) -> None:
        self.program.communicate()


@dataclass(frozen=True)
class Database:
    """A new one without rows; `name` is its name, or its file."""

    name: str
    address: str
    racing: Racing


@pytest.fixture(scope="module")
def on_sqlite(sqlite_file: Path) -> Iterator[Racing]:
    racing = Racing(f"sqlite:///{sqlite_file}")
    yield racing
    racing.end()


@pytest.fixture(scope="module")
def on_postgresql(postgresql_template: Template) -> Iterator[Racing]:
    racing = Racing(postgresql_template.address)
    yield racing
    racing.end()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("sqlite_file"), tmp_path / "race.sqlite3")
        yield Database(str(path), f"sqlite:///{path}", request.getfixturevalue("on_sqlite"))
        return
    with request.getfixturevalue("postgresql_template").copied() as name:
        yield Database(name, address_on_the_server(name), request.getfixturevalue("on_postgresql"))


def race(database: Database, scenario: str, processes: int, **environment: str) -> dict[str, Any]:
    return database.racing.play(scenario=scenario, processes=processes, database=database.name, environment=environment)


def count(told: dict[str, Any], result: str) -> int:
    return int(told["results"].count(result))


def test_fifty_guesses_of_a_code_at_once_ask_logto_five_times(database: Database) -> None:
    told = race(database, "guess-a-code", 50)
    assert told["asked"] == 5
    assert set(told["results"]) <= {"code.wrong", "code.exhausted", "limit.code-try"}


def test_fifty_guesses_of_a_password_at_once_ask_logto_five_times_three_at_a_time(database: Database) -> None:
    told = race(database, "guess-a-password", 50)
    assert told["asked"] == 5
    assert told["most_inside"] <= 3
    assert set(told["results"]) <= {"password.wrong", "limit.step-up-password", "busy"}


def test_a_right_code_is_used_exactly_once(database: Database) -> None:
    told = race(database, "use-the-right-code", 20)
    assert count(told, "done") == 1
    assert told["asked"] <= 5


def test_of_many_sends_to_one_address_at_once_one_goes_out(database: Database) -> None:
    told = race(database, "send-a-code", 20)
    assert count(told, "done") == told["asked"] == told["waiting"] == 1


def test_whoever_sends_last_one_code_waits_for_an_address(database: Database) -> None:
    told = race(database, "replace-the-pending", 8)
    assert count(told, "done") >= 1
    assert told["waiting"] == 1


def test_an_undo_link_is_used_exactly_once(database: Database) -> None:
    told = race(database, "use-the-undo-link", 20)
    assert count(told, "done") == told["most_inside"] == 1


def test_changes_at_once_leave_one_way_back(database: Database) -> None:
    told = race(database, "change-an-established-value", 10)
    assert count(told, "done") == 10
    assert told["ways_back"] == 1


def test_an_account_that_many_pages_see_first_is_noted_once(database: Database) -> None:
    told = race(database, "see-an-account-first", 10)
    assert count(told, "done") == 10
    assert told["from_the_start"] == 3


def test_a_deletion_that_is_due_is_claimed_exactly_once(database: Database) -> None:
    assert count(race(database, "claim-the-deletion", 20), "done") == 1


def test_a_state_is_used_exactly_once(database: Database) -> None:
    assert count(race(database, "take-the-state", 20), "done") == 1


def test_a_waiting_secret_is_used_exactly_once(database: Database) -> None:
    assert count(race(database, "take-the-secret", 20), "done") == 1


def test_removals_at_once_leave_one_way_in(database: Database) -> None:
    told = race(database, "remove-a-way-in", 10)
    assert told["ways_in"] == 1
    assert count(told, "done") == 1
    assert told["most_inside"] == 1


def test_each_mail_leaves_once_however_many_send(database: Database, tmp_path: Path) -> None:
    mails = tmp_path / "mails"
    mails.mkdir()
    told = race(database, "send-mails", 6, RACE_MAILS=str(mails))
    assert set(told["results"]) == {"done"}
    sent = re.findall(r"^Message-ID: (.+)$", "\n".join(one.read_text() for one in mails.iterdir()), re.MULTILINE)
    assert len(sent) == len(set(sent)) == 12


def test_a_webhook_about_somebody_whose_id_no_table_can_hold_is_let_go(database: Database) -> None:
    """A race of one: what SQLite stores without a word, PostgreSQL refuses."""
    assert race(database, "webhooks-about-nobody", 1)["results"] == ["done"]


def test_events_of_each_person_arrive_once_and_in_order_however_many_send(database: Database, tmp_path: Path) -> None:
    (key := tmp_path / "key.pem").write_text(pem("ec"), encoding="utf-8")
    with listening() as receiver:
        told = race(database, "send-events", 4, RACE_KEY=str(key), RACE_RECEIVER=str(receiver.port))
        assert set(told["results"]) == {"done"}
        ids = [claims["jti"] for claims in receiver.claims]
        assert len(ids) == len(set(ids)) == 20
        for person in {who for who, _what in receiver.told}:
            of_one = [claims["jti"] for claims in receiver.claims if claims["sub_id"]["sub"] == person]
            assert of_one == told["events"][person]


def test_of_many_renewals_of_one_session_one_counts(database: Database) -> None:
    told = race(database, "renew-the-session", 20)
    assert count(told, "done") == 1
    assert told["sessions"] == 1


def test_a_session_that_is_ended_while_it_is_renewed_has_ended(database: Database) -> None:
    told = race(database, "renew-or-end-the-session", 30)
    assert told["sessions"] == 0
