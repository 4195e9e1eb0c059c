"""The access token of a person for an API resource, as the account settings API checks it (docs/logto.md 15.4)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.contract.calls import Api, refusal
from tests.contract.conftest import User
from tests.contract.made import Make, Thing
from tests.contract.person import VERIFIER, Application, Browser, claims_of, exchange

pytestmark = pytest.mark.needs_tenant_to_change

Tokens = dict[str, Any]


@pytest.fixture
def permitted(api: Api, user: User, resource: Thing, make: Make, unique: str) -> User:
    """Somebody with a role that holds both scopes of the resource."""
    scope_ids = [scope["id"] for scope in resource["scopes"]]
    role = make("/api/roles", name=f"role {unique}", description="d", type="User", scopeIds=scope_ids)
    assert api.post(f"/api/users/{user['id']}/roles", {"roleIds": [role["id"]]}).status_code == 201
    return user


def granted(
    api: Api,
    browser: Browser,
    application: Application,
    user: User,
    indicator: str,
    *,
    asked: str = "openid read",
    **more: str,
) -> Any:
    """The answer of the token endpoint that names the resource; `more` goes to the authorization endpoint."""
    parameters: dict[str, Any] = {"resource": indicator} | more
    back = browser.sign_in(application, user, scope=asked, **parameters)
    form = {
        "grant_type": "authorization_code",
        "code": back["code"],
        "redirect_uri": application.callback,
        "code_verifier": VERIFIER,
        "resource": indicator,
    }
    return exchange(api, application, form)


def header_of(token: str) -> dict[str, Any]:
    part = token.split(".")[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_it_is_a_jwt_of_the_person_for_that_api(
    api: Api, browser: Browser, application: Application, permitted: User, resource: Thing
) -> None:
    answer = granted(api, browser, application, permitted, resource["indicator"])
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    header, claims = header_of(token), claims_of(token)
    assert header["typ"] == "at+jwt"
    discovered = api.get("/oidc/.well-known/openid-configuration", token=None).json()
    assert header["alg"] in discovered["id_token_signing_alg_values_supported"]
    assert header["kid"] in {key["kid"] for key in api.get("/oidc/jwks", token=None).json()["keys"]}
    assert (claims["sub"], claims["client_id"], claims["aud"]) == (
        permitted["id"],
        application.id,
        resource["indicator"],
    )
    assert (claims["iss"], claims["scope"]) == (f"{api.endpoint}/oidc", "read")
    assert claims["exp"] - claims["iat"] == answer.json()["expires_in"]
    assert {"jti", "exp", "iat"} <= claims.keys()


def test_it_says_neither_when_nor_in_which_session_the_person_signed_in(
    api: Api, browser: Browser, application: Application, permitted: User, resource: Thing
) -> None:
    answer = granted(api, browser, application, permitted, resource["indicator"], prompt="login", max_age="0")
    assert not {"auth_time", "sid", "nonce", "act", "organization_id"} & claims_of(answer.json()["access_token"]).keys()
    assert "auth_time" in claims_of(answer.json()["id_token"])


def test_without_a_role_it_has_no_scope(
    api: Api, browser: Browser, application: Application, user: User, resource: Thing
) -> None:
    claims = claims_of(granted(api, browser, application, user, resource["indicator"]).json()["access_token"])
    assert not claims.get("scope")


def test_an_api_that_was_not_asked_for_at_sign_in_is_refused(
    api: Api, browser: Browser, application: Application, permitted: User, resource: Thing
) -> None:
    back = browser.sign_in(application, permitted)
    form = {
        "grant_type": "authorization_code",
        "code": back["code"],
        "redirect_uri": application.callback,
        "code_verifier": VERIFIER,
        "resource": resource["indicator"],
    }
    answer = exchange(api, application, form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")


def test_without_a_resource_it_is_opaque(browser: Browser, application: Application, permitted: User) -> None:
    assert "." not in browser.tokens(application, permitted)["access_token"]


def test_a_refresh_token_gives_a_newer_one(
    api: Api, browser: Browser, application: Application, permitted: User, resource: Thing
) -> None:
    scope = "openid offline_access read write"
    first = granted(api, browser, application, permitted, resource["indicator"], asked=scope, prompt="consent").json()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], "resource": resource["indicator"]}
    again = exchange(api, application, form)
    assert again.status_code == 200, again.text
    older, newer = claims_of(first["access_token"]), claims_of(again.json()["access_token"])
    assert (newer["aud"], newer["jti"] != older["jti"], newer["iat"] >= older["iat"]) == (older["aud"], True, True)


def test_resources_and_scopes_that_are_refused(api: Api, resource: Thing, unique: str) -> None:
    taken = {"name": "again", "indicator": resource["indicator"]}
    assert refusal(api.post("/api/resources", taken)) == (422, "resource.resource_identifier_in_use")
    assert refusal(api.post("/api/resources", {"name": ""})) == (400, "guard.invalid_input")
    scopes = f"/api/resources/{resource['id']}/scopes"
    assert refusal(api.post(scopes, {"name": "read"})) == (422, "scope.name_exists")
    assert refusal(api.post(scopes, {})) == (400, "guard.invalid_input")
    assert refusal(api.post("/api/resources/nope/scopes", {"name": unique})) == (404, "entity.not_exists_with_id")
