"""Calls that are sent now and whose answers are read when somebody looks at them, without a thread for each.

Such a call runs in a greenlet of the thread that makes the page. Once its question is on its way the page goes on, and
the call with it when its answer is wanted; the answer waits in the connection meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Generic, TypeVar

from greenlet import getcurrent, greenlet

T = TypeVar("T")

_in_one_go: ContextVar[bool] = ContextVar("in_one_go", default=False)


@contextmanager
def in_one_go() -> Iterator[None]:
    """For who holds what others wait for: calls inside are not left for later."""
    token = _in_one_go.set(True)
    try:
        yield
    finally:
        _in_one_go.reset(token)


class Sent(Generic[T]):
    """`call`, as far as it comes without its answer. One that is never looked at ends, and its connection with it."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._thread = threading.get_ident()
        self._result: list[T] = []
        self._failure: BaseException | None = None
        self._running = Running(self._run)
        self._running.gr_context = copy_context()
        self._running.switch()

    @property
    def has_ended(self) -> bool:
        return bool(self._running.dead)

    def result(self) -> T:
        """What came of it; the rest of the call is made now, once."""
        if not self.has_ended:
            if self._thread != threading.get_ident():
                return self._call()  # a read, so it may be made again
            self._running.parent = getcurrent()
            self._running.switch()
        if self._failure is not None:
            raise self._failure
        return self._result[0]

    def _run(self) -> None:
        try:
            self._result.append(self._call())
        except Exception as failure:  # whatever it is, whoever looks is to know
            self._failure = failure


class Running(greenlet):  # type: ignore[misc]  # publishes no types
    """Stops once, before its first answer."""

    has_stopped = False


def wait_until_wanted() -> bool:
    """Called when a question was sent. Whether this call stopped here; time has gone by then."""
    here = getcurrent()
    if not isinstance(here, Running) or here.has_stopped or _in_one_go.get():
        return False
    here.has_stopped = True
    if here.parent is not None:
        here.parent.switch()
    return True
