"""Which site and which request the work at hand belongs to, for log lines, error pages and calls to Logto."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import TypeVar
from uuid import uuid4

T = TypeVar("T")

HEADER = "X-Request-ID"
READABLE = re.compile(r"[A-Za-z0-9_.-]{8,64}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_site: ContextVar[str] = ContextVar("site", default="")


def request_id() -> str:
    """Empty outside of a request."""
    return _request_id.get()


def site() -> str:
    """The host of the site; empty where there is none."""
    return _site.get()


@contextmanager
def of_request(received: str) -> Iterator[str]:
    """Gives the block a request id: the one that the proxy sent, where it looks like one."""
    # guard: request-id-is-readable
    received = received if READABLE.fullmatch(received) else ""
    token, site_token = _request_id.set(received or uuid4().hex), _site.set("")
    try:
        yield _request_id.get()
    finally:
        _request_id.reset(token)
        _site.reset(site_token)


@contextmanager
def of_site(host: str) -> Iterator[None]:
    token = _site.set(host)
    try:
        yield
    finally:
        _site.reset(token)


def carried(call: Callable[[], T]) -> Callable[[], T]:
    """`call` for another thread, where it still belongs to this site and request."""
    context = copy_context()
    return lambda: context.run(call)
