"""What the database below Logto refuses or alters: long text, NUL, half surrogates (docs/logto.md 0.1, 0.3)."""

from __future__ import annotations

import re
from typing import Any

from accountsite.sandbox.api.errors import ApiError, BareError
from accountsite.sandbox.state import HALF_SURROGATE

UNSTORABLE_IN_JSON = re.compile("[\x00\ud800-\udfff]")


def stored_text(value: str | None, limit: int) -> str | None:
    """The text as it is kept: "" becomes null, half a surrogate pair the replacement character.

    ApiError 422 `entity.value_too_long`, BareError 500 for a NUL.
    """
    if value is not None and "\x00" in value:
        raise BareError(500, "Internal server error.")
    if value is not None and len(value) > limit:
        raise ApiError(
            422,
            "entity.value_too_long",
            "The length of value is too long and exceeds the limit.",
            data={"message": f"value too long for type character varying({limit})"},
        )
    return HALF_SURROGATE.sub("\ufffd", value) if value else None


def refuse_unstorable(value: Any) -> None:
    """BareError 500 when a JSON column cannot hold the value: a NUL or half a surrogate pair, in keys as well."""
    if isinstance(value, str):
        if UNSTORABLE_IN_JSON.search(value):
            raise BareError(500, "Internal server error.")
    elif isinstance(value, dict):
        for key, item in value.items():
            refuse_unstorable(key)
            refuse_unstorable(item)
    elif isinstance(value, list):
        for item in value:
            refuse_unstorable(item)
