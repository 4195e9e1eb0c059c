"""Takes values out of JSON that may hold anything: the wrong type reads as absent, never as a crash."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def mapping(value: object) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A text; a number as it would be written; otherwise nothing."""
    if isinstance(value, str):
        return value
    numeral = number(value)
    return "" if numeral is None else str(numeral)


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def flag(value: object, default: bool = False) -> bool:
    return value if isinstance(value, bool) else default


def whole(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def number(value: object) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def moment(value: object, *, per_second: int = 1000) -> datetime | None:
    """A point in time from milliseconds since 1970, or from seconds with `per_second` 1 (docs/logto.md 0.7)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(value / per_second, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def moment_of_text(value: object) -> datetime | None:
    """A point in time from an ISO 8601 text, as second factors carry it (docs/logto.md 7.1)."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
        return read if read is None or read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def choices(value: object) -> dict[str, str]:
    """The texts of an object by their keys, such as a name in several languages."""
    return {key: item for key, item in mapping(value).items() if isinstance(key, str) and isinstance(item, str)}
