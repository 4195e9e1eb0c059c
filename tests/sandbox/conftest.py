"""A sandbox without HTTP, and calls on it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from accountsite.sandbox.access_tokens import issue_access_token
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import M2M_APP_ID
from accountsite.sandbox.web import Answer, Request

CallSandbox = Callable[..., Answer]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs_description: Logto's API description, in the file LOGTO_OPENAPI names")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without the description those tests are deselected: there is nothing to install that would bring it."""
    if os.environ.get("LOGTO_OPENAPI"):
        return
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    deselected = [item for item in here if item.get_closest_marker("needs_description")]
    config.hook.pytest_deselected(items=deselected)
    items[:] = [item for item in items if item not in deselected]


@dataclass
class Clock:
    moment: float = 1_795_000_000.0

    def now(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Logto:
    return Logto(now=clock.now, sleep=clock.sleep, seed=1)


@pytest.fixture
def call(sandbox: Logto) -> CallSandbox:
    """Calls the sandbox with a fresh machine token: call("PATCH", "/api/users/x", {"name": "Y"})."""

    def send(method: str, address: str, body: Any = None, **headers: str) -> Answer:
        parts = urlsplit(address)
        authorization = f"Bearer {issue_access_token(sandbox.state, M2M_APP_ID)}"
        sent = {"authorization": authorization, "content-type": "application/json"} | headers
        content = b"" if body is None else json.dumps(body).encode()
        return sandbox.answer(Request(method, parts.path, parts.query, sent, content))

    return send
