"""Moments as Logto writes them."""

from __future__ import annotations

from datetime import datetime


def in_ms(moment: datetime | None) -> int | None:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000) if moment else None
