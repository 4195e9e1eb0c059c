"""Sessions and grants (docs/logto.md 8)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.calls import Api, guard_issues, refusal
from tests.contract.person import Application, Browser, claims_of, exchange

User = dict[str, Any]
SESSION_KEYS = {"payload", "lastSubmission", "clientId", "accountId", "expiresAt"}
OFFLINE = {"scope": "openid profile offline_access", "prompt": "consent"}


def sessions(api: Api, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"{path}/sessions").json()["sessions"]
    return found


def grants(api: Api, path: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"{path}/grants{query}").json()["grants"]
    return found


def refresh(api: Api, application: Application, token: dict[str, Any]) -> int:
    form = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    return exchange(api, application, form).status_code


def userinfo(api: Api, token: dict[str, Any]) -> int:
    return api.get("/oidc/me", token=token["access_token"]).status_code


def test_nobody_is_signed_in(api: Api, bare_path: str) -> None:
    for owner in (bare_path, "/api/users/nope"):
        assert api.get(f"{owner}/sessions").json() == {"sessions": []}
        assert api.get(f"{owner}/grants").json() == {"grants": []}


def test_unknown_session(api: Api, bare_path: str) -> None:
    assert refusal(api.get(f"{bare_path}/sessions/nope")) == (404, "oidc.session_not_found")
    assert refusal(api.delete(f"{bare_path}/sessions/nope")) == (404, "oidc.session_not_found")


def test_unknown_grant(api: Api, bare_path: str) -> None:
    assert refusal(api.delete(f"{bare_path}/grants/nope")) == (404, "oidc.invalid_grant")


def test_malformed_questions(api: Api, bare_path: str) -> None:
    wrong_kind = api.get(f"{bare_path}/grants?appType=nope")
    assert guard_issues(wrong_kind) == [("invalid_enum_value", "appType")]
    wrong_target = api.delete(f"{bare_path}/sessions/nope?revokeGrantsTarget=thirdParty")
    assert guard_issues(wrong_target) == [("invalid_enum_value", "revokeGrantsTarget")]


@pytest.mark.needs_tenant_to_change
def test_session_is_found_by_its_uid_alone(
    api: Api, user: User, path: str, browser: Browser, application: Application
) -> None:
    browser.tokens(application, user)
    (shown,) = sessions(api, path)
    payload, submission = shown["payload"], shown["lastSubmission"]
    assert set(shown) == SESSION_KEYS
    assert set(payload) >= {"exp", "iat", "jti", "uid", "kind", "loginTs", "accountId", "authorizations"}
    assert shown["clientId"] == application.id
    assert submission["verificationRecords"][0]["type"] == "Password"
    assert "Firefox" in submission["signInContext"]["userAgent"]
    assert api.get(f"{path}/sessions/{payload['uid']}").json() == shown
    for other in (payload["jti"], payload["authorizations"][application.id]["sid"]):
        assert refusal(api.get(f"{path}/sessions/{other}")) == (404, "oidc.session_not_found")
        assert refusal(api.delete(f"{path}/sessions/{other}")) == (404, "oidc.session_not_found")
    assert api.delete(f"{path}/sessions/{payload['uid']}").status_code == 204
    assert sessions(api, path) == []


@pytest.mark.needs_tenant_to_change
def test_session_of_somebody_else(
    api: Api, user: User, path: str, bare_path: str, browser: Browser, application: Application
) -> None:
    browser.tokens(application, user)
    theirs = f"{bare_path}/sessions/{sessions(api, path)[0]['payload']['uid']}"
    assert refusal(api.get(theirs)) == (404, "oidc.session_not_found")
    assert refusal(api.delete(theirs)) == (404, "oidc.invalid_session_account_id")


@pytest.mark.needs_tenant_to_change
@pytest.mark.parametrize(
    ("query", "lives"), [("", (True, True)), ("?revokeGrantsTarget=firstParty", (False, True)),
                         ("?revokeGrantsTarget=all", (False, False))],
)  # fmt: skip
def test_ending_a_session_takes_grants_when_told(
    api: Api, user: User, path: str, browser: Browser, application: Application, third_party: Application, query: str,
    lives: tuple[bool, bool],
) -> None:  # fmt: skip
    tokens = [browser.tokens(each, user, **OFFLINE) for each in (application, third_party)]
    (session,) = sessions(api, path)
    assert set(session["payload"]["authorizations"]) == {application.id, third_party.id}
    assert api.delete(f"{path}/sessions/{session['payload']['uid']}{query}").status_code == 204
    for each, token, alive in zip((application, third_party), tokens, lives, strict=True):
        assert (refresh(api, each, token), userinfo(api, token)) == ((200, 200) if alive else (400, 401))


@pytest.mark.needs_tenant_to_change
def test_tokens_without_offline_access_die_with_the_session_and_their_grant_stays_listed(
    api: Api, user: User, path: str, browser: Browser, application: Application
) -> None:
    token = browser.tokens(application, user)
    assert userinfo(api, token) == 200
    api.delete(f"{path}/sessions/{sessions(api, path)[0]['payload']['uid']}")
    assert userinfo(api, token) == 401
    assert [grant["payload"]["clientId"] for grant in grants(api, path)] == [application.id]


@pytest.mark.needs_tenant_to_change
def test_grants_by_party(
    api: Api, user: User, path: str, browser: Browser, application: Application, third_party: Application
) -> None:
    for each in (application, third_party):
        browser.tokens(each, user, scope="openid profile")
    everything = {grant["payload"]["clientId"]: grant for grant in grants(api, path)}
    assert set(everything) == {application.id, third_party.id}
    assert grants(api, path, "?appType=thirdParty") == [everything[third_party.id]]
    assert grants(api, path, "?appType=firstParty") == [everything[application.id]]
    grant = everything[third_party.id]
    assert set(grant) == {"id", "payload", "expiresAt", "application"}
    assert set(grant["payload"]) >= {"exp", "iat", "jti", "kind", "clientId", "accountId", "openid"}
    assert set(grant["payload"]["openid"]["scope"].split()) == {"openid", "profile"}
    assert grant["application"] == {"id": third_party.id, "name": third_party.shown["name"]}


@pytest.mark.needs_tenant_to_change
def test_one_grant_for_each_session_and_application(api: Api, user: User, path: str, application: Application) -> None:
    for _ in range(2):
        Browser(api).tokens(application, user)
    assert len(sessions(api, path)) == len(grants(api, path)) == 2


@pytest.mark.needs_tenant_to_change
def test_grants_of_a_deleted_application_are_listed_no_more(
    api: Api, user: User, path: str, browser: Browser, application: Application, third_party: Application
) -> None:
    for each in (application, third_party):
        browser.tokens(each, user)
    assert api.delete(f"/api/applications/{third_party.id}").status_code == 204
    assert [grant["payload"]["clientId"] for grant in grants(api, path)] == [application.id]
    assert third_party.id in sessions(api, path)[0]["payload"]["authorizations"]


@pytest.mark.needs_tenant_to_change
def test_revoking_a_grant_re_keys_its_session(
    api: Api, user: User, path: str, bare_path: str, browser: Browser, application: Application,
    third_party: Application,
) -> None:  # fmt: skip
    own = browser.tokens(application, user, **OFFLINE)
    token = browser.tokens(third_party, user, **OFFLINE)
    (before,) = sessions(api, path)
    (grant,) = grants(api, path, "?appType=thirdParty")
    assert refusal(api.delete(f"{bare_path}/grants/{grant['id']}")) == (404, "oidc.invalid_grant")
    assert api.delete(f"{path}/grants/{grant['id']}").status_code == 204
    assert refusal(api.delete(f"{path}/grants/{grant['id']}")) == (404, "oidc.invalid_grant")
    (after,) = sessions(api, path)
    assert set(after["payload"]["authorizations"]) == {application.id}
    assert after["payload"]["uid"] == before["payload"]["uid"]
    assert after["payload"]["jti"] != before["payload"]["jti"]
    assert refresh(api, third_party, token) == 400
    assert refresh(api, application, own) == 200
    assert browser.sign_in(application, user, prompt="none")["error"] == "login_required"


@pytest.mark.needs_tenant_to_change
def test_suspending_ends_sessions_and_keeps_grants(
    api: Api, user: User, path: str, browser: Browser, application: Application
) -> None:
    token = browser.tokens(application, user, **OFFLINE)
    assert api.patch(f"{path}/is-suspended", {"isSuspended": True}).status_code == 200
    assert sessions(api, path) == []
    assert len(grants(api, path)) == 1
    assert refresh(api, application, token) == 400
    api.patch(f"{path}/is-suspended", {"isSuspended": False})
    assert refresh(api, application, token) == 400


@pytest.mark.needs_tenant_to_change
def test_sid_only_where_the_application_asks_for_sessions(
    api: Api, user: User, path: str, browser: Browser, new_application: Any
) -> None:
    address = "http://127.0.0.1:9/backchannel"
    without = new_application(backchannelLogoutUri=address)
    with_it = new_application(backchannelLogoutUri=address, backchannelLogoutSessionRequired=True)
    assert "sid" not in claims_of(browser.tokens(without, user)["id_token"])
    sid = claims_of(browser.tokens(with_it, user)["id_token"])["sid"]
    assert sessions(api, path)[0]["payload"]["authorizations"][with_it.id]["sid"] == sid


@pytest.mark.needs_tenant_to_change
def test_deleting_a_person_ends_sessions_and_tokens(
    api: Api, user: User, path: str, browser: Browser, application: Application
) -> None:
    token = browser.tokens(application, user, **OFFLINE)
    assert api.delete(path).status_code == 204
    assert sessions(api, path) == []
    assert (refresh(api, application, token), userinfo(api, token)) == (400, 401)
    logged = api.get(f"/api/logs?userId={user['id']}").json()
    assert "Interaction.SignIn.Submit" in {row["key"] for row in logged}
