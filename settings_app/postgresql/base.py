"""Django's PostgreSQL backend with patience for a server that restarts, and with an end to every wait.

- While the server restarts, whoever needs a new connection waits a few seconds for it: nothing was sent, so nothing can
  happen twice. When it stays away, one request in a second tries, and every other one is told at once.
- A connection that was not used for a moment is checked before its next use, not only once in a request: calls to Logto
  lie between two statements, and the server may have restarted meanwhile.
- A read whose connection breaks under way is made again over a new one.
- A server that takes no writes, as a replica after a failover, is as good as away for whoever writes.
- The server's own limits (`statement_timeout`) do not help against a server that has stopped answering: the wait for an
  answer is bounded here too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.utils import InternalError, OperationalError

PATIENCE_SECONDS = 5.0
PAUSE_SECONDS = 0.1
TRY_EVERY_SECONDS = 1.0
CHECKED_AFTER_SECONDS = 0.2
CHECK_SECONDS = 2.0
ANSWER_SECONDS = 7.0  # longer than statement_timeout, which says better what happened


class Reach:
    """Whether this process can reach the server, as its threads last saw it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away_since: float | None = None
        self._next_try = 0.0

    def connected(self, connect: Callable[[], Any]) -> Any:
        """A new connection. Raises psycopg.OperationalError when there is none within a few seconds."""
        while True:
            self._wait_for_turn()
            began = time.monotonic()
            try:
                connection = connect()
            except psycopg.OperationalError:
                if not self._is_worth_waiting(began):
                    raise
                time.sleep(PAUSE_SECONDS)
            else:
                self._away_since = None
                return connection

    def lost(self) -> None:
        """The server has stopped answering: no more patience with it."""
        with self._lock:
            self._away_since = self._away_since or time.monotonic() - PATIENCE_SECONDS

    def _wait_for_turn(self) -> None:
        with self._lock:
            now = time.monotonic()
            if self._away_since is None or now - self._away_since < PATIENCE_SECONDS:
                return
            # guard: database-away-is-told-at-once
            if now < self._next_try:
                raise psycopg.OperationalError("the database could not be reached a moment ago")
            self._next_try = now + TRY_EVERY_SECONDS

    def _is_worth_waiting(self, began: float) -> bool:
        with self._lock:
            now = time.monotonic()
            self._away_since = self._away_since or began
            self._next_try = now + TRY_EVERY_SECONDS
            return now - self._away_since < PATIENCE_SECONDS


class DatabaseWrapper(base.DatabaseWrapper):
    reach = Reach()  # one for the process, like the server itself

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.answer_seconds: float | None = ANSWER_SECONDS
        self._used_at = 0.0
        self._stopped_answering = False
        self.execute_wrappers.append(self._read_again)

    def get_new_connection(self, conn_params: Any) -> Any:
        connection = self.reach.connected(lambda: super(DatabaseWrapper, self).get_new_connection(conn_params))
        connection.wait = self._bounded(connection, connection.wait)
        self._stopped_answering = False
        self._used_at = time.monotonic()  # it was made this moment, however long that took
        return connection

    def close_if_health_check_failed(self) -> None:
        now = time.monotonic()
        # Never inside a transaction, nor between its end and the return to autocommit.
        if now - self._used_at > CHECKED_AFTER_SECONDS and self.autocommit and not self.in_atomic_block:
            self.health_check_done = False
        super().close_if_health_check_failed()
        self._used_at = now

    def is_usable(self) -> bool:
        usual, self.answer_seconds = self.answer_seconds, CHECK_SECONDS
        try:
            return bool(super().is_usable())
        finally:
            self.answer_seconds = usual

    def _read_again(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.monotonic()
        try:
            return execute(sql, params, many, context)
        except InternalError as error:
            # guard: read-only-database-is-an-outage
            if isinstance(error.__cause__, psycopg.errors.ReadOnlySqlTransaction):
                raise OperationalError(str(error)) from error
            raise
        except OperationalError:
            broke = self.connection is None or self.connection.closed
            is_read = str(sql).startswith("SELECT") and self.autocommit and not self.in_atomic_block
            # guard: only-reads-are-made-again
            if not is_read:
                raise
            if not broke or self._stopped_answering or time.monotonic() - began > PATIENCE_SECONDS:
                raise
        self.close()
        self.ensure_connection()
        context["cursor"].cursor = self.create_cursor()
        return execute(sql, params, many, context)

    def _bounded(self, connection: psycopg.Connection[Any], wait: Callable[..., Any]) -> Callable[..., Any]:
        def waited(*args: Any, timeout: float | None = None, **options: Any) -> Any:
            try:
                # guard: database-answers-are-waited-for-so-long
                timeout = timeout or self.answer_seconds
                return wait(*args, timeout=timeout, **options)
            except psycopg.errors._WaitTimeout as error:
                self._stopped_answering = True
                self.reach.lost()
                connection.pgconn.finish()  # what it still answers belongs to nobody
                raise psycopg.OperationalError("the database did not answer in time") from error

        return waited
