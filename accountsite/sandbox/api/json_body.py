"""JSON as JavaScript reads it: its numbers, its half surrogates, its limits (docs/logto.md 0.1)."""

from __future__ import annotations

import json
import math
from typing import Any

from accountsite.sandbox.api.errors import BareError

LARGEST_EXACT_INTEGER = 2**53


def read_json(content: bytes) -> Any:
    """The object or array in a request's body. BareError 400 for anything else, 500 when it is nested too deep."""
    try:
        body = json.loads(
            content.decode("utf-8", "replace"), parse_int=_integer, parse_float=_number, parse_constant=_constant
        )
    except ValueError as error:
        raise BareError(400, f"Unexpected token in JSON: {error}") from error
    except RecursionError as error:
        raise BareError(500, "Internal server error.") from error
    if not isinstance(body, dict | list):
        raise BareError(400, "invalid JSON, only supports object and array")
    return body


def _integer(digits: str) -> int | float | None:
    """Beyond 2^53 JavaScript has no exact integers left."""
    if len(digits) < 16 or abs(int(digits[:400])) <= LARGEST_EXACT_INTEGER:
        return int(digits)
    return _number(digits)


def _number(text: str) -> float | None:
    """What is too large becomes Infinity, which is written as null."""
    number = float(text)
    return number if math.isfinite(number) else None


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
