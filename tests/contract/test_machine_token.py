"""The machine's own token, and discovery (docs/logto.md 1, 15)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.contract.calls import Api
from tests.contract.person import Application


def oidc_refusal(answer: requests.Response) -> tuple[int, str, str]:
    """Status, OAuth error and Logto's code."""
    return answer.status_code, answer.json()["error"], answer.json()["code"]


def test_secret_in_the_header(api: Api) -> None:
    answer = api.ask_token((api.app_id, api.app_secret))
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"access_token", "expires_in", "token_type", "scope"}
    assert (body["token_type"], body["scope"]) == ("Bearer", "all")
    assert body["expires_in"] > 0
    assert answer.headers["Cache-Control"] == "no-store"


def test_secret_in_the_body(api: Api) -> None:
    answer = api.ask_token(client_id=api.app_id, client_secret=api.app_secret)
    assert (answer.status_code, answer.json()["scope"]) == (200, "all")


def test_json_instead_of_a_form(api: Api) -> None:
    fields = {
        "grant_type": "client_credentials",
        "resource": api.resource,
        "scope": "all",
        "client_id": api.app_id,
        "client_secret": api.app_secret,
    }
    answer = api.call("POST", "/oidc/token", token=None, json=fields)
    assert (answer.status_code, answer.json()["scope"]) == (200, "all")


def test_no_scope_or_an_unknown_one_gives_a_token_without_scope(api: Api) -> None:
    for scope in ("", "nope"):
        answer = api.ask_token((api.app_id, api.app_secret), scope=scope)
        assert answer.status_code == 200
        assert set(answer.json()) == {"access_token", "expires_in", "token_type"}


def test_resource_is_needed_and_must_be_known(api: Api) -> None:
    for resource in ("", "https://nope.test"):
        answer = api.ask_token((api.app_id, api.app_secret), resource=resource)
        assert oidc_refusal(answer) == (400, "invalid_target", "oidc.invalid_target")


def test_wrong_secret(api: Api) -> None:
    answer = api.ask_token((api.app_id, "wrong"))
    assert oidc_refusal(answer) == (401, "invalid_client", "oidc.invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_unknown_client(api: Api) -> None:
    assert oidc_refusal(api.ask_token(("nope", "x"))) == (400, "invalid_client", "oidc.invalid_client")


def test_secret_twice_or_not_at_all(api: Api) -> None:
    twice = api.ask_token((api.app_id, api.app_secret), client_id=api.app_id, client_secret=api.app_secret)
    assert oidc_refusal(twice) == (400, "invalid_request", "oidc.invalid_request")
    assert oidc_refusal(api.ask_token()) == (400, "invalid_request", "oidc.invalid_request")


def test_unknown_grant_type(api: Api) -> None:
    answer = api.ask_token((api.app_id, api.app_secret), grant_type="nope")
    assert oidc_refusal(answer) == (400, "unsupported_grant_type", "oidc.unsupported_grant_type")


def test_bare_error_on_demand(api: Api) -> None:
    fields = {"grant_type": "client_credentials", "resource": "https://nope.test"}
    credentials = (api.app_id, api.app_secret)
    answer = api.call("POST", "/oidc/token?parse_error=false", token=None, data=fields, auth=credentials)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "error_description"}


def test_discovery_names_the_endpoints(api: Api) -> None:
    answer = api.get("/oidc/.well-known/openid-configuration", token=None)
    metadata = answer.json()
    assert answer.status_code == 200
    assert metadata["issuer"].endswith("/oidc")
    for name, tail in (
        ("authorization_endpoint", "/auth"),
        ("token_endpoint", "/token"),
        ("end_session_endpoint", "/session/end"),
        ("jwks_uri", "/jwks"),
    ):
        assert metadata[name] == metadata["issuer"] + tail
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert set(metadata["id_token_signing_alg_values_supported"]) & {"ES384", "RS256"}
    assert metadata["backchannel_logout_supported"] is True
    assert metadata["backchannel_logout_session_supported"] is True


def test_keys_are_not_cached(api: Api) -> None:
    answer = api.get("/oidc/jwks", token=None)
    assert answer.status_code == 200
    assert "max-age=0" in answer.headers["Cache-Control"]
    for key in answer.json()["keys"]:
        assert key["use"] == "sig"
        assert "d" not in key


def test_unknown_client_gets_no_redirect(api: Api) -> None:
    query = "client_id=nope&redirect_uri=http://app.example.test/cb&response_type=code&scope=openid&state=st"
    answer = api.get(f"/oidc/auth?{query}", token=None)
    assert oidc_refusal(answer) == (400, "invalid_client", "oidc.invalid_client")
    assert answer.json()["state"] == "st"


def test_signing_out_of_an_unknown_client(api: Api) -> None:
    answer = api.get("/oidc/session/end?client_id=nope&post_logout_redirect_uri=http://app.example.test/", token=None)
    assert oidc_refusal(answer) == (400, "invalid_client", "oidc.invalid_client")


def test_signing_out_with_an_unreadable_hint(api: Api) -> None:
    answer = api.get(
        "/oidc/session/end?id_token_hint=x.y.z&post_logout_redirect_uri=http://app.example.test/", token=None
    )
    assert oidc_refusal(answer) == (400, "invalid_request", "oidc.invalid_request")


@pytest.mark.needs_tenant_to_change
def test_application_of_another_type(api: Api, application: Application) -> None:
    answer = api.ask_token((application.id, application.secret))
    assert oidc_refusal(answer) == (400, "invalid_request", "oidc.invalid_request")


@pytest.mark.needs_tenant_to_change
def test_application_without_a_role(api: Api, new_application: Callable[..., Application]) -> None:
    machine = new_application(type="MachineToMachine")
    answer = api.ask_token((machine.id, machine.secret))
    assert answer.status_code == 200
    assert "scope" not in answer.json()


@pytest.mark.needs_tenant_to_change
def test_application_gets_the_scope_with_its_role(
    api: Api, new_application: Callable[..., Application], make: Callable[..., Any], unique: str
) -> None:
    machine = new_application(type="MachineToMachine")
    resources = api.get("/api/resources?includeScopes=true").json()
    scopes = next(each["scopes"] for each in resources if each["indicator"] == api.resource)
    scope_ids = [scope["id"] for scope in scopes if scope["name"] == "all"]
    role = make("/api/roles", name=unique, description="d", type="MachineToMachine", scopeIds=scope_ids)
    roles = f"/api/applications/{machine.id}/roles"
    given = api.post(roles, {"roleIds": [role["id"]]})
    assert given.status_code == 201
    assert [each["id"] for each in api.get(roles).json()] == [role["id"]]
    assert api.ask_token((machine.id, machine.secret)).json()["scope"] == "all"
    assert api.get(f"/api/applications/{machine.id}").json()["isAdmin"] is False  # that needs Logto's own role


@pytest.mark.needs_tenant_to_change
def test_expired_secret(api: Api, new_application: Callable[..., Application], wait: Callable[[float], None]) -> None:
    machine = new_application(type="MachineToMachine")
    expires_at = int(time.time() * 1000) + 1500
    made = api.post(f"/api/applications/{machine.id}/secrets", {"name": "short", "expiresAt": expires_at})
    assert api.ask_token((machine.id, made.json()["value"])).status_code == 200
    wait(2)
    answer = api.ask_token((machine.id, made.json()["value"]))
    assert oidc_refusal(answer) == (400, "invalid_request", "oidc.invalid_request")
