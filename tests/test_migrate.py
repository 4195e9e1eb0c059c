"""`manage.py migrate`, run by many at once on an empty database, as when all machines are upgraded together."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from settings_app.management.commands.migrate import LOCK_KEY
from tests.test_checks import COMPLETE, ROOT

pytestmark = pytest.mark.timeout(180)  # many processes on a busy machine

AT_ONCE = 4
LIMIT_MS = 400  # connecting takes less, also on a busy machine
WAITING = """
    SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'database.sqlite3'}"
        return
    server = os.environ.get("TEST_POSTGRES_URL", "")
    if not server:
        pytest.skip("TEST_POSTGRES_URL is not set")
    name = f"migrate_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrating(database: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # our own command
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env={**COMPLETE, "DATABASE_URL": database},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_many_may_migrate_at_once_and_each_migration_is_applied_once(empty_database: str) -> None:
    told = [
        (run.communicate(timeout=120), run.returncode) for run in [migrating(empty_database) for _n in range(AT_ONCE)]
    ]
    assert [code for _said, code in told] == [0] * AT_ONCE, told
    assert sum(said[0].count("Applying settings_app.0001_initial... OK") for said, _code in told) == 1
    assert sum("No migrations to apply." in said[0] for said, _code in told) == AT_ONCE - 1


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
def test_a_limit_of_the_pages_does_not_end_a_migration(empty_database: str) -> None:
    """Here it has to wait for another one longer than a page may for an answer."""
    impatient = f"{empty_database}?options=-c%20statement_timeout%3D{LIMIT_MS}"
    with psycopg.connect(empty_database, autocommit=True) as another:
        another.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        run = migrating(impatient)
        while run.poll() is None and not another.execute(WAITING).fetchone():
            time.sleep(0.05)
        time.sleep(2 * LIMIT_MS / 1000)
        another.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
        assert (run.communicate(timeout=120)[1], run.returncode) == ("", 0)
