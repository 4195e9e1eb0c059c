"""Reads that run at the same time: a bounded pool of threads for each tenant, one deadline for a page.

The threads do HTTP only: no database, no cache, no session.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, NamedTuple, TypeVar

from settings_app import tracing

from . import deadline
from .ahead import Sent
from .cache import Cached
from .errors import LogtoError, Unavailable

T = TypeVar("T")

THREADS = 16  # for each tenant, so that one whose Logto hangs takes no thread from another
PAGE_SECONDS = 6.0


class Result(NamedTuple, Generic[T]):
    value: T | None
    error: LogtoError | None


class Part(Generic[T]):
    """One part of a page that is being read: its value, or the failure that a card of its own tells.

    Whoever looks at it first waits for it. An exception that is no `LogtoError` is a mistake of ours and is raised.
    """

    def __init__(self, wait: Callable[[], T]) -> None:
        self._wait = wait
        self._lock = threading.Lock()
        self._result: Result[T] | None = None

    @property
    def value(self) -> T | None:
        return self._settled().value

    @property
    def error(self) -> LogtoError | None:
        return self._settled().error

    @property
    def failed(self) -> bool:
        return self.error is not None

    def required(self) -> T:
        """The value, for a part without which the page makes no sense; raises its failure."""
        result = self._settled()
        if result.error is not None:
            raise result.error
        return result.value  # type: ignore[return-value]  # without an error there is the value, which may itself be None

    def _settled(self) -> Result[T]:
        with self._lock:
            if self._result is None:
                try:
                    self._result = Result(self._wait(), None)
                except LogtoError as error:
                    self._result = Result(None, error)
            return self._result


class Pool:
    """The threads that read from one tenant."""

    def __init__(self, threads: int = THREADS) -> None:
        self._size = threads
        self._threads: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()

    def start(self, call: Callable[[], T], *, seconds: float = PAGE_SECONDS, ahead: bool = False) -> Part[T]:
        """Begins `call`; its result is worth waiting for `seconds` from now.

        In a thread, or `ahead`: sent at once, and its answer read by whoever looks at it.
        """
        if isinstance(call, Cached) and not call.is_due():
            return Part(call)  # in memory: no thread is needed
        moment = time.monotonic() + seconds

        def run() -> T:
            with deadline.until(moment):
                return call()

        if ahead:
            return Part(Sent(run).result)
        future = self.begin(run)

        def wait() -> T:
            # A call still waiting for a thread is made in this one: a full pool delays nobody, and cannot lock up.
            if future.cancel():
                return run()
            try:
                return future.result(timeout=max(moment - time.monotonic(), 0.0))
            except TimeoutError as error:
                raise Unavailable("GET", "", code="deadline.passed") from error

        return Part(wait)

    def begin(self, call: Callable[[], T]) -> Future[T]:
        """Runs `call` in a thread."""
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._size, thread_name_prefix="logto")
            return self._threads.submit(tracing.carried(call))

    def settle(self) -> None:
        """Waits for every call that has begun and drops the others."""
        with self._lock:
            threads, self._threads = self._threads, None
        if threads:
            threads.shutdown(cancel_futures=True)
