"""Connectors and linking a social account (docs/logto.md 5, 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from accountsite.sandbox.state import State
from tests.contract.calls import Api, guard_issues, refusal

User = dict[str, Any]
CONNECTOR_KEYS = {
    "id", "syncProfile", "enableTokenStorage", "config", "metadata", "connectorId", "target", "name", "description",
    "logo", "logoDark", "readme", "platform", "type",
}  # fmt: skip
CALLBACK = "https://account.example.test/social/cb"
WANTED = {"state": "st", "redirectUri": CALLBACK}


def connector_id(api: Api, factory_id: str) -> str:
    """The id of the first connector of a kind."""
    for connector in api.get("/api/connectors").json():
        if connector["connectorId"] == factory_id:
            return str(connector["id"])
    raise AssertionError(f"no {factory_id} connector")


@pytest.fixture
def mock(api: Api) -> str:
    return connector_id(api, "mock-social-connector")


@pytest.fixture
def sent(unique: str) -> dict[str, str]:
    """What the mock connector is told; it believes everything, once there is a code."""
    return {"code": "c1", "userId": unique, "name": "Ida", "email": "ida@social.test", "redirectUri": CALLBACK}


def test_connectors_hold_their_configuration(api: Api) -> None:
    answer = api.get("/api/connectors")
    assert answer.status_code == 200
    for connector in answer.json():
        assert set(connector) >= CONNECTOR_KEYS
        assert connector["type"] in {"Social", "Email", "Sms"}
        assert connector["name"]["en"]
        assert api.get(f"/api/connectors/{connector['id']}").json()["connectorId"] == connector["connectorId"]


def test_connectors_of_one_target(api: Api) -> None:
    assert api.get("/api/connectors?target=no-such-target").json() == []


def test_unknown_connector(api: Api) -> None:
    assert refusal(api.get("/api/connectors/nope")) == (404, "entity.not_found")
    assert refusal(api.post("/api/connectors/nope/authorization-uri", WANTED)) == (404, "entity.not_found")


@pytest.mark.needs_mock_connector
def test_way_to_the_provider(api: Api, mock: str) -> None:
    for redirect_uri in (CALLBACK, "nonsense"):
        wanted = {"state": "st", "redirectUri": redirect_uri}
        answer = api.post(f"/api/connectors/{mock}/authorization-uri", wanted)
        assert (answer.status_code, set(answer.json())) == (200, {"redirectTo"})
        query = parse_qs(urlsplit(answer.json()["redirectTo"]).query)
        assert (query["state"], query["redirect_uri"]) == (["st"], [redirect_uri])


@pytest.mark.needs_mock_connector
def test_way_to_the_provider_refuses(api: Api, mock: str) -> None:
    address = f"/api/connectors/{mock}/authorization-uri"
    assert refusal(api.post(address, WANTED | {"state": ""})) == (400, "session.insufficient_info")
    assert guard_issues(api.post(address, {"state": "x"})) == [("invalid_type", "redirectUri")]
    factory = "/api/connectors/mock-social-connector/authorization-uri"
    assert refusal(api.post(factory, WANTED)) == (404, "entity.not_found")


@pytest.mark.needs_email_connector
def test_email_connector_leads_to_no_provider(api: Api, path: str) -> None:
    email = next(each["id"] for each in api.get("/api/connectors").json() if each["type"] == "Email")
    answer = api.post(f"/api/connectors/{email}/authorization-uri", WANTED)
    assert refusal(answer) == (400, "connector.unexpected_type")
    link = api.post(f"{path}/identities", {"connectorId": email, "connectorData": {"code": "c"}})
    assert refusal(link) == (422, "session.invalid_connector_id")


@pytest.mark.needs_hosted_connectors
@pytest.mark.parametrize("factory_id", ["apple-universal", "line-universal"])
def test_connector_that_needs_a_hosted_session(api: Api, factory_id: str) -> None:
    address = f"/api/connectors/{connector_id(api, factory_id)}/authorization-uri"
    assert refusal(api.post(address, WANTED)) == (501, "connector.not_implemented")


@pytest.mark.needs_hosted_connectors
def test_apple_cannot_be_linked(api: Api, path: str) -> None:
    body = {"connectorId": connector_id(api, "apple-universal"), "connectorData": {"id_token": "x"}}
    assert refusal(api.post(f"{path}/identities", body)) == (401, "connector.social_invalid_id_token")


@pytest.mark.needs_google_connector
@pytest.mark.parametrize("data", [{"redirectUri": CALLBACK}, {"error": "access_denied", "redirectUri": CALLBACK}])
def test_cancelled_at_the_provider(api: Api, path: str, data: dict[str, str]) -> None:
    body = {"connectorId": connector_id(api, "google-universal"), "connectorData": data}
    answer = api.post(f"{path}/identities", body)
    assert refusal(answer) == (400, "connector.general")
    assert set(answer.json()["data"]) == {"message"}


@pytest.mark.needs_pretend_provider
def test_code_of_the_provider_is_good_once(api: Api, path: str, tenant: State) -> None:
    details = {"id": "gh-1", "name": "Ida", "email": "ida@social.test"}
    data = {"code": tenant.new_social_code("github", CALLBACK, details), "redirectUri": CALLBACK}
    body = {"connectorId": connector_id(api, "github-universal"), "connectorData": data}
    answer = api.post(f"{path}/identities", body)
    assert answer.status_code == 200
    assert answer.json()["github"]["userId"] == "gh-1"
    assert refusal(api.post(f"{path}/identities", body)) == (401, "connector.social_auth_code_invalid")


@pytest.mark.needs_pretend_provider
def test_provider_that_does_not_say_who_it_is(api: Api, path: str, tenant: State) -> None:
    data = {"code": tenant.new_social_code("github", CALLBACK, {"name": "Ida"}), "redirectUri": CALLBACK}
    body = {"connectorId": connector_id(api, "github-universal"), "connectorData": data}
    assert refusal(api.post(f"{path}/identities", body)) == (400, "connector.invalid_response")


@pytest.mark.needs_pretend_provider
def test_provider_out_of_reach(api: Api, path: str, tenant: State) -> None:
    tenant.social_provider_reachable = False
    data = {"code": "x", "redirectUri": CALLBACK}
    body = {"connectorId": connector_id(api, "google-universal"), "connectorData": data}
    assert refusal(api.post(f"{path}/identities", body)) == (500, None)


@pytest.mark.needs_mock_connector
def test_linking(api: Api, user: User, path: str, mock: str, sent: dict[str, str]) -> None:
    answer = api.post(f"{path}/identities", {"connectorId": mock, "connectorData": sent})
    details = {"id": sent["userId"], "name": "Ida", "email": "ida@social.test", "rawData": sent}
    identity = {"userId": sent["userId"], "details": details}
    assert (answer.status_code, answer.json()) == (200, {"mock-social": identity})
    assert api.get(f"{path}/identities/mock-social").json() == {"identity": identity}
    assert api.get(f"{path}/identities/mock-social?includeTokenSecret=true").json() == {"identity": identity}
    everything = api.get(f"{path}/all-identities").json()
    assert everything == {"socialIdentities": [{"target": "mock-social", "identity": identity}], "ssoIdentities": []}
    read = api.get(path).json()
    assert read == user | {"identities": {"mock-social": identity}, "updatedAt": read["updatedAt"]}


@pytest.mark.needs_mock_connector
def test_linking_another_account_overwrites(api: Api, path: str, mock: str, sent: dict[str, str]) -> None:
    api.post(f"{path}/identities", {"connectorId": mock, "connectorData": sent})
    other = sent | {"userId": sent["userId"] + "2"}
    answer = api.post(f"{path}/identities", {"connectorId": mock, "connectorData": other})
    assert answer.json()["mock-social"]["userId"] == other["userId"]


@pytest.mark.needs_mock_connector
def test_account_of_somebody_else(api: Api, path: str, bare_path: str, mock: str, sent: dict[str, str]) -> None:
    body = {"connectorId": mock, "connectorData": sent}
    api.post(f"{path}/identities", body)
    assert refusal(api.post(f"{bare_path}/identities", body)) == (422, "user.identity_already_in_use")


@pytest.mark.needs_mock_connector
@pytest.mark.parametrize("data", [{}, {"userId": "x"}])
def test_linking_without_a_code(api: Api, path: str, mock: str, data: dict[str, str]) -> None:
    answer = api.post(f"{path}/identities", {"connectorId": mock, "connectorData": data})
    assert refusal(answer) == (400, "connector.invalid_response")


@pytest.mark.needs_mock_connector
def test_linking_for_an_unknown_user(api: Api, mock: str, sent: dict[str, str]) -> None:
    answer = api.post("/api/users/nope/identities", {"connectorId": mock, "connectorData": sent})
    assert refusal(answer) == (404, "entity.not_found")


def test_linking_refuses(api: Api, path: str) -> None:
    body = {"connectorId": "nope", "connectorData": {"code": "c1"}}
    assert refusal(api.post(f"{path}/identities", body)) == (404, "entity.not_found")
    assert guard_issues(api.post(f"{path}/identities", {"connectorId": "x"})) == [("invalid_type", "connectorData")]


def test_storing_an_identity(api: Api, path: str, unique: str) -> None:
    first = {"userId": unique, "details": {"name": "x"}}
    new = api.put(f"{path}/identities/github", first)
    assert (new.status_code, new.json()) == (201, {"github": first})
    replaced = api.put(f"{path}/identities/github", {"userId": unique + "2"})
    assert (replaced.status_code, replaced.json()) == (200, {"github": {"userId": unique + "2"}})
    unknown = api.put(f"{path}/identities/no-such-provider", {"userId": unique})
    assert (unknown.status_code, set(unknown.json())) == (201, {"github", "no-such-provider"})


def test_storing_an_identity_refuses(api: Api, path: str, bare_path: str, unique: str) -> None:
    api.put(f"{path}/identities/github", {"userId": unique})
    taken = api.put(f"{bare_path}/identities/github", {"userId": unique})
    assert refusal(taken) == (422, "user.identity_already_in_use")
    assert guard_issues(api.put(f"{path}/identities/github", {})) == [("invalid_type", "userId")]
    assert refusal(api.put("/api/users/nope/identities/github", {"userId": "x"})) == (404, "entity.not_found")


def test_unlinking_the_last_way_in(api: Api, new_user: Callable[..., User], unique: str) -> None:
    user = new_user()
    path = f"/api/users/{user['id']}/identities/github"
    api.put(path, {"userId": unique})
    answer = api.delete(path)
    assert (answer.status_code, answer.json()["identities"]) == (200, {})
    assert set(answer.json()) == set(user)
    assert refusal(api.delete(path)) == (404, "user.identity_not_exist")
    assert refusal(api.get(path)) == (404, "user.identity_not_exist")


def test_identities_of_an_unknown_user(api: Api) -> None:
    assert refusal(api.get("/api/users/nope/all-identities")) == (404, "entity.not_found")
    assert refusal(api.get("/api/users/nope/identities/github")) == (404, "entity.not_found")
    assert refusal(api.delete("/api/users/nope/identities/github")) == (404, "entity.not_found")


def test_identities_need_a_target(api: Api, path: str) -> None:
    assert api.get(f"{path}/identities").status_code == 405
    assert api.delete(f"{path}/identities").status_code == 405
    assert api.put(f"{path}/identities/", {"userId": "x"}).status_code == 405


def test_no_enterprise_identity(api: Api, path: str) -> None:
    answer = api.get(f"{path}/sso-identities/nope")
    assert refusal(answer) == (404, "user.enterprise_sso_identity_not_exists")
    assert refusal(api.delete("/api/secrets/nope")) == (404, "entity.not_found")


@pytest.mark.needs_enterprise_person
def test_enterprise_identity(api: Api, tenant: State) -> None:
    person = tenant.person("enterprise")
    read = api.get(f"/api/users/{person.id}?includeSsoIdentities=1").json()
    assert set(read["ssoIdentities"][0]) == {
        "tenantId", "id", "userId", "issuer", "identityId", "detail", "createdAt", "updatedAt", "ssoConnectorId",
    }  # fmt: skip
    connector = read["ssoIdentities"][0]["ssoConnectorId"]
    one = api.get(f"/api/users/{person.id}/sso-identities/{connector}").json()
    assert one == {"ssoIdentity": read["ssoIdentities"][0]}
    everything = api.get(f"/api/users/{person.id}/all-identities").json()
    assert everything["ssoIdentities"] == [{"ssoConnectorId": connector} | one]
