"""The threads of the web server, shared out: a site whose Logto hangs leaves some to others and to health checks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

ONE_IN = 4  # of the threads is out of reach for any one site of several
LEFT_BY_THE_ONLY_ONE = 2  # threads, for health checks and for those who are told to wait
WAIT_SECONDS = 0.5


class Places:
    """How many requests of one site this process serves at the same time; without `threads` there is no limit.

    `is_alone`: there is and will be one site only.
    """

    def __init__(self, threads: int, *, is_alone: bool = False) -> None:
        left = min(LEFT_BY_THE_ONLY_ONE, threads // ONE_IN) if is_alone else threads // ONE_IN
        self.most = max(threads - max(left, 1), 1) if threads else 0
        self._lock = threading.Lock()
        self._places: dict[str, threading.Semaphore] = {}

    @contextmanager
    def one(self, site: str) -> Iterator[bool]:
        """A place for one request of this site. False when none became free in time."""
        if not self.most:
            yield True
            return
        with self._lock:
            places = self._places.setdefault(site, threading.Semaphore(self.most))
        taken = places.acquire(timeout=WAIT_SECONDS)
        try:
            yield taken
        finally:
            if taken:
                places.release()
