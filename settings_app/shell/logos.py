"""Logos that others keep elsewhere: fetched by this server, kept in its memory, served from this site's own address."""

from __future__ import annotations

import logging
import threading
import time
from functools import lru_cache
from typing import NamedTuple

from django.http import Http404, HttpResponse

from settings_app.logto.logo import FETCH_SECONDS, Logo, NoLogo, logo_at
from settings_app.safeguards.encryption import digest

KEPT_SECONDS = 86_400.0
TRIED_AGAIN_SECONDS = 600.0
MOST_KEPT = 100
AT_A_TIME = 2
MARK_LENGTH = 12

# Whatever a drawing holds, it draws and does nothing else, also when it is opened by itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


class KeptLogo(NamedTuple):
    logo: Logo | None
    until: float


log = logging.getLogger(__name__)

_kept: dict[str, KeptLogo] = {}
_turns = threading.BoundedSemaphore(AT_A_TIME)


def answer_with(address: str, *, kept_by: str = "public") -> HttpResponse:
    """The picture itself. Raises Http404: there is none, and the page shows a letter."""
    found = logo_of(address) if address else None
    if found is None:
        raise Http404
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": f"{kept_by}, max-age={int(KEPT_SECONDS)}"}
    return HttpResponse(found.content, content_type=found.mime_type, headers=headers)


@lru_cache(maxsize=1000)  # a list has many
def mark_of(address: str) -> str:
    """For the address here: it is another one when the picture's is, so browsers may keep what they have."""
    return digest("logo", address)[:MARK_LENGTH]


def is_known_missing(address: str) -> bool:
    """Whether it was tried a moment ago, and there was none."""
    known = _kept.get(address)
    return bool(known and known.logo is None and time.monotonic() < known.until)


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
        log.info("no logo: %s", reason)
    finally:
        _turns.release()
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[address] = KeptLogo(found, time.monotonic() + lasts)
    return found
