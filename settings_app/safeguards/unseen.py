"""Codes to an address that is not one's own yet: nothing on the page, nor its time, tells whether one was sent.

Otherwise a mail server that is down, or a recipient that Logto sends no more to, would tell whether an address is free.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from django.conf import settings

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError, TooManyRequests, Unavailable

log = logging.getLogger(__name__)


@contextmanager
def pace() -> Iterator[float | None]:
    """Makes the block take `CODE_SECONDS`. Gives the moment, of `time.monotonic`, at which that is over.

    None where the setting is 0: then the block takes what it takes.
    """
    until = time.monotonic() + settings.CODE_SECONDS
    yield until if settings.CODE_SECONDS else None
    # guard: no-time-tells-whether-a-code-was-sent
    time.sleep(max(0.0, until - time.monotonic()))


def send(actor: Actor, recipient: str, *, until: float | None) -> bool:
    """Sends a code beside this thread and waits no longer than `until`. False: by then it is sure that none went out.

    A failure is told to the operator alone.
    """
    sending = actor.tenant.begin(lambda: actor.account.send_code(recipient))
    sending.add_done_callback(_tell_operator)
    try:
        error = sending.exception(timeout=None if until is None else max(0.0, until - time.monotonic()))
    except TimeoutError:
        return True
    return error is None or (isinstance(error, Unavailable) and error.may_have_happened)


def _tell_operator(sending: Future[None]) -> None:
    error = None if sending.cancelled() else sending.exception()
    if isinstance(error, TooManyRequests):
        log.warning("Logto sends no more codes to a recipient for now: %s", error)
    elif isinstance(error, LogtoError):
        log.error("a code could not be sent: %s", error)
    elif error is not None:
        log.error("a code could not be sent", exc_info=error)
