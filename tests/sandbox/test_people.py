"""The invented people cover the cases the pages and tests need."""

from __future__ import annotations

import json
import threading
from base64 import b64decode

import pytest

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed_people import PASSWORD, add_person
from tests.sandbox.conftest import CallSandbox, Clock

HANDLES = (
    "ada", "amara", "social", "passkey", "enterprise", "suspended", "admin", "rtl", "heavy", "empty",
)  # fmt: skip


def test_everybody_is_there_and_has_a_good_password_or_none(sandbox: Logto, call: CallSandbox) -> None:
    for handle in HANDLES:
        person = sandbox.state.person(handle)
        assert len(person.id) == 12
        if person.plain_password is None:
            assert handle in {"social", "passkey", "enterprise"}
            continue
        assert call("POST", f"/api/users/{person.id}/password/verify", {"password": PASSWORD}).status == 204
        candidate = {"password": PASSWORD, "userId": person.id}
        assert call("POST", "/api/sign-in-exp/default/check-password", candidate).status == 200


def test_what_each_of_them_is_for(sandbox: Logto) -> None:
    person = sandbox.state.person
    assert all(person("ada").user[key] for key in ("username", "primaryEmail", "primaryPhone", "name", "avatar"))
    assert person("ada").factors == []
    assert {factor["type"] for factor in person("amara").factors} == {"Totp", "WebAuthn", "BackupCode"}
    assert set(person("social").user["identities"]) == {"google"}
    assert {factor["type"] for factor in person("passkey").factors} == {"WebAuthn"}
    assert person("enterprise").sso_identities
    assert person("suspended").user["isSuspended"] is True
    assert person("admin").role_ids
    assert person("empty").user["name"] is None


def test_the_busy_one_has_forty_sessions_and_twenty_five_apps(sandbox: Logto) -> None:
    heavy = sandbox.state.person("heavy").id
    assert len([each for each in sandbox.state.sessions.values() if each.account_id == heavy]) == 40
    assert len({each.client_id for each in sandbox.state.grants.values() if each.account_id == heavy}) == 25


def test_same_seed_same_tenant(clock: Clock) -> None:
    first, second = Logto(now=clock.now, seed=7), Logto(now=clock.now, seed=7)
    assert list(first.state.sessions) == list(second.state.sessions)
    assert first.state.new_code() == second.state.new_code()
    assert Logto(now=clock.now).state.new_id() != Logto(now=clock.now).state.new_id()


def test_unknown_handle(sandbox: Logto) -> None:
    with pytest.raises(KeyError):
        sandbox.state.person("nobody")


def test_inbox_keeps_what_was_sent(sandbox: Logto, call: CallSandbox) -> None:
    call("POST", "/api/verification-codes", {"email": "new@people.example"})
    message = sandbox.state.latest_message("new@people.example")
    assert (message.kind, message.text) == ("email", f"Your code is {message.code}.")
    with pytest.raises(KeyError):
        sandbox.state.latest_message("other@people.example")


def test_state_of_other_modules_goes_with_a_reset(sandbox: Logto) -> None:
    sandbox.state.part(dict)["a"] = 1
    assert sandbox.state.part(dict) == {"a": 1}
    sandbox.reset()
    assert sandbox.state.part(dict) == {}


def test_parallel_links_are_all_kept(sandbox: Logto, call: CallSandbox) -> None:
    person = add_person(sandbox.state, "busy")
    targets = [f"target{number}" for number in range(20)]
    threads = [
        threading.Thread(target=call, args=("PUT", f"/api/users/{person.id}/identities/{target}", {"userId": target}))
        for target in targets
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    identities = json.loads(call("GET", f"/api/users/{person.id}").body)["identities"]
    assert sorted(identities) == sorted(targets)


def test_applications_have_a_logo_that_is_a_drawing(sandbox: Logto) -> None:
    address = sandbox.state.application_experiences["ledgerly0000000000001"]["branding"]["logoUrl"]
    kind, _, content = address.partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert b64decode(content).startswith(b"<svg")


def test_the_curious_one_has_every_odd_kind_of_application(sandbox: Logto, call: CallSandbox) -> None:
    wren = sandbox.state.person("curious").id
    grants = json.loads(call("GET", f"/api/users/{wren}/grants?appType=thirdParty").body)["grants"]
    applications = {grant["application"]["id"] for grant in grants}
    assert any(name.startswith("https://") for name in applications)
    assert "deletedapp00000000001" not in applications
    scopes = {scope for grant in grants for scope in grant["payload"]["openid"]["scope"].split()}
    assert {"offline_access", "teleport"} <= scopes
    sessions = json.loads(call("GET", f"/api/users/{wren}/sessions").body)["sessions"]
    assert [each for each in sessions if not each["payload"]["authorizations"]]
    assert [each for each in sessions if each["lastSubmission"] is None]


def test_invitations_in_every_state(sandbox: Logto, call: CallSandbox) -> None:
    listed = json.loads(call("GET", "/api/organization-invitations").body)
    assert {each["status"] for each in listed} == {"Pending", "Accepted", "Expired", "Revoked"}
