"""Parallel reads: at the same time, one deadline, a full pool delays nobody, each failure stays in its own part."""

from __future__ import annotations

import threading

import pytest
import responses

from settings_app.logto import parallel
from settings_app.logto.account import Account
from settings_app.logto.deadline import seconds_left
from settings_app.logto.errors import NotFound, Unavailable
from settings_app.logto.parallel import gather, start

LOGTO = "https://logto.test"


def test_calls_run_at_the_same_time() -> None:
    meeting = threading.Barrier(3, timeout=5)
    parts = gather(meeting.wait, meeting.wait, meeting.wait)
    assert sorted(part.required() for part in parts) == [0, 1, 2]


def test_each_result_stands_in_its_place() -> None:
    def missing() -> str:
        raise NotFound("GET", "/api/thing")

    first, second, third = gather(lambda: "one", missing, lambda: None)
    assert (first.value, first.failed) == ("one", False)
    assert (second.value, second.failed) == (None, True)
    assert (third.required(), third.failed) == (None, False)
    with pytest.raises(NotFound):
        second.required()


def test_a_mistake_of_ours_is_not_a_part_that_could_not_be_loaded() -> None:
    def wrong() -> str:
        raise KeyError("typing error")

    with pytest.raises(KeyError):
        gather(wrong, lambda: 1)


def test_a_part_that_is_late_is_given_up() -> None:
    began, finish = threading.Event(), threading.Event()

    def slow() -> bool:
        began.set()
        return finish.wait(10)

    later = start(slow, seconds=0.2)
    assert began.wait(5)
    part = later.part()
    finish.set()
    assert isinstance(part.error, Unavailable)
    assert part.error.code == "deadline.passed"


def test_every_call_knows_the_deadline() -> None:
    first, second = gather(seconds_left, seconds_left, seconds=3)
    assert all(0 < (part.required() or 0) <= 3 for part in (first, second))
    assert seconds_left() is None


def test_a_full_pool_locks_nothing_up() -> None:
    def nested() -> int:
        inner = gather(lambda: 1, lambda: 2)
        return sum(part.required() for part in inner)

    parts = gather(*[nested] * (parallel.THREADS * 3), seconds=5)
    assert [part.required() for part in parts] == [3] * (parallel.THREADS * 3)


def test_a_call_waiting_for_a_thread_is_made_by_the_one_who_needs_it() -> None:
    finish = threading.Event()
    blocking = [start(lambda: finish.wait(5)) for _ in range(parallel.THREADS)]
    try:
        assert start(threading.get_ident).get() == threading.get_ident()
    finally:
        finish.set()
    assert all(later.get() for later in blocking)


def test_a_call_is_made_when_it_is_started_and_only_once() -> None:
    called = threading.Event()
    times: list[int] = []

    def call() -> str:
        times.append(1)
        called.set()
        return "done"

    later = start(call)
    assert called.wait(5)
    assert [later.get(), later.get(), later.part().value] == ["done"] * 3
    assert len(times) == 1


def test_an_abandoned_call_is_not_made() -> None:
    finish = threading.Event()
    times: list[int] = []
    blocking = [start(lambda: finish.wait(5)) for _ in range(parallel.THREADS)]
    start(lambda: times.append(1)).abandon()
    finish.set()
    assert all(later.get() for later in blocking)
    parallel.settle()
    assert times == []


def test_the_reads_of_a_page_need_one_token(account: Account, wire: responses.RequestsMock) -> None:
    wire.get(f"{LOGTO}/api/users/ada", json={"id": "ada", "isSuspended": False})
    wire.get(f"{LOGTO}/api/users/ada/sessions", json={"sessions": []})
    wire.get(f"{LOGTO}/api/users/ada/mfa-verifications", status=500)
    person, sessions, factors = gather(account.person, account.sessions, account.factors)
    assert (person.required().id, sessions.value, factors.failed) == ("ada", (), True)
    assert [call.request.url for call in wire.calls].count(f"{LOGTO}/oidc/token") == 1
