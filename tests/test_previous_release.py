"""Expand, contract: while machines are upgraded, the release before works on a database that has today's migrations.

`previous_release.toml` names it. Its models write and read in any case; its code runs its own tests on today's schema
where the history of this repository is at hand.
"""

from __future__ import annotations

import io
import os
import secrets
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from settings_app.models import AuditEntry
from tests.safeguards.test_races import (
    Database,
    Template,
    address_on_the_server,
    database,
    on_postgresql,
    on_sqlite,
    postgresql_template,
    sqlite_file,
)

__all__ = ["database", "on_postgresql", "on_sqlite", "postgresql_template", "sqlite_file"]

pytestmark = pytest.mark.timeout(180)  # processes of their own on a busy machine

ROOT = Path(__file__).resolve().parent.parent
PREVIOUS = tomllib.loads((ROOT / "tests" / "previous_release.toml").read_text(encoding="utf-8"))
MIGRATIONS = Path("settings_app", "migrations")
# They write rows of most kinds, through pages, with mails and retention; of the rest its models tell.
ITS_TESTS = (
    "tests/sections/test_username.py",
    "tests/safeguards/test_connect_states.py",
    "tests/safeguards/test_retention.py::test_nothing_goes_early",
    "tests/safeguards/test_retention.py::test_what_served_its_time_is_gone_after_two_hours",
)
GIT = shutil.which("git") or "git"


def rows_of_the_previous_release(address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own
        [sys.executable, "-m", "tests.earlier_models", PREVIOUS["migration"]],
        cwd=ROOT,
        env={**os.environ, "TEST_DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )


def test_its_models_write_and_read_every_table_as_it_is_today(database: Database) -> None:
    done = rows_of_the_previous_release(database.address)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 18


@pytest.mark.parametrize(
    "change",
    [
        "DROP COLUMN device",
        "ADD COLUMN weight integer NOT NULL",
        "ALTER COLUMN subject TYPE varchar(32)",
    ],
)
def test_a_change_that_the_release_before_could_not_live_with_is_found(
    postgresql_template: Template,
    change: str,
) -> None:
    with postgresql_template.copied() as name:
        address = address_on_the_server(name)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"ALTER TABLE {AuditEntry._meta.db_table} {change}")
        assert rows_of_the_previous_release(address).returncode != 0


def history_is_there() -> bool:
    asked = [GIT, "-C", str(ROOT), "cat-file", "-e", f"{PREVIOUS['commit']}^{{commit}}"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603  # our own


def archive(*paths: str) -> tarfile.TarFile:
    taken = subprocess.run(  # noqa: S603  # our own
        [GIT, "-C", str(ROOT), "archive", PREVIOUS["commit"], *paths], capture_output=True, check=True
    )
    return tarfile.open(fileobj=io.BytesIO(taken.stdout))


if history_is_there():

    def test_the_file_names_the_last_migration_of_its_commit() -> None:
        names = sorted(Path(name).stem for name in archive(str(MIGRATIONS)).getnames() if name.endswith(".py"))
        assert [name for name in names if name[0].isdigit()][-1] == PREVIOUS["migration"]

    @pytest.mark.slow
    def test_its_code_passes_its_own_tests_on_the_schema_of_today(tmp_path: Path) -> None:
        """On PostgreSQL: where SQLite serves there is one machine, which never runs two releases."""
        server = os.environ.get("TEST_POSTGRES_URL", "")
        if not server:
            pytest.skip("TEST_POSTGRES_URL is not set")
        archive().extractall(tmp_path, filter="data")
        shutil.rmtree(tmp_path / MIGRATIONS)
        shutil.copytree(ROOT / MIGRATIONS, tmp_path / MIGRATIONS, ignore=shutil.ignore_patterns("__pycache__"))
        address = urlsplit(server)._replace(path=f"/previous_{secrets.token_hex(6)}").geturl()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
        done = subprocess.run(  # noqa: S603  # its own tests
            [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *ITS_TESTS],
            cwd=tmp_path,
            env={**environment, "TEST_DATABASE_URL": address},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]
        assert " passed" in done.stdout
