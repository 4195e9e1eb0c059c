"""What tests make in a tenant that may be changed, and put back: settings, applications, organizations, and more."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.calls import Api
from tests.contract.person import Application, Browser
from tests.contract.receiver import Receiver, start

Thing = dict[str, Any]
Make = Callable[..., Thing]
CALLBACK = "http://127.0.0.1:9/callback"


@pytest.fixture
def change_settings(api: Api) -> Iterator[Callable[..., Thing]]:
    """PATCHes settings at a path and puts back, afterwards, whatever keys were named."""
    before: list[tuple[str, Thing]] = []

    def change(path: str = "/api/sign-in-exp", **wanted: Any) -> Thing:
        now = api.get(path).json()
        before.append((path, {key: now[key] for key in wanted}))
        answer = api.patch(path, wanted)
        assert answer.status_code == 200, answer.text
        changed: Thing = answer.json()
        return changed

    yield change
    for path, values in reversed(before):
        assert api.patch(path, _writable(values)).status_code == 200


def _writable(values: Thing) -> Thing:
    """An empty expiration would be taken as no change."""
    if values.get("passwordExpiration") == {}:
        return values | {"passwordExpiration": {"enabled": False}}
    return values


@pytest.fixture
def make(api: Api) -> Iterator[Make]:
    """POSTs something to a path and deletes it afterwards, unless the test did."""
    made: list[str] = []

    def create(path: str, **body: Any) -> Thing:
        answer = api.post(path, body)
        assert answer.status_code in (200, 201), answer.text
        thing: Thing = answer.json()
        made.append(f"{path}/{thing['id']}")
        return thing

    yield create
    for address in reversed(made):
        assert api.delete(address).status_code in (204, 404)


@pytest.fixture
def new_application(api: Api, make: Make, unique: str) -> Callable[..., Application]:
    """Makes applications with one redirect address each."""

    def create(*, type: str = "Traditional", third_party: bool = False, **metadata: Any) -> Application:  # noqa: A002
        addresses = {"redirectUris": [CALLBACK], "postLogoutRedirectUris": ["http://127.0.0.1:9/"]}
        shown = make(
            "/api/applications",
            name=f"contract {unique}",
            type=type,
            isThirdParty=third_party,
            oidcClientMetadata=addresses | metadata,
        )
        secrets = api.get(f"/api/applications/{shown['id']}/secrets").json()
        return Application(shown, secrets[0]["value"] if secrets else "")

    return create


@pytest.fixture
def application(new_application: Callable[..., Application]) -> Application:
    """One of the tenant's own."""
    return new_application()


@pytest.fixture
def third_party(api: Api, new_application: Callable[..., Application]) -> Application:
    """One of somebody else's, which may ask for profile, email and organizations."""
    found = new_application(third_party=True)
    scopes = {"userScopes": ["profile", "email", "urn:logto:scope:organizations"]}
    assert api.post(f"/api/applications/{found.id}/user-consent-scopes", scopes).status_code == 201
    return found


@pytest.fixture
def organization(make: Make, unique: str) -> Thing:
    return make("/api/organizations", name=f"Contract {unique}", description="d")


@pytest.fixture
def organization_role(make: Make, unique: str) -> Thing:
    return make("/api/organization-roles", name=f"role {unique}", organizationScopeIds=[], resourceScopeIds=[])


@pytest.fixture
def resource(api: Api, make: Make, unique: str) -> Thing:
    """An API with two scopes, under `scopes`."""
    found = make("/api/resources", name=f"api {unique}", indicator=f"https://{unique}.api.test")
    path = f"/api/resources/{found['id']}/scopes"
    return found | {
        "scopes": [api.post(path, {"name": name, "description": name}).json() for name in ("read", "write")]
    }


@pytest.fixture
def browser(api: Api) -> Browser:
    return Browser(api)


@pytest.fixture
def wait(request: pytest.FixtureRequest) -> Callable[[float], None]:
    """Lets time pass: the sandbox's clock is moved, on a named tenant we wait."""
    if os.environ.get("CONTRACT_ENDPOINT"):
        return time.sleep
    clock = request.getfixturevalue("moved_clock")

    def move(seconds: float) -> None:
        clock.ahead += seconds

    return move


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server of the test that the tenant can call."""
    found, server = start(os.environ.get("CONTRACT_RECEIVER_HOST") or "127.0.0.1")
    yield found
    server.shutdown()
    server.server_close()
