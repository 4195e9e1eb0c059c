"""Stops asking a Logto that does not answer, so that its failure costs milliseconds and not worker threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES_IN_A_ROW = 5
PAUSE_SECONDS = 5.0


class Breaker:
    """Counts failures in a row. After too many nobody may ask for a pause; then one may, whose success ends it.

    One is a call, or all calls of one page: else the first page after an outage would lack whatever its probe is not.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until = 0.0
        self._probe = ""  # the page whose calls are sent, none of which has failed so far

    def admits(self, page: str = "") -> bool:
        """Whether a request may be sent now. `page` is what the calls of one page have in common, empty elsewhere."""
        with self._lock:
            if self._failures < FAILURES_IN_A_ROW:
                return True
            now = self._clock()
            if now < self._closed_until:
                return bool(page) and page == self._probe
            # This caller is the probe; the pause begins anew for the others, so one that never reports blocks nothing.
            self._closed_until, self._probe = now + PAUSE_SECONDS, page
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._probe = ""
            if self._failures >= FAILURES_IN_A_ROW:
                self._closed_until = self._clock() + PAUSE_SECONDS
