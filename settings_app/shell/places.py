"""The threads of the web server, shared out: a site whose Logto hangs leaves some to others and to health checks."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

ONE_IN = 4  # of the threads is out of reach for any one site of several
LEFT_BY_THE_ONLY_ONE = 2  # threads, for health checks and for those who are told to wait
STANDSTILL_SECONDS = 0.5  # without a place that became free: whoever waits is told so
MOST_SECONDS = 5.0  # of waiting at the only site, where places do become free


class WaitingLine:
    """The places of one site, given in the order in which requests came for them."""

    def __init__(self, places: int) -> None:
        self._lock = threading.Lock()
        self._free = places
        self._waiting: deque[threading.Event] = deque()
        self._given_back = 0

    def take(self, most_seconds: float) -> bool:
        """Waits for a place while others are given back, `most_seconds` at the most. Whether there was one."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            turn, seen, until = threading.Event(), self._given_back, time.monotonic() + most_seconds
            self._waiting.append(turn)
        while not turn.wait(min(STANDSTILL_SECONDS, max(until - time.monotonic(), 0))):
            with self._lock:
                if turn.is_set():
                    return True
                if seen == self._given_back or time.monotonic() >= until:
                    self._waiting.remove(turn)
                    return False
                seen = self._given_back
        return True

    def give_back(self) -> None:
        """To whoever has waited longest; a request that comes this moment does not get in front."""
        with self._lock:
            self._given_back += 1
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1


class Places:
    """How many requests of one site this process serves at the same time; without `threads` there is no limit.

    `is_alone`: there is and will be one site only.
    """

    def __init__(self, threads: int, *, is_alone: bool = False) -> None:
        left = min(LEFT_BY_THE_ONLY_ONE, threads // ONE_IN) if is_alone else threads // ONE_IN
        self.most = max(threads - max(left, 1), 1) if threads else 0
        self._most_seconds = MOST_SECONDS if is_alone else STANDSTILL_SECONDS
        self._lock = threading.Lock()
        self._lines: dict[str, WaitingLine] = {}

    @contextmanager
    def one(self, site: str) -> Iterator[bool]:
        """A place for one request of this site. False when none became free in time."""
        if not self.most:
            yield True
            return
        with self._lock:
            line = self._lines.setdefault(site, WaitingLine(self.most))
        taken = line.take(self._most_seconds)
        try:
            yield taken
        finally:
            if taken:
                line.give_back()
