"""The calls that a page or a write makes to Logto, and what can go wrong with each of them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests
import responses

from accountsite.sandbox.faults import FaultKind
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.spoiling import SPOILS, how_many_values
from accountsite.sandbox.web import Answer, Request
from settings_app.logto.paths import template_of
from tests.conftest import METHODS, carry
from tests.faults.wrongs import KINDS, PLAYED, WRONGS, Wrong

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """One call: `nth` tells it from others of the same method and path, whatever order threads make them in."""

    method: str
    path: str
    nth: int
    answer: Answer = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return f"{self.method} {template_of(self.path)}" + (f" #{self.nth + 1}" if self.nth else "")

    @property
    def is_about_somebody(self) -> bool:
        """Whether it reads or writes what belongs to a person, or changes anything else."""
        return self.path.startswith("/api/users/") or self.method != "GET"


KINDS_OF_A_SETTING = 2  # by turn: what belongs to the tenant is read by every page in the same way
ATTEMPTS_OF_A_READ = 2


class Recorder:
    """Stands between the site and the sandbox, and notes each call with its answer."""

    def __init__(self, logto: Logto, mock: responses.RequestsMock) -> None:
        self.logto, self.endpoint = logto, logto.endpoint
        self.seen: list[Call] = []
        self.change: Callable[[Call], Answer] | None = None  # what the site is answered instead
        self._answer = logto.answer
        for method in METHODS:
            anywhere = re.compile(re.escape(logto.endpoint) + "/.*")
            mock.replace(responses.CallbackResponse(method, anywhere, self.carried))

    def carried(self, sent: requests.PreparedRequest) -> Any:
        return carry(self, sent)  # type: ignore[arg-type]  # of the sandbox it only wants the answer

    def answer(self, request: Request) -> Answer:
        nth = sum((one.method, one.path) == (request.method, request.path) for one in self.seen)
        answer = self._answer(request)
        call = Call(request.method, request.path, nth, answer)
        self.seen.append(call)
        return self.change(call) if self.change else answer


def possible(call: Call, wrong: Wrong) -> bool:
    """Whether this can happen to that call at all."""
    if wrong.kind in SPOILS:
        values = how_many_values(wrong.kind, call.answer)
        return bool(call.answer.body) if wrong.kind is FaultKind.TRUNCATED else values > wrong.every_value
    if wrong.after:
        return call.method != "GET"
    if wrong.kind in (FaultKind.TOKEN_REVOKED, FaultKind.TOKEN_DOWN):
        return call.path.startswith("/api/")
    return True


def cases(about: str, made: list[Call]) -> Iterator[tuple[Call, Wrong]]:
    """What is played: all of it, or of each kind one at each call, by turn; or a few in all. Of one page the same each

    time, whatever order its threads made the calls in.
    """
    seen, TURN.at = sorted(made, key=lambda call: call.name), zlib.crc32(about.encode())
    if PLAYED == "all":
        yield from ((call, wrong) for call in seen for wrong in WRONGS if possible(call, wrong))
        return
    chosen = seen if PLAYED == "turn" else seen[TURN.at % max(len(seen), 1) :][:1]
    for call in chosen:
        for kind in KINDS if call.is_about_somebody else by_turn(KINDS, KINDS_OF_A_SETTING):
            fitting = [wrong for wrong in WRONGS if wrong.kind in kind and possible(call, wrong)]
            if fitting:
                TURN.at += 1
                yield call, fitting[TURN.at % len(fitting)]


@dataclass
class Turn:
    """Goes round through everything, so that in the end each thing was played at each kind of call."""

    at: int = 0


TURN = Turn()


def by_turn(kinds: Sequence[T], count: int) -> list[T]:
    TURN.at += 1
    return [kinds[(TURN.at + number) % len(kinds)] for number in range(count)]


def set_up(logto: Logto, call: Call, wrong: Wrong, person: str, turn: int) -> None:
    """Makes it go wrong. `turn` chooses which value is spoilt, so that over all cases it is each of them."""
    keeps_failing = call.method == "GET" and wrong.kind in (FaultKind.REFUSED, FaultKind.RESET)
    logto.faults.add(
        wrong.kind,
        call.path,
        method=call.method,
        times=ATTEMPTS_OF_A_READ if keeps_failing else 1,
        after=wrong.after,
        skipped=call.nth,
        which=None if wrong.every_value else turn,
        person=person,
    )
