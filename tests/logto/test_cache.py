"""Cached values: loaded ahead of their end by one, served stale for a bounded time, failures shared, not prolonged."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from settings_app.logto import deadline
from settings_app.logto.cache import RETRY_SECONDS, Cached
from settings_app.logto.errors import LogtoError, Misconfigured, TooManyRequests, Unavailable

LIFE, STALE = 100.0, 1000.0


class Source:
    """Counts its loadings; fails while `failure` is set."""

    def __init__(self) -> None:
        self.count = 0
        self.now = 0.0
        self.failure: LogtoError | None = None
        self.cached = Cached(self.load, life_seconds=lambda _: LIFE, stale_seconds=STALE, clock=lambda: self.now)

    def load(self) -> int:
        self.count += 1
        if self.failure:
            raise self.failure
        return self.count


@pytest.fixture
def source() -> Source:
    return Source()


def test_a_value_is_loaded_once(source: Source) -> None:
    assert [source.cached(), source.cached()] == [1, 1]


def test_a_value_is_loaded_again_ahead_of_its_end(source: Source) -> None:
    source.cached()
    source.now = LIFE * 0.5
    assert source.cached() == 1
    source.now = LIFE * 0.9
    assert source.cached() == 2


def test_while_one_loads_ahead_the_others_use_the_old_value() -> None:
    now = [0.0]
    begun, go_on = threading.Event(), threading.Event()
    loaded: list[int] = []

    def load() -> int:
        loaded.append(1)
        if len(loaded) > 1:
            begun.set()
            go_on.wait(5)
        return len(loaded)

    cached = Cached(load, life_seconds=lambda _: LIFE, clock=lambda: now[0])
    cached()
    now[0] = LIFE * 0.9
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(cached)
        begun.wait(5)
        assert cached() == 1
        go_on.set()
        assert first.result() == 2


def test_nobody_waits_for_anothers_loading_longer_than_the_answer_is_worth_something() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def load() -> int:
        begun.set()
        go_on.wait(5)
        return 1

    cached = Cached(load, life_seconds=lambda _: LIFE)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(cached)
        begun.wait(5)
        with deadline.until(time.monotonic() + 0.05), pytest.raises(Unavailable):
            cached()
        go_on.set()
        assert first.result() == 1


@pytest.mark.parametrize("failure", [Unavailable("GET", "/"), TooManyRequests("GET", "/")])
def test_when_logto_is_down_the_old_value_serves_for_a_bounded_time(source: Source, failure: LogtoError) -> None:
    source.cached()
    source.failure = failure
    source.now = LIFE + STALE - 1
    assert source.cached() == 1
    source.now = LIFE + STALE + 1
    with pytest.raises(type(failure)):
        source.cached()


def test_what_is_stale_is_not_asked_for_at_every_use(source: Source) -> None:
    source.cached()
    source.failure = Unavailable("GET", "/")
    source.now = LIFE + 1
    assert [source.cached() for _ in range(10)] == [1] * 10
    assert source.count == 2
    source.failure, source.now = None, LIFE + 2 + RETRY_SECONDS
    assert source.cached() == 3


def test_a_refusal_is_not_papered_over_with_an_old_value(source: Source) -> None:
    source.cached()
    source.failure = Misconfigured("GET", "/")
    source.now = LIFE * 0.9
    assert source.cached() == 1
    source.now = LIFE + 1
    with pytest.raises(Misconfigured):
        source.cached()


def test_a_failure_is_not_remembered(source: Source) -> None:
    source.failure = Unavailable("GET", "/")
    with pytest.raises(Unavailable):
        source.cached()
    source.failure = None
    assert source.cached() == 2


def test_a_forgotten_value_is_loaded_again(source: Source) -> None:
    source.cached()
    source.cached.forget(5)
    assert source.cached() == 1
    source.cached.forget(1)
    assert source.cached() == 2
    source.cached.forget()
    assert source.cached() == 3


def test_processes_started_together_do_not_load_together() -> None:
    first, second = Source(), Source()
    moments = []
    for source in (first, second):
        source.cached()
        while source.count == 1:
            source.now += 0.001
            source.cached()
        moments.append(source.now)
    assert abs(moments[0] - moments[1]) > 0
