"""What can go wrong between this site and Logto, as one small family of exceptions.

None carries a body, a token or a recipient: Logto repeats what was posted in its error texts (docs/logto.md 0.1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypedDict, Unpack

CODE = re.compile(r"[A-Za-z0-9_.:-]{1,120}")
FIELD = re.compile(r"[A-Za-z0-9_.-]{1,120}")
MOST_FIELDS = 10


class AnswerDetails(TypedDict, total=False):
    """What an answer tells whatever its content."""

    status: int
    request_id: str


class ErrorDetails(AnswerDetails, total=False):
    """What may be known of an exchange that failed."""

    code: str


class LogtoError(Exception):
    """An exchange with Logto that gave no usable answer.

    `path` is the address without ids, `status` the HTTP status (0 when none came), `code` Logto's code for the reason
    or one of ours, `request_id` what Logto's own log calls the exchange.
    """

    def __init__(self, method: str, path: str, *, status: int = 0, code: str = "", request_id: str = "") -> None:
        super().__init__(method, path, status, code, request_id)
        self.method = method
        self.path = path
        self.status = status
        self.code = code
        self.request_id = request_id

    def __str__(self) -> str:
        parts = (self.method, self.path, self.status or "", self.code, self.request_id)
        return " ".join(str(part) for part in parts if part)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"


class Refused(LogtoError):  # noqa: N818  # what Logto said, in one word
    """Logto understood and said no; `code` says why, `fields` which values of the request it could not take."""

    def __init__(self, method: str, path: str, *, fields: tuple[str, ...] = (), **told: Unpack[ErrorDetails]) -> None:
        super().__init__(method, path, **told)
        self.fields = fields


class NotFound(LogtoError):  # noqa: N818  # what Logto said, in one word
    """There is no such thing, or it is another person's."""


class TooManyRequests(LogtoError):  # noqa: N818  # what Logto said, in one word
    """Logto or a provider behind it asks to wait; `retry_after` seconds, 0 when it does not say how long."""

    def __init__(self, method: str, path: str, *, retry_after: int = 0, **told: Unpack[ErrorDetails]) -> None:
        super().__init__(method, path, **told)
        self.retry_after = retry_after


class Misconfigured(LogtoError):  # noqa: N818  # what Logto said, in one word
    """Logto does not accept this site itself (secret, role, address); only the operator can mend it."""


class Unavailable(LogtoError):  # noqa: N818  # what Logto said, in one word
    """No usable answer.

    `sent`: the request may have reached Logto. `answered`: Logto itself answered, with a failure of its own.
    """

    def __init__(
        self, method: str, path: str, *, sent: bool = True, answered: bool = False, **told: Unpack[ErrorDetails]
    ) -> None:
        super().__init__(method, path, **told)
        self.sent = sent
        self.answered = answered

    @property
    def may_have_happened(self) -> bool:
        """Whether a write that ended like this may have been carried out all the same."""
        return self.method != "GET" and self.sent and not self.answered


GATEWAY_STATUSES = (502, 503, 504)  # said by whatever stands in front of Logto, which cannot know what Logto did


def error_for(
    method: str, path: str, status: int, body: object, request_id: str = "", retry_after: str = ""
) -> LogtoError:
    """The exception for an answer that is not a success (docs/logto.md 0.1 to 0.4)."""
    code = code_of(body)
    told: ErrorDetails = {"status": status, "code": code, "request_id": request_id}
    if status in (401, 403) and (not code or code.startswith("auth.")):
        return Misconfigured(method, path, **told)
    if status == 404:
        return NotFound(method, path, **told)
    if status == 429:
        seconds = int(retry_after) if re.fullmatch(r"[0-9]{1,5}", retry_after) else 0
        return TooManyRequests(method, path, retry_after=seconds, **told)
    if status >= 500 and not (status == 501 and code):
        return Unavailable(method, path, answered=status not in GATEWAY_STATUSES, **told)
    if status < 400:
        return Misconfigured(method, path, status=status, code="answer.redirected", request_id=request_id)
    return Refused(method, path, fields=fields_of(body), **told)


def code_of(body: object) -> str:
    """Logto's code, or nothing when there is none or it does not look like one."""
    code = body.get("code") if isinstance(body, Mapping) else None
    # guard: error-code-is-a-code
    if not isinstance(code, str) or not CODE.fullmatch(code):
        return ""
    return code


def fields_of(body: object) -> tuple[str, ...]:
    """The names of the values that the request guard refused (docs/logto.md 0.2), never the values."""
    reasons = body.get("data") if isinstance(body, Mapping) else None
    issues = reasons.get("issues") if isinstance(reasons, Mapping) else None
    paths = [issue.get("path") for issue in issues if isinstance(issue, Mapping)] if isinstance(issues, list) else []
    names = [".".join(str(step) for step in path) for path in paths if isinstance(path, list)]
    return tuple(name for name in names if FIELD.fullmatch(name))[:MOST_FIELDS]
