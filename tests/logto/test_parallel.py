"""Parallel reads: at the same time, one deadline, a full pool delays nobody, each failure stays in its own part."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import responses

from settings_app.logto.account import Account
from settings_app.logto.cache import Cached
from settings_app.logto.deadline import seconds_left
from settings_app.logto.errors import NotFound, Unavailable
from settings_app.logto.parallel import THREADS, Part, Pool

LOGTO = "https://logto.test"


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.settle()


def test_calls_run_at_the_same_time(pool: Pool) -> None:
    meeting = threading.Barrier(3, timeout=5)
    parts = [pool.start(meeting.wait) for _ in range(3)]
    assert sorted(part.required() for part in parts) == [0, 1, 2]


def test_each_part_has_its_own_result(pool: Pool) -> None:
    def missing() -> str:
        raise NotFound("GET", "/api/thing")

    first, second, third = pool.start(lambda: "one"), pool.start(missing), pool.start(lambda: None)
    assert (first.value, first.failed) == ("one", False)
    assert (second.value, second.failed) == (None, True)
    assert (third.required(), third.failed) == (None, False)
    with pytest.raises(NotFound):
        second.required()


def test_a_mistake_of_ours_is_not_a_part_that_could_not_be_loaded(pool: Pool) -> None:
    def wrong() -> str:
        raise KeyError("typing error")

    part = pool.start(wrong)
    with pytest.raises(KeyError):
        _ = part.value


def test_a_part_that_is_late_is_given_up(pool: Pool) -> None:
    began, finish = threading.Event(), threading.Event()

    def slow() -> bool:
        began.set()
        return finish.wait(10)

    part = pool.start(slow, seconds=0.2)
    assert began.wait(5)
    error = part.error
    finish.set()
    assert isinstance(error, Unavailable)
    assert error.code == "deadline.passed"


def test_every_call_knows_the_deadline(pool: Pool) -> None:
    first, second = pool.start(seconds_left, seconds=3), pool.start(seconds_left, seconds=3)
    assert all(0 < (part.required() or 0) <= 3 for part in (first, second))
    assert seconds_left() is None


def test_a_full_pool_locks_nothing_up(pool: Pool) -> None:
    def nested() -> int:
        inner = pool.start(lambda: 1), pool.start(lambda: 2)
        return sum(part.required() for part in inner)

    parts = [pool.start(nested, seconds=5) for _ in range(THREADS * 3)]
    assert [part.required() for part in parts] == [3] * (THREADS * 3)


def test_a_call_waiting_for_a_thread_is_made_by_the_one_who_needs_it(pool: Pool) -> None:
    finish = threading.Event()
    blocking = [pool.start(lambda: finish.wait(5)) for _ in range(THREADS)]
    try:
        assert pool.start(threading.get_ident).required() == threading.get_ident()
    finally:
        finish.set()
    assert all(part.required() for part in blocking)


def test_a_call_is_made_when_it_is_started_and_only_once(pool: Pool) -> None:
    called = threading.Event()
    times: list[int] = []

    def call() -> str:
        times.append(1)
        called.set()
        return "done"

    part = pool.start(call)
    assert called.wait(5)
    assert [part.required(), part.required(), part.value] == ["done"] * 3
    assert len(times) == 1


def test_two_threads_that_need_the_same_part_make_its_call_once(pool: Pool) -> None:
    finish = threading.Event()
    times: list[int] = []
    blocking = [pool.start(lambda: finish.wait(5)) for _ in range(THREADS)]
    part = pool.start(lambda: times.append(1))
    readers = [threading.Thread(target=part.required) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(5)
    finish.set()
    assert all(one.required() for one in blocking)
    assert times == [1]


def test_what_is_in_memory_needs_no_thread(pool: Pool) -> None:
    cached = Cached(threading.get_ident, life_seconds=lambda _: 60.0)
    loaded_in = pool.start(cached).required()
    assert loaded_in != threading.get_ident()
    pool.settle()
    threads = set(threading.enumerate())
    assert pool.start(cached).required() == loaded_in
    assert set(threading.enumerate()) <= threads


def test_a_part_may_be_known_already() -> None:
    assert Part(lambda: 3).required() == 3


def test_the_reads_of_a_page_need_one_token(account: Account, wire: responses.RequestsMock) -> None:
    wire.get(f"{LOGTO}/api/users/ada", json={"id": "ada", "isSuspended": False})
    wire.get(f"{LOGTO}/api/users/ada/sessions", json={"sessions": []})
    wire.get(f"{LOGTO}/api/users/ada/mfa-verifications", status=500)
    start = account.tenant.start
    person, sessions, factors = start(account.person), start(account.sessions), start(account.factors)
    assert (person.required().id, sessions.value, factors.failed) == ("ada", (), True)
    assert [call.request.url for call in wire.calls].count(f"{LOGTO}/oidc/token") == 1
