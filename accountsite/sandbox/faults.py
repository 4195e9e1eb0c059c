"""What can be made to go wrong, so that tests and the control page can watch the site cope."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from accountsite.sandbox.web import Answer, Request


class FaultKind(StrEnum):
    LATENCY = "latency"
    REFUSED = "refused"
    RESET = "reset"
    TIMEOUT = "timeout"
    SERVER_ERROR = "500"
    BAD_GATEWAY = "502"
    TOO_MANY_REQUESTS = "429"
    TOO_MANY_WITH_TIME = "429_retry_after"
    HTML = "html"
    MALFORMED = "malformed"
    TRUNCATED = "truncated"
    FIELD_MISSING = "field_missing"
    FIELD_OTHER_TYPE = "field_other_type"
    UNKNOWN_VALUE = "unknown_value"
    TOKEN_REVOKED = "token_revoked"
    TOKEN_DOWN = "token_down"
    KEYS_ROTATED = "keys_rotated"
    SUSPENDED = "suspended"
    DELETED = "deleted"
    SETTING_CHANGED = "setting_changed"


class NoAnswerError(Exception):
    """The connection gives no answer. Whoever carries the request turns it into the matching network failure."""


class RefusedError(NoAnswerError):
    """Nobody listens."""


class ResetError(NoAnswerError):
    """The connection breaks before an answer."""


class HangError(NoAnswerError):
    """Nothing ever comes back: the client waits until its own time-out."""


NO_ANSWER: dict[FaultKind, type[NoAnswerError]] = {
    FaultKind.REFUSED: RefusedError,
    FaultKind.RESET: ResetError,
    FaultKind.TIMEOUT: HangError,
}


@dataclass
class Fault:
    """One thing that goes wrong for requests whose method and path fit (`*` stands for anything, slashes included).

    The first `skipped` of them go well; `times` counts down with each one it meets (None: for ever). `seconds` is the
    delay of a latency. `after` lets the request take effect first, so that only its answer is lost. `which` names the
    value of an answer that is spoilt, counted from 0 and round again (None: each of them), `person` the id of somebody
    to whom something happens.
    """

    kind: FaultKind
    path: str = "*"
    method: str | None = None
    times: int | None = None
    seconds: float = 0.0
    after: bool = False
    skipped: int = 0
    which: int | None = None
    person: str = ""

    def fits(self, request: Request) -> bool:
        return (self.method is None or self.method == request.method) and fnmatchcase(request.path, self.path)


class Faults:
    """The faults set at present. Several may meet one request: a latency first, then the first other one."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self,
        kind: FaultKind | str,
        path: str = "*",
        *,
        method: str | None = None,
        times: int | None = None,
        seconds: float = 0.0,
        after: bool = False,
        skipped: int = 0,
        which: int | None = None,
        person: str = "",
    ) -> Fault:
        """Set one fault; the arguments are those of `Fault`. ValueError for an unknown kind."""
        fault = Fault(FaultKind(kind), path, method, times, seconds, after, skipped, which, person)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    @property
    def active(self) -> list[Fault]:
        with self._lock:
            return list(self._faults)

    def meet(self, request: Request) -> tuple[float, Fault | None]:
        """Seconds to wait before answering, and the fault that replaces the answer; both count as one use."""
        with self._lock:
            fitting = [fault for fault in self._faults if fault.fits(request) and not self._passes(fault)]
            delays = [fault for fault in fitting if fault.kind is FaultKind.LATENCY]
            others = [fault for fault in fitting if fault.kind is not FaultKind.LATENCY][:1]
            for fault in delays + others:
                self._use(fault)
        return sum(fault.seconds for fault in delays), others[0] if others else None

    def _passes(self, fault: Fault) -> bool:
        """Whether this one still goes well."""
        if fault.skipped <= 0:
            return False
        fault.skipped -= 1
        return True

    def _use(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times <= 0:
            self._faults.remove(fault)


def faulty_answer(fault: Fault, path: str) -> Answer:
    """The wrong answer of a fault that does answer. Raises NoAnswerError for those that do not."""
    if fault.kind in NO_ANSWER:
        raise NO_ANSWER[fault.kind]
    if fault.kind is FaultKind.TOO_MANY_REQUESTS and path == SENDS_MESSAGES:
        return TOO_MANY_MESSAGES
    return WRONG_ANSWERS[fault.kind]


# Logto's own 429 counts messages and has no Retry-After (docs/logto.md 0.6); any other is of what stands before it.
SENDS_MESSAGES = "/api/verification-codes"
TOO_MANY_MESSAGES = Answer.json(
    429, {"code": "request.message_rate_limited", "message": "Too many messages were sent. Please try again later."}
)
# Its unexpected errors have no code (docs/logto.md 0.1).
WRONG_ANSWERS: dict[FaultKind, Answer] = {
    FaultKind.SERVER_ERROR: Answer.json(500, {"message": "Internal server error."}),
    FaultKind.TOO_MANY_REQUESTS: Answer.html(
        429, "<html><title>429 Too Many Requests</title><h1>429 Too Many Requests</h1></html>"
    ),
    FaultKind.BAD_GATEWAY: Answer.html(502, "<html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1></html>"),
    FaultKind.TOO_MANY_WITH_TIME: Answer.json(
        429, {"code": "request.rate_limited", "message": "Please try again later."}, ("retry-after", "17")
    ),
    FaultKind.MALFORMED: Answer(200, (("content-type", "application/json; charset=utf-8"),), b'{"id": nothing, "a'),
    FaultKind.HTML: Answer.html(200, "<!doctype html><title>Please wait</title><p>This is not the answer you wanted."),
    FaultKind.TOKEN_REVOKED: Answer.json(
        401,
        {
            "code": "auth.unauthorized",
            "message": "Unauthorized. Please check credentials and its scope.",
            "data": {"code": "ERR_JWT_EXPIRED", "name": "JWTExpired"},
        },
    ),
}
