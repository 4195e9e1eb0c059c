"""Sessions and grants (docs/logto.md 8)."""

from __future__ import annotations

import pytest

from accountsite.sandbox.seed_people import add_grant, add_session
from accountsite.sandbox.state import State
from tests.contract.calls import Api, guard_issues, refusal

FIRST_PARTY = "fernhillbilling000001"
THIRD_PARTY = "ledgerly0000000000001"


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


@pytest.mark.needs_signed_in_person
def test_session_is_found_by_its_uid_alone(api: Api, tenant: State) -> None:
    ada = tenant.person("ada")
    session = add_session(tenant, ada, ip="203.0.113.5")
    sessions = f"/api/users/{ada.id}/sessions"
    shown = api.get(f"{sessions}/{session.uid}").json()
    assert set(shown) == {"payload", "lastSubmission", "clientId", "accountId", "expiresAt"}
    assert shown in api.get(sessions).json()["sessions"]
    assert set(shown["payload"]) == {
        "exp", "iat", "jti", "uid", "kind", "loginTs", "accountId", "authorizations",
    }  # fmt: skip
    assert set(shown["lastSubmission"]) == {
        "interactionEvent", "userId", "verificationRecords", "signInContext",
    }  # fmt: skip
    for other in (shown["payload"]["jti"], shown["payload"]["authorizations"]["fernhillaccountsite01"]["sid"]):
        assert refusal(api.get(f"{sessions}/{other}")) == (404, "oidc.session_not_found")
        assert refusal(api.delete(f"{sessions}/{other}")) == (404, "oidc.session_not_found")
    assert api.delete(f"{sessions}/{session.uid}").status_code == 204
    assert api.get(sessions).json() == {"sessions": []}


@pytest.mark.needs_signed_in_person
def test_session_of_somebody_else(api: Api, bare_path: str, tenant: State) -> None:
    session = add_session(tenant, tenant.person("ada"))
    theirs = f"{bare_path}/sessions/{session.uid}"
    assert refusal(api.get(theirs)) == (404, "oidc.session_not_found")
    assert refusal(api.delete(theirs)) == (404, "oidc.invalid_session_account_id")


@pytest.mark.needs_signed_in_person
@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("", {FIRST_PARTY, THIRD_PARTY}),
        ("?revokeGrantsTarget=firstParty", {THIRD_PARTY}),
        ("?revokeGrantsTarget=all", set()),
    ],
)
def test_ending_a_session_takes_grants_when_told(api: Api, tenant: State, query: str, left: set[str]) -> None:
    person = tenant.person("rtl")
    tenant.grants = {key: grant for key, grant in tenant.grants.items() if grant.account_id != person.id}
    session = add_session(tenant, person)
    for client_id in (FIRST_PARTY, THIRD_PARTY):
        add_grant(tenant, person, client_id, "openid", session=session)
    assert api.delete(f"/api/users/{person.id}/sessions/{session.uid}{query}").status_code == 204
    grants = api.get(f"/api/users/{person.id}/grants").json()["grants"]
    assert {grant["payload"]["clientId"] for grant in grants} == left


@pytest.mark.needs_signed_in_person
def test_grants_by_party(api: Api, tenant: State) -> None:
    amara = tenant.person("amara")
    grants = f"/api/users/{amara.id}/grants"
    everything = api.get(grants).json()["grants"]
    third = api.get(f"{grants}?appType=thirdParty").json()["grants"]
    first = api.get(f"{grants}?appType=firstParty").json()["grants"]
    assert len(everything) == len(first) + len(third)
    assert [grant["application"]["name"] for grant in first] == ["Fernhill Billing"]
    assert set(third[0]) == {"id", "payload", "expiresAt", "application"}
    assert set(third[0]["payload"]) >= {"exp", "iat", "jti", "kind", "clientId", "accountId", "openid"}


@pytest.mark.needs_signed_in_person
def test_revoking_a_grant_re_keys_its_session(api: Api, tenant: State, bare_path: str) -> None:
    person = tenant.person("admin")
    session = add_session(tenant, person, client_id=THIRD_PARTY)
    grant = add_grant(tenant, person, THIRD_PARTY, "openid", session=session)
    before = dict(session.payload)
    assert refusal(api.delete(f"{bare_path}/grants/{grant.id}")) == (404, "oidc.invalid_grant")
    address = f"/api/users/{person.id}/grants/{grant.id}"
    assert api.delete(address).status_code == 204
    assert refusal(api.delete(address)) == (404, "oidc.invalid_grant")
    after = api.get(f"/api/users/{person.id}/sessions/{session.uid}").json()["payload"]
    assert after["authorizations"] == {}
    assert after["jti"] != before["jti"]
    assert after["uid"] == before["uid"]


@pytest.mark.needs_signed_in_person
def test_suspending_ends_sessions_and_keeps_grants(api: Api, tenant: State) -> None:
    person = tenant.person("heavy")
    path = f"/api/users/{person.id}"
    assert len(api.get(f"{path}/sessions").json()["sessions"]) == 40
    assert api.patch(f"{path}/is-suspended", {"isSuspended": True}).status_code == 200
    assert api.get(f"{path}/sessions").json() == {"sessions": []}
    assert len(api.get(f"{path}/grants").json()["grants"]) == 25
    api.patch(f"{path}/is-suspended", {"isSuspended": False})
