"""The tenant under test: the sandbox over HTTP, or a real one when CONTRACT_ENDPOINT names it."""

from __future__ import annotations

import copy
import json
import os
import random
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import M2M_APP_ID, M2M_APP_SECRET
from accountsite.sandbox.server import SandboxServer
from accountsite.sandbox.state import MANAGEMENT_RESOURCE, State
from tests.contract.calls import Api
from tests.contract.made import (
    application,
    browser,
    change_settings,
    make,
    new_application,
    organization,
    organization_role,
    receiver,
    resource,
    third_party,
    wait,
)
from tests.contract.needs import NEEDS

__all__ = [
    "application",
    "browser",
    "change_settings",
    "make",
    "new_application",
    "organization",
    "organization_role",
    "receiver",
    "resource",
    "third_party",
    "wait",
]

User = dict[str, Any]
NOT_RUN = pytest.StashKey[list[str]]()
RESTORED = (
    "sign_in_experience", "account_center", "connectors", "profile_fields", "id_token_config",
    "breach_service_reachable", "asset_storage_ready", "social_provider_reachable",
)  # fmt: skip
CODE_WAIT_SECONDS = 5


@dataclass
class Clock:
    """The sandbox's time: the real one, moved forward by `ahead` seconds."""

    ahead: float = 0

    def now(self) -> float:
        return time.time() + self.ahead


def pytest_configure(config: pytest.Config) -> None:
    for name, (what, _) in NEEDS.items():
        config.addinivalue_line("markers", f"{name}: {what}; runs on the sandbox, and on a tenant that has it")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A named tenant is not asked for what it does not have; those tests are listed at the end."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    if not here or not os.environ.get("CONTRACT_ENDPOINT"):
        return
    api = named_tenant()
    wanted = {marker.name for item in here for marker in item.iter_markers() if marker.name in NEEDS}
    missing = {name for name in wanted if not NEEDS[name][1](api)}
    deselected = [item for item in here if any(marker.name in missing for marker in item.iter_markers())]
    config.stash[NOT_RUN] = [f"{item.nodeid}: {_reason(item, missing)}" for item in deselected]
    config.hook.pytest_deselected(items=deselected)
    items[:] = [item for item in items if item not in deselected]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    not_run = config.stash.get(NOT_RUN, [])
    if not_run:
        terminalreporter.section("not run on that tenant")
        terminalreporter.write_line("\n".join(not_run))


def _reason(item: pytest.Item, missing: set[str]) -> str:
    return ", ".join(f"needs {NEEDS[marker.name][0]}" for marker in item.iter_markers() if marker.name in missing)


def named_tenant() -> Api:
    names = ("CONTRACT_ENDPOINT", "CONTRACT_RESOURCE", "CONTRACT_M2M_ID", "CONTRACT_M2M_SECRET")
    absent = [name for name in names if not os.environ.get(name)]
    if absent:
        raise pytest.UsageError(f"To test a real tenant, set {', '.join(absent)} as well.")
    api = Api(*(os.environ[name] for name in names))
    api.sign_in()
    return api


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def served_sandbox(clock: Clock) -> Iterator[Logto]:
    """The sandbox on a free port. Asked for on a named tenant, the test lacks its `needs_` marker."""
    assert not os.environ.get("CONTRACT_ENDPOINT"), "this test looks inside the sandbox: mark what it needs"
    server = SandboxServer(Logto(now=clock.now), 0)
    logto = Logto(f"http://127.0.0.1:{server.server_port}", now=clock.now)
    for hook in logto.state.hooks.values():
        hook["enabled"] = False  # nobody listens at the address of the demo
    server.logto = logto
    server.start()
    yield logto
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def api(request: pytest.FixtureRequest) -> Api:
    """The tenant, with a machine token."""
    if os.environ.get("CONTRACT_ENDPOINT"):
        return named_tenant()
    sandbox: Logto = request.getfixturevalue("served_sandbox")
    api = Api(sandbox.endpoint, MANAGEMENT_RESOURCE, M2M_APP_ID, M2M_APP_SECRET)
    api.sign_in()
    return api


@pytest.fixture
def tenant(served_sandbox: Logto) -> Iterator[State]:
    """The sandbox's own state, to set up what a real tenant would need set; put back afterwards."""
    state = served_sandbox.state
    before = {name: copy.deepcopy(getattr(state, name)) for name in RESTORED}
    yield state
    for name, value in before.items():
        setattr(state, name, value)


@pytest.fixture
def moved_clock(clock: Clock, served_sandbox: Logto) -> Iterator[Clock]:
    yield clock
    clock.ahead = 0


@pytest.fixture
def unique() -> str:
    """Letters and digits that no other test or run uses."""
    return "t" + uuid.uuid4().hex[:10]


@pytest.fixture
def phone() -> str:
    """Digits of a number nobody in the tenant has."""
    return new_phone()


def new_phone() -> str:
    return f"491511{random.SystemRandom().randrange(10**7):07d}"


@pytest.fixture
def new_user(api: Api) -> Iterator[Callable[..., User]]:
    """Makes users with the given fields; all of them are deleted after the test."""
    made: list[str] = []

    def make(**fields: Any) -> User:
        answer = api.post("/api/users", fields)
        assert answer.status_code == 200, answer.text
        user: User = answer.json()
        made.append(user["id"])
        return user

    yield make
    for user_id in made:
        assert api.delete(f"/api/users/{user_id}").status_code in (204, 404)


@pytest.fixture
def user(new_user: Callable[..., User], unique: str, phone: str) -> User:
    """A user with every sign-in identifier and a password."""
    return new_user(
        username=unique,
        primaryEmail=f"{unique}@example.test",
        primaryPhone=phone,
        name="Con Tract",
        password=f"Pass-{unique}-word",
    )


@pytest.fixture
def path(user: User) -> str:
    return f"/api/users/{user['id']}"


@pytest.fixture
def bare_path(new_user: Callable[..., User]) -> str:
    """The path of a user with nothing at all."""
    return f"/api/users/{new_user()['id']}"


@pytest.fixture
def email_code(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """The last code sent to an email address."""
    return _code_reader(request, "CONTRACT_EMAIL_FILE")


@pytest.fixture
def text_code(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """The last code sent to a phone number."""
    return _code_reader(request, "CONTRACT_SMS_FILE")


def _code_reader(request: pytest.FixtureRequest, variable: str) -> Callable[[str], str]:
    if os.environ.get(variable):
        return lambda address: _wait_for_code(lambda: _in_file(Path(os.environ[variable]), address))
    if os.environ.get("CONTRACT_INBOX_URL"):
        inbox_url = os.environ["CONTRACT_INBOX_URL"]
    else:
        sandbox: Logto = request.getfixturevalue("served_sandbox")
        inbox_url = f"{sandbox.endpoint}/inbox.json"
    return lambda address: _wait_for_code(lambda: _in_inbox(inbox_url, address))


def _wait_for_code(read: Callable[[], str | None]) -> str:
    """A file may be a moment behind the answer."""
    deadline = time.monotonic() + CODE_WAIT_SECONDS
    while time.monotonic() < deadline:
        code = read()
        if code:
            return code
        time.sleep(0.1)
    raise AssertionError("no message to that address arrived")


def _in_file(path: Path, address: str) -> str | None:
    """The file holds the last message sent, as one JSON object."""
    try:
        message = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    # Logto's mock connectors write `address` for mails and `phone` for text messages.
    recipient = message.get("address") or message.get("phone")
    return str(message["code"]) if recipient == address else None


def _in_inbox(url: str, address: str) -> str | None:
    """The sandbox's inbox, newest first."""
    messages = requests.get(url, params={"address": address}, timeout=5).json()
    return str(messages[0]["code"]) if messages else None
