"""The machine-to-machine token (docs/logto.md 1)."""

import json
import time

import pytest

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import M2M_APP_ID, M2M_APP_SECRET
from accountsite.sandbox.state import MANAGEMENT_RESOURCE, ApplicationSecret
from accountsite.sandbox.web import Request
from tests.sandbox.application import SITE, ask_token, basic, body, get, header, jwt_parts, post

MACHINE = (M2M_APP_ID, M2M_APP_SECRET)
WANTED = {"grant_type": "client_credentials", "resource": MANAGEMENT_RESOURCE, "scope": "all"}


def test_a_token_is_a_jwt_for_the_resource(logto: Logto) -> None:
    answer = ask_token(logto, MACHINE, **WANTED)

    assert (answer.status, header(answer, "cache-control")) == (200, "no-store")
    found = body(answer)
    assert list(found) == ["access_token", "expires_in", "token_type", "scope"]
    head, claims = jwt_parts(found["access_token"])
    assert (head["alg"], head["typ"]) == ("ES384", "at+jwt")
    assert (claims["aud"], claims["sub"], claims["client_id"]) == (MANAGEMENT_RESOURCE, M2M_APP_ID, M2M_APP_ID)
    assert claims["scope"] == found["scope"] == "all"


def test_the_management_api_takes_it(logto: Logto) -> None:
    token = body(ask_token(logto, MACHINE, **WANTED))["access_token"]

    assert get(logto, "/api/users", authorization=f"Bearer {token}").status == 200


def test_credentials_may_be_in_the_body(logto: Logto) -> None:
    credentials = {"client_id": M2M_APP_ID, "client_secret": M2M_APP_SECRET}

    assert post(logto, "/oidc/token", WANTED | credentials).status == 200


def test_the_body_may_be_json(logto: Logto) -> None:
    sent = json.dumps(WANTED | {"client_id": M2M_APP_ID, "client_secret": M2M_APP_SECRET}).encode()

    answer = logto.answer(Request("POST", "/oidc/token", "", {"content-type": "application/json"}, sent))

    assert answer.status == 200


@pytest.mark.parametrize("scope", [None, "nope"])
def test_a_scope_that_is_not_granted_is_dropped_in_silence(logto: Logto, scope: str | None) -> None:
    form = {name: value for name, value in (WANTED | {"scope": scope}).items() if value}

    answer = ask_token(logto, MACHINE, **form)

    assert (answer.status, "scope" in body(answer)) == (200, False)


def test_without_a_role_the_scope_is_dropped_in_silence(logto: Logto) -> None:
    logto.state.application_roles[M2M_APP_ID] = []

    assert "scope" not in body(ask_token(logto, MACHINE, **WANTED))


def test_the_resource_is_needed(logto: Logto) -> None:
    answer = ask_token(logto, MACHINE, grant_type="client_credentials", scope="all")

    assert answer.status == 400
    assert body(answer) == {
        "code": "oidc.invalid_target",
        "message": "Invalid resource indicator.",
        "error": "invalid_target",
        "error_description": "both `resource` and `organization_id` are not provided",
    }


def test_an_unknown_resource_is_refused(logto: Logto) -> None:
    answer = ask_token(logto, MACHINE, **WANTED | {"resource": "https://nope.test"})

    assert body(answer)["error_description"] == "resource indicator is missing, or unknown"


def test_a_wrong_secret_is_401_with_a_challenge(logto: Logto) -> None:
    answer = ask_token(logto, (M2M_APP_ID, "wrong"), **WANTED)

    assert (answer.status, body(answer)["code"]) == (401, "oidc.invalid_client")
    assert body(answer)["message"] == "An OIDC error occurred: oidc.invalid_client."
    assert header(answer, "www-authenticate") == (
        f'Basic realm="{logto.endpoint}/oidc", error="invalid_client", error_description="client authentication failed"'
    )


def test_an_unknown_application_is_400(logto: Logto) -> None:
    answer = ask_token(logto, ("nope", "x"), **WANTED)

    assert (answer.status, body(answer)["error_description"]) == (400, "invalid client nope")


def test_two_ways_of_proving_who_it_is_are_refused(logto: Logto) -> None:
    answer = ask_token(logto, MACHINE, **WANTED, client_id=M2M_APP_ID, client_secret=M2M_APP_SECRET)

    assert body(answer)["error_description"] == "client authentication must only be provided using one mechanism"


def test_an_unknown_grant_type_is_refused(logto: Logto) -> None:
    answer = ask_token(logto, MACHINE, grant_type="nope")

    assert body(answer)["code"] == "oidc.unsupported_grant_type"


def test_a_web_application_may_not_have_one(logto: Logto) -> None:
    answer = ask_token(logto, SITE, **WANTED)

    assert answer.status == 400
    assert body(answer)["error_description"] == "requested grant type is not allowed for this client"


def test_no_credentials_at_all_are_refused(logto: Logto) -> None:
    answer = post(logto, "/oidc/token", WANTED)

    assert body(answer)["error_description"] == "no client authentication mechanism provided"


def test_an_expired_secret_is_refused(logto: Logto) -> None:
    past = int(time.time() * 1000) - 1
    logto.state.application_secrets[M2M_APP_ID] = [ApplicationSecret("old", M2M_APP_SECRET, 0, past)]

    answer = ask_token(logto, MACHINE, **WANTED)

    assert (answer.status, body(answer)["error_description"]) == (400, "client secret has expired")


def test_the_bare_error_can_be_asked_for(logto: Logto) -> None:
    sent = b"grant_type=client_credentials&resource=https%3A%2F%2Fnope.test"

    answer = logto.answer(Request("POST", "/oidc/token", "parse_error=false", {"authorization": basic(*MACHINE)}, sent))

    assert set(body(answer)) == {"error", "error_description"}
