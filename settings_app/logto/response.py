"""Reads what Logto answered: bounded, defensively parsed, and told in one log line without any of its content."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json

from settings_app import metering, spans

from .errors import AnswerDetails, LogtoError, Unavailable, code_of
from .paths import template_of

log = logging.getLogger(__name__)

LARGEST_ANSWER_BYTES = 8 * 1024 * 1024
COUNT = re.compile(r"[0-9]{1,12}")
REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
UNPAIRED_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Answer:
    """An answer of any status: its parsed body, None when it has none, and what stands beside it."""

    status: int
    body: Any = field(repr=False)
    request_id: str = ""
    retry_after: str = ""
    total: int | None = None  # of a list in pages: how many there are in all


def read(
    method: str, path: str, status: int, headers: Mapping[str, str], chunks: Iterable[bytes], *, until: float
) -> Answer:
    """The answer, read to its end before the moment `until` of `time.monotonic`.

    Raises `Unavailable` when it is too large, too slow, or a success that is not what Logto sends.
    """
    request_id = headers.get("Logto-Core-Request-Id", "")
    request_id = request_id if REQUEST_ID.fullmatch(request_id) else ""
    seen: AnswerDetails = {"status": status, "request_id": request_id}
    raw = bytearray()
    for chunk in chunks:
        raw += chunk
        # guard: answer-size-bounded
        if len(raw) > LARGEST_ANSWER_BYTES:
            raise Unavailable(method, template_of(path), code="answer.too_large", **seen)
        if time.monotonic() > until:
            raise Unavailable(method, template_of(path), code="answer.late", **seen)
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    try:
        body = parsed(bytes(raw), kind)
    except (ValueError, RecursionError) as error:
        if status < 400:
            raise Unavailable(method, template_of(path), code="answer.not_json", **seen) from error
        body = None
    return Answer(
        status=status,
        body=body,
        request_id=request_id,
        retry_after=headers.get("Retry-After", ""),
        total=int(total) if COUNT.fullmatch(total := headers.get("Total-Number", "")) else None,
    )


def parsed(raw: bytes, kind: str) -> Any:
    """What a body holds. Raises ValueError unless it is JSON or the plain text of a success (docs/logto.md 0.1)."""
    if not raw.strip() or kind == "text/plain":
        return None
    if kind != "application/json" and not kind.endswith("+json"):
        raise ValueError(kind)
    try:
        return from_json(raw, cache_strings="none")  # in three quarters of the time, and nothing of anybody's is kept
    except ValueError:
        return read_leniently(raw)


def read_leniently(raw: bytes) -> Any:
    """What JavaScript may write and the quick reader refuses: half characters, other bytes than UTF-8, deep nesting."""
    body = json.loads(raw.decode(errors="replace"))
    return without_unpaired_surrogates(body) if b"\\ud" in raw.lower() else body


def without_unpaired_surrogates(value: Any) -> Any:
    """JSON can spell half a character, which no page can send on in UTF-8."""
    if isinstance(value, str):
        return UNPAIRED_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [without_unpaired_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {without_unpaired_surrogates(key): without_unpaired_surrogates(item) for key, item in value.items()}
    return value


def record(method: str, path: str, began: float, outcome: Answer | LogtoError) -> None:
    """One line for each exchange. Never a body, a query, a token or an id of a person."""
    code = outcome.code if isinstance(outcome, LogtoError) else code_of(outcome.body) if outcome.status >= 400 else ""
    failed = isinstance(outcome, LogtoError) or outcome.status >= 500
    seconds = time.monotonic() - began
    metering.call_answered(method, template_of(path), outcome.status, seconds)
    spans.call_answered(method, template_of(path), outcome.status, seconds)
    level = logging.WARNING if failed else logging.DEBUG if method == "GET" and outcome.status < 400 else logging.INFO
    log.log(
        level,
        "%s %s %s %s %d ms %s",
        method,
        template_of(path),
        outcome.status or "no-answer",
        code or "-",
        seconds * 1000,
        outcome.request_id or "-",
    )
