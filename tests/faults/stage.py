"""Where a page or a write is played again and again from the same beginning: tenant, database, cookies, memory."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.test import Client

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.state import State
from settings_app.logto.tenant import Tenant
from settings_app.signin.provider import provider_of

KEPT_WHOLE = ("signing_keys", "now", "logs", "assets", "hooks")  # what is in them is never changed
# What differs between two runs of the same change: moments, and what was drawn by lot.
BY_LOT = re.compile(
    r"(?i)(id|uid|jti|sid|at|ts|iat|exp|nonce|secret|value|code|codes|token|key|handle|password_hash|plain_password|version|avatar)$"
)


class Stage:
    def __init__(self, logto: Logto, client: Client) -> None:
        self.logto, self.client = logto, client
        self._state = snapshot(logto)
        self._cookies = copy.deepcopy(client.cookies)
        self._untouched: State | None = None

    @contextmanager
    def play(self, *, changes: bool = True) -> Iterator[None]:
        """From the beginning; what happens within leaves nothing behind. `changes` False: the tenant stays as it is."""
        if changes or self.logto.state is not self._untouched:
            self.logto.state = snapshot(self.logto, self._state)
        self._untouched = None if changes else self.logto.state
        self.client.cookies = copy.deepcopy(self._cookies)
        forget_process()
        mark = transaction.savepoint()
        try:
            yield
        finally:
            forget_process()  # and with it the threads that still read ahead
            connection.needs_rollback = False
            transaction.savepoint_rollback(mark)
            self.logto.faults.clear()


def forget_process() -> None:
    Tenant.forget_all()
    provider_of.cache_clear()


def snapshot(logto: Logto, state: State | None = None) -> State:
    """A copy that nothing done to the other reaches."""
    state = state or logto.state
    known: dict[int, Any] = {id(value): value for name in KEPT_WHOLE if (value := getattr(state, name)) is not None}
    copied = copy.deepcopy(state, known | {id(logto): logto})
    for name in ("signing_keys", "logs", "assets", "hooks"):
        setattr(copied, name, copy.copy(getattr(state, name)))
    return copied


def held(state: State) -> dict[str, Any]:
    """What the tenant holds of people, as far as two runs of one change agree on it."""
    return {
        "people": sorted_by_text([plain(vars(person) | {"id": person.id}) for person in state.people.values()]),
        "sessions": sorted_by_text([plain(vars(one)) for one in state.sessions.values()]),
        "grants": sorted_by_text([plain({"of": one.account_id, "to": one.client_id}) for one in state.grants.values()]),
        "memberships": plain(state.memberships),
        "invitations": sorted_by_text([plain(one) for one in state.invitations.values()]),
        "organisations of apps": plain({" ".join(key): value for key, value in state.consent_organizations.items()}),
        "scopes of apps": plain(state.consent_scopes),
        "looks of apps": plain(state.application_experiences),
        "applications": plain(state.applications),
        # Not the files: each upload makes another one, and Logto has no way to delete one.
    }


def sent(state: State) -> list[tuple[str, str]]:
    return [(message.kind, message.address) for message in state.inbox]


def plain(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {str(key): plain(one, str(key)) for key, one in value.items() if key not in ("lastUsedAt", "updatedAt")}
    if isinstance(value, (list, tuple)):
        return [plain(one, name) for one in value]
    if BY_LOT.search(name) and name not in ("accountId", "clientId"):
        return "" if value in (None, "") else "*"
    return value if isinstance(value, (str, int, float, bool)) or value is None else plain(vars(value))


def sorted_by_text(values: list[Any]) -> list[Any]:
    return sorted(values, key=lambda value: json.dumps(value, sort_keys=True))
