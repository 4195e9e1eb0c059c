"""Webhooks: how they are registered, and what arrives (docs/logto.md 15.1)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest

from tests.contract.calls import Api, guard_issues, refusal
from tests.contract.person import Application, Browser
from tests.contract.receiver import Letter, Receiver

Thing = dict[str, Any]
HOOKS = "/api/hooks"
CONFIG = {"url": "http://hook.example.test/h"}
KEYS = {"tenantId", "id", "name", "event", "events", "config", "signingKey", "enabled", "createdAt"}
EVENTS = [
    "User.Created", "User.Deleted", "User.Data.Updated", "User.SuspensionStatus.Updated",
    "Organization.Membership.Updated", "PostSignIn",
]  # fmt: skip


@pytest.fixture
def hook(make: Callable[..., Thing], receiver: Receiver) -> Thing:
    """A webhook for everything tabled, that leads to the receiver."""
    config = {"url": f"{receiver.address}/h", "headers": {"x-extra": "1"}, "retries": 3}
    return make(HOOKS, name="contract", events=EVENTS, config=config)


def told(letter: Letter) -> Thing:
    found: Thing = json.loads(letter.body)
    return found


@pytest.mark.parametrize(
    ("body", "issue", "where"),
    [
        ({"events": [], "config": CONFIG}, "too_small", "events"),
        ({"events": ["Nope"], "config": CONFIG}, "invalid_enum_value", "events.0"),
        ({"events": ["PostSignIn"], "config": CONFIG | {"retries": 4}}, "too_big", "config.retries"),
    ],
)
def test_malformed_hook(api: Api, body: Any, issue: str, where: str) -> None:
    assert guard_issues(api.post(HOOKS, {"name": "x"} | body)) == [(issue, where)]


def test_hook_that_is_not_there(api: Api) -> None:
    assert refusal(api.post(HOOKS, {"name": "x", "config": CONFIG})) == (400, "hook.missing_events")
    assert refusal(api.get(f"{HOOKS}/nope")) == (404, "entity.not_exists_with_id")
    assert refusal(api.delete(f"{HOOKS}/nope")) == (404, "entity.not_found")


@pytest.mark.needs_tenant_to_change
def test_hook_from_making_to_deleting(api: Api, make: Callable[..., Thing]) -> None:
    hook = make(HOOKS, name="contract", events=["PostSignIn"], config=CONFIG, enabled=False)
    address = f"{HOOKS}/{hook['id']}"
    assert set(hook) == KEYS
    assert api.get(address).json() == hook
    assert api.patch(address, {"name": "two"}).json() == hook | {"name": "two"}
    assert guard_issues(api.patch(address, {"events": []})) == [("too_small", "events")]
    renewed = api.patch(f"{address}/signing-key").json()
    assert renewed["signingKey"] != hook["signingKey"]
    listed = next(each for each in api.get(f"{HOOKS}?includeExecutionStats=true").json() if each["id"] == hook["id"])
    assert listed["executionStats"] == {"successCount": 0, "requestCount": 0}
    assert api.delete(address).status_code == 204


@pytest.mark.needs_receiver
def test_webhook_is_signed_over_its_raw_body(api: Api, hook: Thing, path: str, receiver: Receiver) -> None:
    receiver.wait_for(1)
    receiver.letters.clear()
    answer = api.patch(path, {"name": "Zoë 🙂"}).json()
    (letter,) = receiver.wait_for(1)
    signature = hmac.new(hook["signingKey"].encode(), letter.body, hashlib.sha256).hexdigest()
    assert letter.headers["logto-signature-sha-256"] == signature
    assert letter.headers["content-type"].startswith("application/json")
    assert letter.headers["user-agent"].startswith("Logto")
    assert letter.headers["x-extra"] == "1"
    user_id = answer["id"]
    assert told(letter) == told(letter) | {
        "hookId": hook["id"],
        "event": "User.Data.Updated",
        "path": f"/users/{user_id}",
        "method": "PATCH",
        "status": 200,
        "params": {"userId": user_id},
        "matchedRoute": "/users/:userId",
        "data": answer,
    }


@pytest.mark.needs_receiver
@pytest.mark.usefixtures("hook")
def test_what_each_change_tells(api: Api, new_user: Callable[..., Thing], unique: str, receiver: Receiver) -> None:
    user = new_user(username=unique)
    path = f"/api/users/{user['id']}"
    expected: list[tuple[str, Any]] = [("User.Created", user)]
    for change, body in (("profile", {"profile": {"nickname": "n"}}), ("custom-data", {"customData": {"a": 1}})):
        expected.append(("User.Data.Updated", api.patch(f"{path}/{change}", body).json()))
    suspended = api.patch(f"{path}/is-suspended", {"isSuspended": True}).json()
    expected.append(("User.SuspensionStatus.Updated", suspended))
    api.delete(path)
    gone = {key: value for key, value in suspended.items() if key != "hasPassword"}
    expected.append(("User.Deleted", gone))
    arrived = [told(letter) for letter in receiver.wait_for(len(expected))]
    in_order = sorted(arrived, key=lambda each: str(each["createdAt"]))
    assert [(each["event"], each["data"]) for each in in_order] == expected


@pytest.mark.needs_receiver
@pytest.mark.usefixtures("hook")
def test_settings_are_told_without_a_path(api: Api, user: Thing, path: str, receiver: Receiver) -> None:
    receiver.wait_for(1)
    api.patch(f"{path}/logto-configs", {"mfa": {"enabled": True}})
    found = [told(letter) for letter in receiver.wait_for(2) if b"Data.Updated" in letter.body]
    assert [each["data"]["id"] for each in found] == [user["id"]]
    assert not {"params", "path"} & set(found[0])


@pytest.mark.needs_receiver
@pytest.mark.usefixtures("hook")
def test_what_tells_nobody(api: Api, path: str, receiver: Receiver) -> None:
    receiver.wait_for(1)
    api.put(f"{path}/identities/github", {"userId": "x"})
    api.post(f"{path}/mfa-verifications", {"type": "Totp"})
    api.post(f"{path}/personal-access-tokens", {"name": "ci"})
    api.post(f"{path}/roles", {"roleIds": []})
    api.patch(path, {"name": "Last"})
    events = [told(letter)["event"] for letter in receiver.wait_for(2)]
    assert sorted(events) == ["User.Created", "User.Data.Updated"]


@pytest.mark.needs_receiver
@pytest.mark.usefixtures("hook")
def test_joining_and_leaving_an_organization(api: Api, user: Thing, organization: Thing, receiver: Receiver) -> None:
    members = f"/api/organizations/{organization['id']}/users"
    api.post(members, {"userIds": [user["id"]]})
    api.delete(f"{members}/{user['id']}")
    found = [told(letter) for letter in receiver.wait_for(3) if b"Membership" in letter.body]
    found.sort(key=lambda each: str(each["createdAt"]))
    changes = [{key: each[key] for key in each if key.endswith("UserIds")} for each in found]
    assert changes == [{"addedUserIds": [user["id"]]}, {"removedUserIds": [user["id"]]}]
    assert {each["organizationId"] for each in found} == {organization["id"]}


@pytest.mark.needs_receiver
@pytest.mark.usefixtures("hook")
def test_sign_in_is_told(user: Thing, browser: Browser, application: Application, receiver: Receiver) -> None:
    browser.sign_in(application, user)
    (found,) = [told(letter) for letter in receiver.wait_for(2) if b"PostSignIn" in letter.body]
    assert (found["interactionEvent"], found["userId"]) == ("SignIn", user["id"])
    assert found["user"]["id"] == user["id"]
    assert set(found["application"]) == {"id", "type", "name", "description"}
    assert "Firefox" in found["userAgent"]
    assert ip_address(found["userIp"])


@pytest.mark.needs_receiver
@pytest.mark.usefixtures("hook")
def test_nothing_is_sent_again(api: Api, path: str, receiver: Receiver, wait: Callable[[float], None]) -> None:
    receiver.wait_for(1)
    receiver.status = 503
    api.patch(path, {"name": "New"})
    assert len(receiver.wait_for(2)) == 2
    wait(3)
    assert len(receiver.letters) == 2


@pytest.mark.needs_receiver
def test_trying_a_hook(api: Api, hook: Thing, receiver: Receiver) -> None:
    address = f"{HOOKS}/{hook['id']}/test"
    body = {"events": ["PostSignIn"], "config": {"url": f"{receiver.address}/try"}}
    assert api.post(address, body).status_code == 204
    assert [letter.path for letter in receiver.letters if letter.path == "/try"] == ["/try"]
    receiver.status = 503
    assert refusal(api.post(address, body)) == (422, "hook.endpoint_responded_with_error")
    nobody = body | {"config": {"url": "http://127.0.0.1:9/none"}}
    assert refusal(api.post(address, nobody)) == (422, "hook.send_test_payload_failed")
