"""Reads that run at the same time: a bounded pool of threads for the process, one deadline for a page.

The threads do HTTP only: no database, no cache, no session.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from . import deadline
from .errors import LogtoError, Unavailable

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")

THREADS = 16
PAGE_SECONDS = 6.0

_pool: ThreadPoolExecutor | None = None
_lock = threading.Lock()


class Later(Generic[T]):
    """The result of a call that has been started, fetched when it is needed."""

    def __init__(self, call: Callable[[], T], *, moment: float) -> None:
        self._call = call
        self._moment = moment
        self._result: Part[T] | None = None
        self._future: Future[T] = pool().submit(self._run)

    def get(self) -> T:
        """The call's own result or exception; `Unavailable` when the deadline passes first."""
        return self.part().required()

    def part(self) -> Part[T]:
        """The result or the `LogtoError` that stands for it; any other exception is raised."""
        if self._result is None:
            try:
                self._result = Part(self._value(), None)
            except LogtoError as error:
                self._result = Part(None, error)
        return self._result

    def abandon(self) -> None:
        """Nobody needs the result: a call that has not begun is not made."""
        self._future.cancel()

    def _value(self) -> T:
        # A call still waiting for a thread is made in this one: a full pool delays nobody, and cannot lock up.
        if self._future.cancel():
            return self._run()
        try:
            return self._future.result(timeout=max(self._moment - time.monotonic(), 0.0))
        except TimeoutError as error:
            raise Unavailable("GET", "", code="deadline.passed") from error

    def _run(self) -> T:
        with deadline.until(self._moment):
            return self._call()


@dataclass(frozen=True)
class Part(Generic[T]):
    """One part of a page: its value, or the failure that a card of its own tells."""

    value: T | None
    error: LogtoError | None

    @property
    def failed(self) -> bool:
        return self.error is not None

    def required(self) -> T:
        """The value, for a part without which the page makes no sense; raises its failure."""
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # without an error there is the value, which may itself be None


def start(call: Callable[[], T], *, seconds: float = PAGE_SECONDS) -> Later[T]:
    """Begins `call` in a thread of the pool; its result is worth waiting for `seconds` from now."""
    return Later(call, moment=time.monotonic() + seconds)


@overload
def gather(a: Callable[[], A], b: Callable[[], B], /, *, seconds: float = ...) -> tuple[Part[A], Part[B]]: ...
@overload
def gather(
    a: Callable[[], A], b: Callable[[], B], c: Callable[[], C], /, *, seconds: float = ...
) -> tuple[Part[A], Part[B], Part[C]]: ...
@overload
def gather(
    a: Callable[[], A], b: Callable[[], B], c: Callable[[], C], d: Callable[[], D], /, *, seconds: float = ...
) -> tuple[Part[A], Part[B], Part[C], Part[D]]: ...
@overload
def gather(
    a: Callable[[], A],
    b: Callable[[], B],
    c: Callable[[], C],
    d: Callable[[], D],
    e: Callable[[], E],
    /,
    *,
    seconds: float = ...,
) -> tuple[Part[A], Part[B], Part[C], Part[D], Part[E]]: ...
@overload
def gather(
    a: Callable[[], A],
    b: Callable[[], B],
    c: Callable[[], C],
    d: Callable[[], D],
    e: Callable[[], E],
    f: Callable[[], F],
    /,
    *,
    seconds: float = ...,
) -> tuple[Part[A], Part[B], Part[C], Part[D], Part[E], Part[F]]: ...
@overload
def gather(*calls: Callable[[], Any], seconds: float = ...) -> tuple[Part[Any], ...]: ...


def gather(*calls: Callable[[], Any], seconds: float = PAGE_SECONDS) -> tuple[Part[Any], ...]:
    """Makes all `calls` at the same time and gives one `Part` for each, in their order, before the deadline."""
    started = [start(call, seconds=seconds) for call in calls]
    return tuple(later.part() for later in started)


def pool() -> ThreadPoolExecutor:
    global _pool
    with _lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(THREADS, thread_name_prefix="logto-read")
        return _pool


def settle() -> None:
    """Waits for every call that has begun and drops the pool; the next call makes a new one."""
    global _pool
    with _lock:
        pool_before, _pool = _pool, None
    if pool_before:
        pool_before.shutdown(cancel_futures=True)


def _forget_after_fork() -> None:
    """A forked worker has the pool's record but none of its threads, and perhaps a lock held by one of them."""
    global _pool, _lock
    _pool, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget_after_fork)
