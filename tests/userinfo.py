"""Userinfo answers, as they can be compared with what this site works out by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def filled(value: object) -> Any:
    """Without what is empty, with moments as Logto counts them, and roles in no order, since they have none."""
    if isinstance(value, dict):
        found = {key: one for key, each in value.items() if (one := filled(each)) not in (None, "", [], {})}
        return found | {key: sorted(one) for key, one in found.items() if key == "roles"}
    if isinstance(value, list):
        return [filled(one) for one in value]
    return round(value.timestamp() * 1000) if isinstance(value, datetime) else value
