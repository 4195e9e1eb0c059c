"""When Logto is asked again after an outage: by one page at first, and by the whole of it."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.logto import breaker
from tests.faults.judging import ADMITS


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def after_the_pause(now: list[float]) -> breaker.Breaker:
    opened = breaker.Breaker(clock=lambda: now[0])
    for _ in range(breaker.FAILURES_IN_A_ROW):
        opened.failed()
    now[0] = breaker.PAUSE_SECONDS + 1
    return opened


def test_all_calls_of_the_page_that_probes_are_sent_and_none_of_others(after_the_pause: breaker.Breaker) -> None:
    asked = [after_the_pause.admits(page) for page in ("one", "one", "another", "", "one")]
    assert asked == [True, True, False, False, True]


def test_one_that_failed_ends_them(after_the_pause: breaker.Breaker) -> None:
    assert after_the_pause.admits("one")
    after_the_pause.failed()
    assert not after_the_pause.admits("one")


def test_calls_of_no_page_are_one_at_a_time(after_the_pause: breaker.Breaker) -> None:
    assert [after_the_pause.admits(), after_the_pause.admits()] == [True, False]


def test_another_page_probes_when_the_first_never_reports(after_the_pause: breaker.Breaker, now: list[float]) -> None:
    assert after_the_pause.admits("one")
    now[0] += breaker.PAUSE_SECONDS + 1
    assert [after_the_pause.admits("another"), after_the_pause.admits("one")] == [True, False]


def test_the_first_page_after_an_outage_lacks_nothing(
    verified_ada: Client, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "PAUSE_SECONDS", 0.2)
    assert verified_ada.get("/").status_code == 200
    logto.faults.add("refused")
    for _ in range(3):
        assert verified_ada.get("/").status_code == 503
    logto.faults.clear()
    logto.faults.add("latency", seconds=0.1, times=100)  # so that all that is read is asked for before the first answer
    time.sleep(0.25)
    page = verified_ada.get("/")
    assert page.status_code == 200
    assert not ADMITS.search(page.content.decode().partition("<main")[2].partition("</main>")[0])
