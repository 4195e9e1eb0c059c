"""Webhooks: what Logto tells whom, signed over the raw body (docs/logto.md 15.1)."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import requests

from accountsite.sandbox.state import Json, iso

if TYPE_CHECKING:
    from accountsite.sandbox.logto import Logto

TIMEOUT_SECONDS = 10
KEPT = 500
USER_AGENT = "Logto (https://logto.io/)"
EVENTS = (
    "PostRegister", "PostSignIn", "PostSignInAdaptiveMfaTriggered", "PostResetPassword", "User.Created",
    "User.Deleted", "User.Data.Updated", "User.SuspensionStatus.Updated", "Role.Created", "Role.Deleted",
    "Role.Data.Updated", "Role.Scopes.Updated", "Scope.Created", "Scope.Deleted", "Scope.Data.Updated",
    "Organization.Created", "Organization.Deleted", "Organization.Data.Updated", "Organization.Membership.Updated",
    "OrganizationRole.Created", "OrganizationRole.Deleted", "OrganizationRole.Data.Updated",
    "OrganizationRole.Scopes.Updated", "OrganizationScope.Created", "OrganizationScope.Deleted",
    "OrganizationScope.Data.Updated", "Identifier.Lockout", "Message.RateLimited", "Grant.LimitExceeded",
)  # fmt: skip

logger = logging.getLogger(__name__)


class Mode(StrEnum):
    """What becomes of webhooks from now on."""

    SEND = "send"
    HOLD = "hold"
    LOSE = "lose"
    DOUBLE = "double"


@dataclass
class Delivery:
    """One webhook for one receiver: the request as it goes out, and what became of it.

    `status` is "waiting", "sent" (with the receiver's `answer`), "failed" (nobody answered) or "lost".
    """

    id: str
    hook_id: str
    event: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    created_at: int
    status: str = "waiting"
    answer: int | None = None

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Webhooks:
    """All that was told so far, oldest first. Without a server of its own the sandbox keeps them waiting here."""

    mode: Mode = Mode.SEND
    deliveries: list[Delivery] = field(default_factory=list)

    @property
    def waiting(self) -> list[Delivery]:
        return [each for each in self.deliveries if each.status == "waiting"]

    def find(self, delivery_id: str) -> Delivery | None:
        return next((each for each in self.deliveries if each.id == delivery_id), None)


def announce(logto: Logto, event: str, content: Json) -> None:
    """Tells every webhook that listens to `event`, after the answer under way."""
    webhooks = logto.state.part(Webhooks)
    for hook in logto.state.hooks.values():
        if hook["enabled"] and event in hook["events"]:
            for delivery in _deliveries(logto, hook, event, content, webhooks.mode):
                webhooks.deliveries = [*webhooks.deliveries[1 - KEPT :], delivery]
                if logto.sends_webhooks and webhooks.mode in (Mode.SEND, Mode.DOUBLE):
                    logto.later(threading.Thread(target=send, args=(delivery,), daemon=True).start)


def send(delivery: Delivery) -> None:
    """One attempt: Logto does not repeat a POST, whatever `config.retries` says."""
    try:
        answer = requests.post(
            delivery.url, data=delivery.body, headers=dict(delivery.headers), timeout=TIMEOUT_SECONDS
        )
    except requests.RequestException as error:
        logger.info("a webhook was not delivered: %s", type(error).__name__)
        delivery.status = "failed"
    else:
        delivery.status, delivery.answer = "sent", answer.status_code


def signature(signing_key: str, body: bytes) -> str:
    return hmac.new(signing_key.encode(), body, hashlib.sha256).hexdigest()


def make_delivery(logto: Logto, hook: Json, event: str, content: Json) -> Delivery:
    state = logto.state
    message = {"event": event, "createdAt": iso(state.now()), **content, "hookId": hook["id"]}
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    headers = {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        **hook["config"].get("headers", {}),
        "logto-signature-sha-256": signature(hook["signingKey"], body),
    }
    return Delivery(state.new_id(21), hook["id"], event, hook["config"]["url"], headers, body, state.now_ms)


def _deliveries(logto: Logto, hook: Json, event: str, content: Json, mode: Mode) -> list[Delivery]:
    delivery = make_delivery(logto, hook, event, content)
    if mode is Mode.LOSE:
        delivery.status = "lost"
    if mode is not Mode.DOUBLE:
        return [delivery]
    again = Delivery(**vars(delivery) | {"id": logto.state.new_id(21)})
    return [delivery, again]
