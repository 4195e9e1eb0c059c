"""What can happen at any one call to Logto: the process is killed after it, or it fails in one of several ways."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
import responses

from accountsite.sandbox.logto import Logto
from tests.conftest import METHODS, carry

Fault = Callable[["Line", requests.PreparedRequest], Any]


@dataclass
class Line:
    """Every call of the site, in order, counted from 0."""

    logto: Logto
    calls: list[str] = field(default_factory=list)
    killed_after: int | None = None
    broken: int | None = None
    fault: Fault | None = None

    @classmethod
    def between(cls, logto: Logto, mock: responses.RequestsMock) -> Line:
        found = cls(logto)
        for method in METHODS:
            anywhere = re.compile(re.escape(logto.endpoint) + "/.*")
            mock.replace(responses.CallbackResponse(method, anywhere, found.answer))
        return found

    def begin(self, *, killed_after: int | None = None, broken: int | None = None, fault: Fault | None = None) -> None:
        """Counts anew, with what is to happen this time."""
        self.calls, self.killed_after, self.broken, self.fault = [], killed_after, broken, fault

    def answer(self, sent: requests.PreparedRequest) -> Any:
        number = len(self.calls)
        self.calls.append(f"{sent.method} {str(sent.url).removeprefix(self.logto.endpoint)}")
        if number == self.broken and self.fault:
            return self.fault(self, sent)
        answered = carry(self.logto, sent)
        if number == self.killed_after:
            raise KeyboardInterrupt
        return answered


def refused(line: Line, sent: requests.PreparedRequest) -> Any:
    raise requests.ConnectionError("refused")


def lost(line: Line, sent: requests.PreparedRequest) -> Any:
    """It took effect, and nobody is told."""
    carry(line.logto, sent)
    raise requests.ReadTimeout("lost")


def broke_down(line: Line, sent: requests.PreparedRequest) -> Any:
    return 500, [("Content-Type", "application/json")], b'{"message": "x"}'


def too_many(line: Line, sent: requests.PreparedRequest) -> Any:
    return 429, [("Content-Type", "application/json")], b'{"code": "x.y", "message": "x"}'


FAULTS: tuple[Fault, ...] = (refused, lost, broke_down, too_many)
