"""The parts of `make bench` whose figures nobody could check by looking at them."""

from __future__ import annotations

import pytest

from bench.tables import Table
from bench.upstream import Replay, rounds

HEAD = b"GET /api/.well-known/sign-in-exp HTTP/1.1\r\nHost: localhost"


@pytest.mark.parametrize(
    ("calls", "longest"),
    [
        ([], 0),
        ([(0, 5), (1, 6), (2, 7)], 1),
        ([(0, 5), (5, 9)], 2),
        ([(0, 5), (1, 9), (6, 8), (10, 11)], 3),
        ([(0, 9), (1, 2), (3, 4)], 2),
    ],
)
def test_rounds_are_calls_that_waited_for_one_another(calls: list[tuple[float, float]], longest: int) -> None:
    assert rounds(calls) == longest


def test_an_answer_is_made_once_and_then_replayed() -> None:
    replay = Replay("http://localhost:3301", "http://localhost:8000")
    first = replay.answer(HEAD, b"")
    assert first.startswith(b"HTTP/1.1 200 ")
    replay.logto.state.sign_in_experience["termsOfUseUrl"] = "https://changed.example/"
    assert replay.answer(HEAD, b"") == first


def test_a_figure_that_does_not_reach_the_number_is_shown_as_missed() -> None:
    table = Table("Speed", "Of a page.", ("page", "ms"))
    table.add("one", 4.5)
    table.want("one", 4.5, 4, " ms")
    table.want_at_least("pages", 300, 320)
    table.want("another", 4, 4)
    assert table.markdown().splitlines()[4:] == [
        "| page | ms |",
        "| --- | --- |",
        "| one | 4.5 |",
        "",
        "Missed:",
        "",
        "- one: 4.5 ms, wanted at most 4 ms.",
        "- pages: 300, wanted at least 320.",
    ]
