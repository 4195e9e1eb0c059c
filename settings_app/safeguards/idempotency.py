"""Writes that may be sent again: the answer to the first one is kept for a day and given again (Idempotency-Key).

Of two at the same moment the database decides which one runs. What was asked and answered rests sealed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from settings_app.actor import Actor
from settings_app.models import IdempotentRequest
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.encryption import digest, seal, unseal

SEALED_FOR = "idempotent-request"
KEPT_FOR = timedelta(hours=24)
RUNS_AT_MOST = timedelta(minutes=2)  # what has no answer by then was cut off


@dataclass(frozen=True)
class KeptAnswer:
    """What was answered the first time."""

    status: int
    headers: Mapping[str, str]
    body: str


class KeyTaken(Exception):  # noqa: N818  # it says what is so
    """The key cannot be used: the first request has no answer yet (`is_running`), or it asked something else."""

    def __init__(self, *, is_running: bool) -> None:
        super().__init__("running" if is_running else "reused")
        self.is_running = is_running


def begin(actor: Actor, key: str, *asked: str) -> KeptAnswer | str:
    """The answer that this key led to already, or the name under which this request is to be finished.

    Raises KeyTaken.
    """
    owner: tuple[str, ...] = ()
    # guard: idempotency-key-of-this-person-and-app
    owner = (*actor.owner.values(), actor.application)  # and site: another one may show less of the account
    name = digest("idempotency-key", *owner, key)
    fingerprint = digest("idempotent-request", *asked)
    now = timezone.now()
    IdempotentRequest.objects.filter(key=name, started_at__lte=now - KEPT_FOR).delete()
    IdempotentRequest.objects.filter(key=name, status=0, started_at__lte=now - RUNS_AT_MOST).delete()
    row = IdempotentRequest(key=name, **actor.key, fingerprint=fingerprint, started_at=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return _answered(name, fingerprint)
    return name


def finish(name: str, answer: KeptAnswer) -> None:
    """Keeps the answer for whoever asks the same again."""
    content = json.dumps({"headers": dict(answer.headers), "body": answer.body})
    IdempotentRequest.objects.filter(key=name).update(status=answer.status, sealed=seal(SEALED_FOR, content))


def release(name: str) -> None:
    """It came to nothing that lasts: sent again, it runs again."""
    IdempotentRequest.objects.filter(key=name).delete()


def delete_old() -> int:
    """Retention. Says how many rows of a batch."""
    return delete_some(IdempotentRequest.objects.filter(started_at__lte=timezone.now() - KEPT_FOR), "started_at")


def _answered(name: str, fingerprint: str) -> KeptAnswer:
    row = IdempotentRequest.objects.filter(key=name).first()
    # guard: idempotency-key-of-one-request
    if row is not None and row.fingerprint != fingerprint:
        raise KeyTaken(is_running=False)
    # guard: running-request-runs-once
    if row is None or not row.status:
        raise KeyTaken(is_running=True)
    kept = json.loads(unseal(SEALED_FOR, row.sealed) or "{}")
    if not kept:  # sealed with a key that is gone
        raise KeyTaken(is_running=False)
    return KeptAnswer(row.status, kept["headers"], kept["body"])
