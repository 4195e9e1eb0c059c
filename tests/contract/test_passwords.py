"""Passwords: verifying, setting, expiring, and the policy check (docs/logto.md 4)."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from accountsite.sandbox.state import State
from tests.contract.calls import Api, guard_issues, refusal
from tests.contract.needs import may_change

Change = Callable[..., dict[str, Any]]
User = dict[str, Any]
CHECK = "/api/sign-in-exp/default/check-password"


@pytest.fixture
def right(user: User) -> str:
    return f"Pass-{user['username']}-word"


def verify(api: Api, path: str, password: str) -> tuple[int, str | None]:
    return refusal(api.post(f"{path}/password/verify", {"password": password}))


def test_right_and_wrong_password(api: Api, path: str, right: str) -> None:
    assert verify(api, path, right) == (204, None)
    assert verify(api, path, "nope") == (422, "session.invalid_credentials")
    assert verify(api, "/api/users/nope", "x") == (404, "entity.not_found")


def test_user_without_password_looks_the_same(api: Api, bare_path: str) -> None:
    assert verify(api, bare_path, "nope") == (422, "session.invalid_credentials")
    assert api.get(f"{bare_path}/has-password").json() == {"hasPassword": False}


def test_many_wrong_passwords_lock_nobody_out(api: Api, path: str, right: str) -> None:
    for _ in range(12):
        assert verify(api, path, "nope") == (422, "session.invalid_credentials")
    assert verify(api, path, right) == (204, None)


@pytest.mark.parametrize(("body", "issue"), [({"password": ""}, "too_small"), ({}, "invalid_type")])
def test_password_is_needed(api: Api, path: str, body: Any, issue: str) -> None:
    assert guard_issues(api.post(f"{path}/password/verify", body)) == [(issue, "password")]
    assert guard_issues(api.patch(f"{path}/password", body)) == [(issue, "password")]


@pytest.mark.parametrize("password", ["1", "Aa1!" * 300, "pässwörd🙂"])
def test_setting_checks_no_policy(api: Api, path: str, password: str) -> None:
    answer = api.patch(f"{path}/password", {"password": password})
    assert (answer.status_code, answer.json()["hasPassword"]) == (200, True)
    assert verify(api, path, password) == (204, None)
    assert api.patch(f"{path}/password", {"password": password}).status_code == 200


def test_first_password(api: Api, bare_path: str) -> None:
    assert api.patch(f"{bare_path}/password", {"password": "First-2026"}).json()["hasPassword"] is True
    assert api.get(f"{bare_path}/has-password").json() == {"hasPassword": True}


def test_password_of_an_unknown_user(api: Api) -> None:
    assert refusal(api.patch("/api/users/nope/password", {"password": "x"})) == (404, "entity.not_found")
    assert refusal(api.get("/api/users/nope/has-password")) == (404, "entity.not_found")


def test_password_cannot_be_removed(api: Api, path: str) -> None:
    assert api.delete(f"{path}/password").status_code == 405


@pytest.mark.needs_no_password_expiration
@pytest.mark.usefixtures("no_expiration")
def test_expiring_while_that_is_off(api: Api, path: str) -> None:
    answer = api.patch(f"{path}/password/expiration", {"isExpired": True})
    assert refusal(answer) == (400, "sign_in_experiences.password_expiration_not_enabled")


def test_expiry_can_always_be_lifted(api: Api, path: str, user: User) -> None:
    answer = api.patch(f"{path}/password/expiration", {"isExpired": False})
    assert (answer.status_code, answer.json()["id"]) == (200, user["id"])
    assert guard_issues(api.patch(f"{path}/password/expiration", {})) == [("invalid_type", "isExpired")]
    unknown = api.patch("/api/users/nope/password/expiration", {"isExpired": True})
    assert refusal(unknown) == (404, "entity.not_found")


@pytest.mark.needs_tenant_to_change
def test_expired_password_still_verifies(api: Api, path: str, right: str, change_settings: Change) -> None:
    change_settings(forgotPasswordMethods=["EmailVerificationCode"])
    change_settings(passwordExpiration={"enabled": True, "validPeriodDays": 30})
    assert api.patch(f"{path}/password/expiration", {"isExpired": True}).status_code == 200
    assert verify(api, path, right) == (204, None)


@pytest.fixture
def plain_policy(api: Api, change_settings: Change) -> None:
    """The policy that `needs_plain_password_policy` asks a named tenant for, set where that is allowed."""
    if not os.environ.get("CONTRACT_ENDPOINT") or may_change(api):
        change_settings(passwordPolicy=policy(repetition=False))


@pytest.fixture
def no_expiration(api: Api, change_settings: Change) -> None:
    if api.get("/api/sign-in-exp").json()["passwordExpiration"].get("enabled"):
        change_settings(passwordExpiration={"enabled": False})


def policy(*, shortest: int = 8, longest: int = 256, kinds: int = 1, repetition: bool = True) -> dict[str, Any]:
    return {
        "length": {"min": shortest, "max": longest},
        "characterTypes": {"min": kinds},
        "rejects": {"pwned": False, "repetitionAndSequence": repetition, "userInfo": True, "words": ["acme"]},
    }


def issues(api: Api, user: User, password: str) -> list[str]:
    """The issue codes of a candidate, without their common beginning."""
    answer = api.post(CHECK, {"password": password, "userId": user["id"]})
    body = answer.json()
    if answer.status_code == 200:
        assert body == {"result": True}
        return []
    assert answer.status_code == 400
    assert set(body) == {"result", "issues"}
    assert body["result"] is False
    return [issue["code"].removeprefix("password_rejected.") for issue in body["issues"]]


@pytest.mark.needs_plain_password_policy
@pytest.mark.usefixtures("plain_policy")
def test_policy_of_length_and_personal_words(api: Api, user: User) -> None:
    assert issues(api, user, "Thr0waway-In!2026") == []
    assert issues(api, user, "a1") == ["too_short"]
    assert issues(api, user, "") == ["too_short", "character_types"]
    assert issues(api, user, "pässwörd-12") == ["unsupported_characters"]
    assert issues(api, user, "Aa1!" * 70) == ["too_long"]
    assert issues(api, user, user["username"]) == ["restricted.user_info"]


@pytest.mark.needs_plain_password_policy
@pytest.mark.usefixtures("plain_policy")
def test_personal_words_need_the_person(api: Api) -> None:
    answer = api.post(CHECK, {"password": "Thr0waway-In!2026"})
    assert refusal(answer) == (400, "request.invalid_input")
    unknown = api.post(CHECK, {"password": "Thr0waway-In!2026", "userId": "nope"})
    assert refusal(unknown) == (404, "entity.not_found")


def test_candidate_must_be_a_text(api: Api, user: User) -> None:
    assert guard_issues(api.post(CHECK, {"userId": user["id"]})) == [("invalid_type", "password")]
    answer = api.post(CHECK, {"password": 12345678, "userId": user["id"]})
    assert guard_issues(answer) == [("invalid_type", "password")]


@pytest.mark.needs_tenant_to_change
def test_stricter_policy(api: Api, user: User, change_settings: Change) -> None:
    change_settings(passwordPolicy=policy(shortest=10, longest=20, kinds=3))
    assert issues(api, user, "abc123") == ["too_short", "character_types", "restricted.sequence"]
    assert issues(api, user, "Xy7-new-pass-2026!!!!") == ["too_long"]
    change_settings(passwordPolicy=policy(shortest=10, longest=20))
    assert issues(api, user, "abcdefghij1!") == ["restricted.sequence"]
    assert issues(api, user, "aaaaaaaaaaA1") == ["restricted.repetition"]
    assert issues(api, user, "ACMEacme1!") == ["restricted.words"]
    assert issues(api, user, "abc12345!Kw") == []


@pytest.mark.needs_tenant_to_change
def test_without_personal_words_nobody_need_be_named(api: Api, change_settings: Change) -> None:
    rejects = {"pwned": False, "repetitionAndSequence": False, "userInfo": False, "words": []}
    change_settings(passwordPolicy={"rejects": rejects})
    assert api.post(CHECK, {"password": "Thr0waway-In!2026"}).json() == {"result": True}


@pytest.mark.needs_no_breach_service
def test_breach_list(api: Api, user: User, tenant: State) -> None:
    rejects = {"pwned": True, "repetitionAndSequence": False, "userInfo": True, "words": []}
    tenant.sign_in_experience["passwordPolicy"] = {"rejects": rejects}
    assert issues(api, user, "correcthorsebatterystaple") == ["pwned"]
    tenant.breach_service_reachable = False
    answer = api.post(CHECK, {"password": "Thr0waway-In!2026", "userId": user["id"]})
    assert refusal(answer) == (400, "request.invalid_input")
    assert answer.json()["data"]["message"] == "fetch failed"
