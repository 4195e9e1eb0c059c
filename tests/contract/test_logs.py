"""The audit log (docs/logto.md 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.calls import Api, refusal
from tests.contract.person import Application, Browser, RefusedAtLogtoError, exchange

User = dict[str, Any]


def rows(api: Api, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/api/logs?page_size=100&{query}").json()
    return found


def test_nothing_of_an_unknown_user(api: Api) -> None:
    answer = api.get("/api/logs?userId=nope")
    assert (answer.status_code, answer.json(), answer.headers["Total-Number"]) == (200, [], "0")
    assert refusal(api.get("/api/logs/nope")) == (404, "entity.not_exists_with_id")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("start_time=2000&end_time=1000", "log.invalid_time_window"),
        ("start_time=x", "guard.invalid_input"),
        ("end_time=2026-01-01T00:00:00Z", "guard.invalid_input"),
    ],
)
def test_malformed_window(api: Api, query: str, code: str) -> None:
    assert refusal(api.get(f"/api/logs?{query}")) == (400, code)


def test_changes_through_the_api_are_not_written_down(api: Api, user: User, path: str) -> None:
    api.patch(path, {"name": "New"})
    api.patch(f"{path}/password", {"password": "Another-Pass-2026"})
    api.post(f"{path}/password/verify", {"password": "wrong"})
    assert rows(api, f"userId={user['id']}") == []


@pytest.fixture
def nothing_suggested(change_settings: Callable[..., Any]) -> None:
    """Each thing that a sign-in suggests is a row of its own (docs/logto.md 7.6)."""
    change_settings(passkeySignIn={"enabled": False}, mfa={"factors": [], "policy": "NoPrompt"})


@pytest.mark.needs_tenant_to_change
@pytest.mark.usefixtures("nothing_suggested")
def test_a_sign_in_and_its_tokens(api: Api, user: User, browser: Browser, application: Application) -> None:
    browser.tokens(application, user)
    found = rows(api, f"userId={user['id']}")
    assert found[0]["key"] == "ExchangeTokenBy.AuthorizationCode"
    assert [row["createdAt"] for row in found] == sorted((row["createdAt"] for row in found), reverse=True)
    (submit,) = rows(api, f"userId={user['id']}&logKey=Interaction.SignIn.Submit")
    payload = submit["payload"]
    assert set(submit) == {"tenantId", "id", "key", "payload", "createdAt"}
    assert (payload["key"], payload["result"]) == ("Interaction.SignIn.Submit", "Success")
    assert (payload["userId"], payload["applicationId"]) == (user["id"], application.id)
    assert payload["userAgentParsed"]["browser"]["name"] == "Firefox"
    assert payload["interaction"]["verificationRecords"][0]["type"] == "Password"
    assert api.get(f"/api/logs/{submit['id']}").json() == submit
    assert rows(api, f"userId={user['id']}&logKey=Interaction.SignIn") == []
    moment = submit["createdAt"]
    assert submit in rows(api, f"userId={user['id']}&start_time={moment}&end_time={moment}")
    assert submit in rows(api, f"applicationId={application.id}")


@pytest.mark.needs_tenant_to_change
def test_what_is_suggested_is_written_down_as_a_sign_in_that_failed(
    api: Api, user: User, browser: Browser, application: Application, change_settings: Callable[..., Any]
) -> None:
    change_settings(passkeySignIn={"enabled": True}, mfa={"factors": ["Totp"], "policy": "UserControlled"})
    browser.sign_in(application, user)
    found = rows(api, f"userId={user['id']}&logKey=Interaction.SignIn.Submit")
    told = [(row["payload"]["result"], row["payload"].get("error", {}).get("code")) for row in found]
    assert told == [("Success", None), ("Error", "user.suggest_mfa"), ("Error", "user.passkey_preferred")]


@pytest.mark.needs_tenant_to_change
@pytest.mark.usefixtures("nothing_suggested")
def test_the_first_step_names_the_person_before_the_sign_in_does(
    api: Api, user: User, browser: Browser, application: Application
) -> None:
    browser.sign_in(application, user)
    (first,) = rows(api, f"userId={user['id']}&logKey=Interaction.SignIn.Identifier.Submit")
    (whole,) = rows(api, f"userId={user['id']}&logKey=Interaction.SignIn.Submit")
    assert first["payload"]["result"] == "Success"
    assert first["createdAt"] <= whole["createdAt"]
    assert "Firefox" in first["payload"]["userAgent"]
    assert first["payload"]["interaction"]["signInContext"]["ip"] == first["payload"]["ip"]


@pytest.mark.needs_ipv4_caller
@pytest.mark.usefixtures("nothing_suggested")
def test_an_ipv4_address_is_written_as_one_of_ipv6(
    api: Api, user: User, browser: Browser, application: Application
) -> None:
    browser.sign_in(application, user)
    (row,) = rows(api, f"userId={user['id']}&logKey=Interaction.SignIn.Submit")
    (session,) = api.get(f"/api/users/{user['id']}/sessions").json()["sessions"]
    told = (row["payload"]["ip"], session["lastSubmission"]["signInContext"]["ip"])
    assert told == ("::ffff:127.0.0.1", "::ffff:127.0.0.1")


@pytest.mark.needs_tenant_to_change
def test_the_code_stands_in_its_row_in_clear(api: Api, user: User, browser: Browser, application: Application) -> None:
    browser.tokens(application, user)
    (row,) = rows(api, f"userId={user['id']}&logKey=ExchangeTokenBy.AuthorizationCode")
    assert row["payload"]["params"]["grant_type"] == "authorization_code"
    assert len(row["payload"]["params"]["code"]) > 20


@pytest.mark.needs_tenant_to_change
def test_a_wrong_password_names_nobody(api: Api, user: User, browser: Browser, application: Application) -> None:
    api.patch(f"/api/users/{user['id']}/password", {"password": "Another-Pass-2026"})
    with pytest.raises(RefusedAtLogtoError) as refused:
        browser.sign_in(application, user)
    assert refusal(refused.value.answer) == (422, "session.invalid_credentials")
    key = "Interaction.SignIn.Verification.Password.Submit"
    (row,) = rows(api, f"applicationId={application.id}&logKey={key}")
    assert (row["payload"]["result"], row["payload"]["error"]["code"]) == ("Error", "session.invalid_credentials")
    assert row["payload"]["payload"]["password"] == "******"
    assert "userId" not in row["payload"]


@pytest.mark.needs_tenant_to_change
@pytest.mark.needs_email_codes
def test_a_password_that_was_forgotten_and_set_anew_names_the_person(
    api: Api,
    user: User,
    browser: Browser,
    application: Application,
    email_code: Callable[[str], str],
    change_settings: Callable[..., Any],
) -> None:
    """Nobody is signed in by it, and the new password is the one that counts."""
    change_settings(forgotPasswordMethods=["EmailVerificationCode"])
    change_settings(passwordPolicy={"rejects": {"pwned": False}})  # the list is not everywhere within reach
    password = f"Anew-{user['username']}-word"
    browser.reset_password(application, user["primaryEmail"], password, email_code)
    (row,) = rows(api, f"userId={user['id']}&logKey=Interaction.ForgotPassword.Submit")
    payload = row["payload"]
    assert (payload["result"], payload["userId"], payload["applicationId"]) == ("Success", user["id"], application.id)
    assert payload["ip"]
    assert "Firefox" in payload["userAgent"]
    assert password not in str(row)
    path = f"/api/users/{user['id']}"
    assert api.post(f"{path}/password/verify", {"password": password}).status_code == 204
    assert api.get(f"{path}/sessions").json() == {"sessions": []}


@pytest.mark.needs_tenant_to_change
def test_a_refresh_is_written_down(api: Api, user: User, browser: Browser, application: Application) -> None:
    token = browser.tokens(application, user, scope="openid offline_access", prompt="consent")
    form = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    assert exchange(api, application, form).status_code == 200
    assert len(rows(api, f"userId={user['id']}&logKey=ExchangeTokenBy.RefreshToken")) == 1


@pytest.mark.needs_tenant_to_change
def test_pages_that_share_an_end_do_not_move(api: Api, user: User, browser: Browser, application: Application) -> None:
    """Both ends belong to the window, and `enableCap` changes no row."""
    browser.tokens(application, user)
    first = rows(api, f"userId={user['id']}")
    end = max(row["createdAt"] for row in first)
    asked = f"/api/logs?userId={user['id']}&end_time={end}&enableCap=true&page_size=2&page="
    before = [api.get(f"{asked}{page}").json() for page in (1, 2)]
    assert [row["id"] for page in before for row in page] == [row["id"] for row in first[:4]]
    while True:  # until a row of a later millisecond is there
        browser.tokens(application, user)
        if rows(api, f"userId={user['id']}")[0]["createdAt"] > end:
            break
    assert [api.get(f"{asked}{page}").json() for page in (1, 2)] == before
    assert api.get(f"{asked}50").json() == []
