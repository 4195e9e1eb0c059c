"""The logos of providers, fetched by this server, kept in its memory, and served from this site's own address."""

from __future__ import annotations

import logging
import threading
import time
from typing import NamedTuple

from settings_app.logto.logo import FETCH_SECONDS, Logo, NoLogo, logo_at

KEPT_SECONDS = 86_400.0
TRIED_AGAIN_SECONDS = 600.0
MOST_KEPT = 100
AT_A_TIME = 2

# Whatever a drawing holds, it draws and does nothing else, also when it is opened by itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


class Kept(NamedTuple):
    logo: Logo | None
    until: float


log = logging.getLogger(__name__)

_kept: dict[str, Kept] = {}
_turns = threading.BoundedSemaphore(AT_A_TIME)


def logo_of(address: str) -> Logo | None:
    """None when there is none that could be shown. A known one goes on being shown while it can't be fetched."""
    known = _kept.get(address)
    if known and time.monotonic() < known.until:
        return known.logo
    # guard: logo-fetches-at-a-time
    if not _turns.acquire(timeout=FETCH_SECONDS):
        return known.logo if known else None
    found, lasts = known.logo if known else None, TRIED_AGAIN_SECONDS
    try:
        found, lasts = logo_at(address), KEPT_SECONDS
    except NoLogo as reason:
        log.info("no logo of a provider: %s", reason)
    finally:
        _turns.release()
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[address] = Kept(found, time.monotonic() + lasts)
    return found
