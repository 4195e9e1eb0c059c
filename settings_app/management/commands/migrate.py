"""Django's `migrate`, one at a time: several machines may run it at once, as when all of them are upgraded together."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

LOCK_KEY = 7_203_146_518  # any number that nobody else uses in this database


class Command(DjangoMigrate):
    def handle(self, *args: Any, **options: Any) -> None:
        # guard: one-migrates-at-a-time
        with alone(connections[options["database"]]):
            super().handle(*args, **options)


@contextmanager
def alone(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Waits until nobody else migrates this database. A process that is killed lets go."""
    if connection.vendor == "postgresql":
        with alone_on_postgresql(connection):
            yield
    elif connection.vendor == "sqlite" and not connection.is_in_memory_db():  # type: ignore[attr-defined]  # of SQLite
        with alone_on_this_machine(Path(str(connection.settings_dict["NAME"]))):
            yield
    else:
        yield


@contextmanager
def alone_on_postgresql(connection: Any) -> Iterator[None]:
    # The limits of the pages are not those of a migration.
    connection.answer_seconds = None
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
            cursor.execute("RESET statement_timeout; RESET lock_timeout")


@contextmanager
def alone_on_this_machine(database: Path) -> Iterator[None]:
    with database.with_name(f"{database.name}.migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
