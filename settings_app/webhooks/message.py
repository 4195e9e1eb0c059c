"""A webhook as it comes in: whether Logto sent it, just now and for the first time (docs/logto.md 15.1)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from settings_app.logto.types.reading import mapping, moment_of_text, person_id, text
from settings_app.models import SeenWebhook
from settings_app.safeguards.encryption import digest
from settings_app.sites import Site

MOST_BYTES = 512 * 1024
OLDEST = timedelta(minutes=5)
CLOCKS_DIFFER = timedelta(minutes=1)


class NotTaken(Exception):  # noqa: N818  # what became of it
    """Not from Logto, or not to be read; `status` is the answer's."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True)
class Delivery:
    """What Logto says: the event, when, and whatever belongs to it."""

    event: str
    at: datetime
    content: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """Whom it is about: the person named by the event, the one it shows, or the one in the path of the call.

        Empty where that can be nobody's id.
        """
        shown, called = mapping(self.content.get("data")), mapping(self.content.get("params"))
        named = self.content.get("userId"), shown.get("id"), called.get("userId")
        return person_id(next((one for one in named if text(one)), ""))


def read(site: Site, body: bytes, signature: str) -> Delivery:
    """Raises NotTaken."""
    # guard: webhook-signed
    if not any(hmac.compare_digest(expected(key, body), signature.encode()) for key in site.webhook_keys):
        raise NotTaken("signature", 401)
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotTaken("not JSON") from error
    at = moment_of_text(mapping(content).get("createdAt"))
    event = text(mapping(content).get("event"))
    if not event or at is None:
        raise NotTaken("no event")
    now = timezone.now()
    # guard: webhook-is-of-now
    if not now - OLDEST <= at <= now + CLOCKS_DIFFER:
        raise NotTaken("too old, or of a clock that is wrong")
    return Delivery(event, at, content)


def is_first(site: Site, body: bytes) -> bool:
    """Notes that this one is obeyed; False when it had been, on whatever site of the tenant."""
    key = digest("webhook", site.tenant, hashlib.sha256(body).hexdigest())
    forget_at = timezone.now() + OLDEST + 2 * CLOCKS_DIFFER
    return SeenWebhook.objects.get_or_create(key=key, defaults={"expires_at": forget_at})[1]


def expected(key: str, body: bytes) -> bytes:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest().encode()
