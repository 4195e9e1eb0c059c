"""The moment after which nobody waits for an answer any more, known to every call made on its behalf."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_moment: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def until(moment: float) -> Iterator[None]:
    """Calls inside give up at `moment` (of `time.monotonic`)."""
    before = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(before)


def seconds_left() -> float | None:
    """How long an answer is still worth something; None when there is no limit."""
    moment = _moment.get()
    return None if moment is None else moment - time.monotonic()
