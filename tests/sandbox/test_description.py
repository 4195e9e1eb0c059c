"""The sandbox's good answers fit Logto's own API description."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from accountsite.sandbox import api
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import M2M_APP_ID
from accountsite.sandbox.seed_people import add_session
from tests.sandbox.conftest import CallSandbox
from tests.sandbox.description import Description

# One example per operation: method, path as described, the address called, the body.
EXAMPLES: tuple[tuple[str, str, str, Any], ...] = (
    ("GET", "/api/users", "/api/users?page_size=100", None),
    ("POST", "/api/users", "/api/users", {"username": "newcomer", "password": "x", "profile": {"nickname": "N"}}),
    ("GET", "/api/users/{userId}", "/api/users/{amara}?includeSsoIdentities=true&includePasswordHash=true", None),
    ("PATCH", "/api/users/{userId}", "/api/users/{ada}", {"name": "New"}),
    ("PATCH", "/api/users/{userId}/is-suspended", "/api/users/{ada}/is-suspended", {"isSuspended": True}),
    ("PATCH", "/api/users/{userId}/profile", "/api/users/{ada}/profile", {"profile": {"address": {"region": "R"}}}),
    ("GET", "/api/users/{userId}/custom-data", "/api/users/{ada}/custom-data", None),
    ("PATCH", "/api/users/{userId}/custom-data", "/api/users/{ada}/custom-data", {"customData": {"a": 1}}),
    ("GET", "/api/users/{userId}/logto-configs", "/api/users/{amara}/logto-configs", None),
    ("PATCH", "/api/users/{userId}/logto-configs", "/api/users/{ada}/logto-configs", {"mfa": {"enabled": True}}),
    ("PATCH", "/api/users/{userId}/password", "/api/users/{ada}/password", {"password": "x"}),
    ("PATCH", "/api/users/{userId}/password/expiration", "/api/users/{ada}/password/expiration", {"isExpired": False}),
    ("GET", "/api/users/{userId}/has-password", "/api/users/{ada}/has-password", None),
    (
        "POST",
        "/api/sign-in-exp/default/check-password",
        "/api/sign-in-exp/default/check-password",
        {"password": "Larch-meadow-59", "userId": "{ada}"},
    ),
    ("GET", "/api/sign-in-exp", "/api/sign-in-exp", None),
    ("PATCH", "/api/sign-in-exp", "/api/sign-in-exp", {"signInMode": "SignIn"}),
    ("GET", "/api/.well-known/sign-in-exp", "/api/.well-known/sign-in-exp", None),
    ("GET", "/api/.well-known/experience", "/api/.well-known/experience", None),
    ("GET", "/api/account-center", "/api/account-center", None),
    ("GET", "/api/.well-known/account-center", "/api/.well-known/account-center", None),
    ("PATCH", "/api/account-center", "/api/account-center", {"fields": {"name": "ReadOnly"}}),
    ("GET", "/api/connectors", "/api/connectors", None),
    ("GET", "/api/connectors/{id}", "/api/connectors/connectorgoogle000001", None),
    (
        "POST",
        "/api/connectors/{connectorId}/authorization-uri",
        "/api/connectors/connectorgoogle000001/authorization-uri",
        {"state": "s", "redirectUri": "https://account.example/back"},
    ),
    (
        "POST",
        "/api/users/{userId}/identities",
        "/api/users/{ada}/identities",
        {"connectorId": "connectormock00000001", "connectorData": {"code": "c", "userId": "u"}},
    ),
    ("PUT", "/api/users/{userId}/identities/{target}", "/api/users/{ada}/identities/github", {"userId": "u"}),
    ("GET", "/api/users/{userId}/identities/{target}", "/api/users/{amara}/identities/google", None),
    ("DELETE", "/api/users/{userId}/identities/{target}", "/api/users/{amara}/identities/google", None),
    ("GET", "/api/users/{userId}/all-identities", "/api/users/{amara}/all-identities", None),
    (
        "GET",
        "/api/users/{userId}/sso-identities/{ssoConnectorId}",
        "/api/users/{amara}/sso-identities/ssoharbourenergy00001",
        None,
    ),
    ("GET", "/api/users/{userId}/mfa-verifications", "/api/users/{amara}/mfa-verifications", None),
    ("POST", "/api/users/{userId}/mfa-verifications", "/api/users/{ada}/mfa-verifications", {"type": "Totp"}),
    ("GET", "/api/users/{userId}/sessions", "/api/users/{heavy}/sessions", None),
    ("GET", "/api/users/{userId}/sessions/{sessionId}", "/api/users/{ada}/sessions/{session}", None),
    ("GET", "/api/users/{userId}/grants", "/api/users/{heavy}/grants", None),
    ("GET", "/api/roles", "/api/roles", None),
    ("GET", "/api/roles/{id}", "/api/roles/roleaccountadmin00001", None),
    ("GET", "/api/roles/{id}/scopes", "/api/roles/rolecustomer000000001/scopes", None),
    ("GET", "/api/users/{userId}/roles", "/api/users/{admin}/roles", None),
    ("POST", "/api/users/{userId}/roles", "/api/users/{ada}/roles", {"roleIds": ["rolecustomer000000001"]}),
    ("PUT", "/api/users/{userId}/roles", "/api/users/{ada}/roles", {"roleIds": ["rolecustomer000000001"]}),
    ("GET", "/api/applications/{applicationId}/roles", f"/api/applications/{M2M_APP_ID}/roles", None),
    ("GET", "/api/users/{userId}/organizations", "/api/users/{amara}/organizations", None),
    ("GET", "/api/organizations/{id}", "/api/organizations/okaforstudio", None),
    ("GET", "/api/organizations/{id}/users", "/api/organizations/okaforstudio/users", None),
    ("GET", "/api/organization-scopes", "/api/organization-scopes", None),
    ("GET", "/api/applications", "/api/applications", None),
    ("GET", "/api/applications/{id}", f"/api/applications/{M2M_APP_ID}", None),
    ("GET", "/api/applications/{id}/secrets", f"/api/applications/{M2M_APP_ID}/secrets", None),
    (
        "GET",
        "/api/applications/{applicationId}/sign-in-experience",
        "/api/applications/ledgerly0000000000001/sign-in-experience",
        None,
    ),
    ("GET", "/api/user-assets/service-status", "/api/user-assets/service-status", None),
    ("GET", "/api/custom-profile-fields", "/api/custom-profile-fields", None),
    ("GET", "/api/custom-profile-fields/{name}", "/api/custom-profile-fields/shoeSize", None),
    (
        "POST",
        "/api/custom-profile-fields",
        "/api/custom-profile-fields",
        {"name": "zz", "type": "Text", "label": "Z", "required": False},
    ),
    (
        "PUT",
        "/api/custom-profile-fields/{name}",
        "/api/custom-profile-fields/shoeSize",
        {"type": "Number", "label": "Size", "required": True, "config": {"minValue": 1}},
    ),
    ("GET", "/api/configs/id-token", "/api/configs/id-token", None),
    ("PUT", "/api/configs/id-token", "/api/configs/id-token", {"enabledExtendedClaims": ["roles"]}),
    ("GET", "/api/configs/oidc/session", "/api/configs/oidc/session", None),
    ("GET", "/api/resources", "/api/resources?includeScopes=true", None),
    ("GET", "/api/resources/{id}", "/api/resources/fernhillbillingapi001", None),
    ("GET", "/api/resources/{resourceId}/scopes", "/api/resources/fernhillbillingapi001/scopes", None),
    ("GET", "/api/sso-connectors", "/api/sso-connectors", None),
)
# Where the server differs from its own description, with the section of docs/logto.md that says so.
DIFFERENT: dict[tuple[str, str], str] = {
    (
        "GET /api/users/{userId}/grants",
        r"/payload/openid: not described",
    ): "8.2: what was granted stands in payload.openid",
    ("GET /api/applications", r"/redirectUris/\d+: str instead of object"): "14.1: addresses are texts",
    ("GET /api/applications", r"/postLogoutRedirectUris/\d+: str instead of object"): "14.1: addresses are texts",
}
# Operations without an example: nothing in their answers to compare, or none but the person's own API has it.
WITHOUT_BODY = {("GET", "/api/status"), ("GET", "/api/my-account"), ("POST", "/api/verifications/password")}


@pytest.fixture(scope="module")
def description() -> Description:
    return Description(json.loads(Path(os.environ["LOGTO_OPENAPI"]).read_text()))


@pytest.mark.needs_description
@pytest.mark.parametrize(("method", "path", "address", "body"), EXAMPLES, ids=[f"{e[0]} {e[1]}" for e in EXAMPLES])
def test_answer_fits(
    sandbox: Logto, call: CallSandbox, description: Description, method: str, path: str, address: str, body: Any
) -> None:
    state = sandbox.state
    ids = {person.handle: person.id for person in state.people.values()}
    ids["session"] = add_session(state, state.person("ada")).uid
    filled = json.loads(_fill(json.dumps(body), ids))
    answer = call(method, _fill(address, ids), filled)
    assert 200 <= answer.status < 300, answer.body
    schema = description.body_schema(method, path, answer.status)
    assert schema is not None
    problems = list(description.problems(schema, json.loads(answer.body)))
    assert [problem for problem in problems if not _is_known(method, path, problem)] == []


def test_every_operation_with_a_body_has_an_example() -> None:
    routes = {(route.method, _bare(route.pattern)) for route in api.routes.routes if route.method != "DELETE"}
    examples = {(method, _bare(path)) for method, path, _, _ in EXAMPLES}
    silent = {
        ("POST", "/api/users/{}/password/verify"),
        ("POST", "/api/verification-codes"),
        ("POST", "/api/user-assets"),
    }
    silent |= {("POST", "/api/verification-codes/verify"), ("POST", "/api/sentinel-activities/delete")}
    assert routes - examples - silent - WITHOUT_BODY == set()


def _is_known(method: str, path: str, problem: str) -> bool:
    return any(re.search(pattern, problem) for (at, pattern) in DIFFERENT if at == f"{method} {path}")


def _fill(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)


def _bare(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)
