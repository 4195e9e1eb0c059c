"""A value kept in this process's memory and loaded again before it is too old."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from . import deadline
from .ahead import in_one_go
from .errors import LogtoError, TooManyRequests, Unavailable

T = TypeVar("T")

AHEAD = 0.8  # of the life after which the value may be loaded again ahead of time
JITTER = 0.15  # of the life, so that processes started together do not load together
RETRY_SECONDS = 5.0  # after a failed loading the old value serves this long before the next try


class Loaded(NamedTuple, Generic[T]):
    """A loaded value and three moments of the clock."""

    value: T
    load_again_at: float
    ends_at: float
    serves_until: float  # at the latest, when it cannot be loaded again


class Cached(Generic[T]):
    """One value under one lock.

    Ahead of its end one caller loads it anew while the others use the old one. Past its end everybody waits for one
    loading, and shares its failure. When Logto is down the old value serves for `stale_seconds` more.
    """

    def __init__(
        self,
        load: Callable[[], T],
        *,
        life_seconds: Callable[[T], float],
        stale_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load = load
        self._life_seconds = life_seconds
        self._stale_seconds = stale_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._held: Loaded[T] | None = None
        self._loadings = 0
        self._failure: LogtoError | None = None

    def __call__(self) -> T:
        """The value; raises the `LogtoError` of the loading when there is none to serve."""
        held, seen = self._held, self._loadings
        now = self._clock()
        if held and now < held.load_again_at:
            return held.value
        if held and now < held.ends_at:
            if not self._lock.acquire(blocking=False):
                return held.value
        elif not self._lock.acquire(timeout=longest_wait()):
            raise Unavailable("GET", "", sent=False, code="deadline.passed")
        try:
            return self._checked_again(seen)
        finally:
            self._lock.release()

    def kept(self) -> T | None:
        """What is kept, however old; None when nothing was loaded yet. Loads nothing."""
        return self._held.value if self._held else None

    def is_due(self) -> bool:
        """Whether the next call would load."""
        held = self._held
        return held is None or self._clock() >= held.load_again_at

    def forget(self, value: T | None = None) -> None:
        """Drops what is kept; with `value`, only if that is still it."""
        with self._lock:
            if value is None or (self._held and self._held.value == value):
                self._held = None

    def _checked_again(self, seen: int) -> T:
        """The value now that the lock is held: another caller may have loaded it, or failed to, meanwhile."""
        if self._held and self._clock() < self._held.load_again_at:
            return self._held.value
        if self._failure and self._loadings != seen:
            raise self._failure.with_traceback(None)
        try:
            with in_one_go():  # others wait for this lock
                value = self._load()
        except LogtoError as error:
            self._loadings, self._failure = self._loadings + 1, error
            return self._old_one_or_raise(error)
        self._loadings, self._failure = self._loadings + 1, None
        life, now = self._life_seconds(value), self._clock()
        ahead = life * (AHEAD - random.uniform(0, JITTER))  # noqa: S311  # spreads load, protects nothing
        self._held = Loaded(value, now + ahead, now + life, now + life + self._stale_seconds)
        return value

    def _old_one_or_raise(self, error: LogtoError) -> T:
        held, now = self._held, self._clock()
        down = isinstance(error, (Unavailable, TooManyRequests))
        limit = (held.serves_until if down else held.ends_at) if held else now
        if held is None or now >= limit:
            raise error
        pause = min(now + RETRY_SECONDS, limit)
        self._held = held._replace(load_again_at=pause, ends_at=max(held.ends_at, pause))
        return held.value


def longest_wait() -> float:
    """For another caller's loading, in seconds as a lock takes them: as long as this one's answer is worth it."""
    left = deadline.seconds_left()
    return -1 if left is None else max(left, 0.0)
