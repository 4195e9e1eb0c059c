"""The calls that a page or a write makes to Logto, and what can go wrong with each of them."""

from __future__ import annotations

import os
import re
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


@dataclass(frozen=True)
class Wrong:
    """One thing that goes wrong, as the table calls it."""

    name: str
    kind: FaultKind
    after: bool = False
    every_value: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether no usable answer came, so that nothing could have been shown in its place."""
        return self.kind in PLAIN

    @property
    def spoils_values(self) -> bool:
        return self.kind in VALUES

    @property
    def is_meanwhile(self) -> bool:
        """Whether something really is different from then on."""
        return self.kind in MEANWHILE


PLAIN = {
    FaultKind.REFUSED, FaultKind.RESET, FaultKind.TIMEOUT, FaultKind.SERVER_ERROR, FaultKind.BAD_GATEWAY,
    FaultKind.TOO_MANY_REQUESTS, FaultKind.TOO_MANY_WITH_TIME, FaultKind.MALFORMED, FaultKind.TRUNCATED,
    FaultKind.TOKEN_DOWN,
}  # fmt: skip
VALUES = {FaultKind.FIELD_MISSING, FaultKind.FIELD_OTHER_TYPE, FaultKind.UNKNOWN_VALUE}
MEANWHILE = {FaultKind.SUSPENDED, FaultKind.DELETED, FaultKind.SETTING_CHANGED, FaultKind.KEYS_ROTATED}
WRONGS = (
    Wrong("refused", FaultKind.REFUSED),
    Wrong("reset", FaultKind.RESET),
    Wrong("time-out before", FaultKind.TIMEOUT),
    Wrong("time-out after", FaultKind.TIMEOUT, after=True),
    Wrong("500", FaultKind.SERVER_ERROR),
    Wrong("502, HTML", FaultKind.BAD_GATEWAY),
    Wrong("502 after", FaultKind.BAD_GATEWAY, after=True),
    Wrong("429", FaultKind.TOO_MANY_REQUESTS),
    Wrong("429, Retry-After", FaultKind.TOO_MANY_WITH_TIME),
    Wrong("malformed", FaultKind.MALFORMED, after=True),
    Wrong("cut off", FaultKind.TRUNCATED),
    Wrong("a value missing", FaultKind.FIELD_MISSING),
    Wrong("all missing", FaultKind.FIELD_MISSING, every_value=True),
    Wrong("a value of another type", FaultKind.FIELD_OTHER_TYPE),
    Wrong("all of another type", FaultKind.FIELD_OTHER_TYPE, every_value=True),
    Wrong("an unknown word", FaultKind.UNKNOWN_VALUE),
    Wrong("all words unknown", FaultKind.UNKNOWN_VALUE, every_value=True),
    Wrong("token revoked", FaultKind.TOKEN_REVOKED),
    Wrong("token endpoint down", FaultKind.TOKEN_DOWN),
    Wrong("keys rotated", FaultKind.KEYS_ROTATED),
    Wrong("suspended", FaultKind.SUSPENDED),
    Wrong("deleted", FaultKind.DELETED),
    Wrong("settings changed", FaultKind.SETTING_CHANGED),
)
# Those of one kind differ below `transport.py` alone, or in what they spoil.
KINDS = (
    {FaultKind.REFUSED, FaultKind.RESET, FaultKind.TIMEOUT},
    {FaultKind.SERVER_ERROR, FaultKind.BAD_GATEWAY, FaultKind.MALFORMED, FaultKind.TRUNCATED},
    {FaultKind.TOO_MANY_REQUESTS, FaultKind.TOO_MANY_WITH_TIME},
    VALUES,
    {FaultKind.TOKEN_REVOKED, FaultKind.TOKEN_DOWN, FaultKind.KEYS_ROTATED},
    {FaultKind.SUSPENDED, FaultKind.DELETED, FaultKind.SETTING_CHANGED},
)
PLAYED = os.environ.get("FAULTS", "few")  # few, in every run of the tests; turn; all
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


def cases(seen: list[Call]) -> Iterator[tuple[Call, Wrong]]:
    """What is played: all of it, or of each kind one at each call, by turn; or a few in all."""
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
