"""Userinfo answers, as they can be compared with what this site works out by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def filled(value: object) -> Any:
    """Without what is empty, and with moments as Logto counts them."""
    if isinstance(value, dict):
        return {key: found for key, one in value.items() if (found := filled(one)) not in (None, "", [], {})}
    if isinstance(value, list):
        return [filled(one) for one in value]
    return round(value.timestamp() * 1000) if isinstance(value, datetime) else value
