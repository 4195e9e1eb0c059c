"""What the database below Logto refuses: long text, the NUL character (docs/logto.md 0.1, 0.3)."""

from __future__ import annotations

from typing import Any

from accountsite.sandbox.api.errors import ApiError, BareError


def stored_text(value: str | None, limit: int) -> str | None:
    """The text as it is kept: "" becomes null. ApiError 422 `entity.value_too_long`, BareError 500 for a NUL."""
    refuse_nul(value)
    if value is not None and len(value) > limit:
        raise ApiError(
            422,
            "entity.value_too_long",
            "The length of value is too long and exceeds the limit.",
            data={"message": f"value too long for type character varying({limit})"},
        )
    return value or None


def refuse_nul(value: Any) -> None:
    """BareError 500 when a NUL character stands anywhere inside."""
    if _has_nul(value):
        raise BareError(500, "Internal server error.")


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(_has_nul(item) for item in value)
