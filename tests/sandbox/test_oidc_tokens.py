"""Codes, ID tokens, refresh and userinfo (docs/logto.md 15.3, 15.4)."""

import time

import pytest

from accountsite.sandbox.api.users import end_sessions
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.keys import Keys
from accountsite.sandbox.oidc.tampering import Tampering
from accountsite.sandbox.seed import SITE_APP_ID, SITE_APP_SECRET
from tests.sandbox.application import (
    CALLBACK,
    ask_token,
    authorization_url,
    basic,
    body,
    exchange,
    get,
    header,
    jwt_parts,
    post,
    sign_in,
)

INVALID_GRANT = {
    "code": "oidc.invalid_grant",
    "message": "Grant request is invalid.",
    "error_uri": "https://openid.sh/debug/invalid_grant",
    "error": "invalid_grant",
    "error_description": "grant request is invalid",
}
OFFLINE = {"scope": "openid offline_access", "prompt": "consent"}


def test_a_code_gives_an_id_token_as_logto_makes_it(logto: Logto) -> None:
    answer = exchange(logto, logto.authorize("ada", authorization_url(logto)))

    assert (answer.status, header(answer, "cache-control")) == (200, "no-store")
    assert set(body(answer)) == {"access_token", "expires_in", "id_token", "scope", "token_type"}
    head, claims = jwt_parts(body(answer)["id_token"])
    assert head == {"alg": "ES384", "kid": logto.state.signing_keys[0].kid}
    assert set(claims) == {"sub", "nonce", "sid", "aud", "exp", "iat", "iss"}
    assert (claims["sub"], claims["aud"]) == (logto.state.person("ada").id, SITE_APP_ID)
    assert (claims["iss"], claims["nonce"]) == (f"{logto.endpoint}/oidc", "n-123")
    assert claims["exp"] - claims["iat"] == 3600
    assert Keys(logto.state.signing_keys).read(body(answer)["id_token"]) == claims


def test_sid_is_the_one_of_the_session(logto: Logto) -> None:
    claims = jwt_parts(sign_in(logto)["id_token"])[1]

    session = next(s for s in logto.state.sessions.values() if s.account_id == claims["sub"])
    assert session.payload["authorizations"][SITE_APP_ID]["sid"] == claims["sid"]


def test_sid_needs_session_required_as_well(logto: Logto) -> None:
    logto.state.applications[SITE_APP_ID]["oidcClientMetadata"]["backchannelLogoutSessionRequired"] = False

    assert "sid" not in jwt_parts(sign_in(logto)["id_token"])[1]


@pytest.mark.parametrize("asked", [{"max_age": "3600"}, {"max_age": "0"}, {"prompt": "login"}])
def test_auth_time_comes_when_asked_for(logto: Logto, asked: dict[str, str | None]) -> None:
    claims = jwt_parts(sign_in(logto, **asked)["id_token"])[1]

    assert claims["auth_time"] == pytest.approx(time.time(), abs=5)


def test_max_age_zero_means_signing_in_again(logto: Logto) -> None:
    sign_in(logto)
    for session in logto.state.sessions.values():
        session.payload["loginTs"] -= 100

    claims = jwt_parts(sign_in(logto, max_age="0")["id_token"])[1]

    assert claims["auth_time"] == pytest.approx(time.time(), abs=5)


def test_a_session_young_enough_keeps_its_auth_time(logto: Logto) -> None:
    sign_in(logto)
    for session in logto.state.sessions.values():
        session.payload["loginTs"] -= 100

    claims = jwt_parts(sign_in(logto, max_age="3600")["id_token"])[1]

    assert claims["auth_time"] == pytest.approx(time.time() - 100, abs=5)


def test_claims_follow_the_scope(logto: Logto) -> None:
    scope = "openid profile email phone address custom_data roles"

    claims = jwt_parts(sign_in(logto, scope=scope)["id_token"])[1]

    user = logto.state.person("ada").user
    assert claims["email"] == user["primaryEmail"]
    assert claims["email_verified"] is True
    assert claims["phone_number"] == user["primaryPhone"]
    assert claims["address"] == user["profile"]["address"]
    assert claims["created_at"] == user["createdAt"]
    assert claims["roles"] == ["account-settings"]
    assert "custom_data" not in claims


def test_userinfo_has_the_extended_claims(logto: Logto) -> None:
    token = sign_in(logto, scope="openid custom_data identities")["access_token"]

    answer = get(logto, "/oidc/me", authorization=f"Bearer {token}")

    assert answer.status == 200
    assert body(answer)["custom_data"] == logto.state.person("ada").user["customData"]
    assert body(answer)["identities"] == {}
    assert body(answer)["sso_identities"] == []


def test_userinfo_without_a_token(logto: Logto) -> None:
    answer = get(logto, "/oidc/me")

    assert (answer.status, body(answer)["error_description"]) == (401, "no access token provided")
    assert header(answer, "www-authenticate") == f'Bearer realm="{logto.endpoint}/oidc"'


def test_userinfo_with_a_bad_token(logto: Logto) -> None:
    answer = get(logto, "/oidc/me", authorization="Bearer x")

    assert (answer.status, body(answer)["code"]) == (401, "oidc.invalid_token")
    assert 'error_description="invalid token provided"' in header(answer, "www-authenticate")


def test_a_suspended_person_has_no_userinfo(logto: Logto) -> None:
    token = sign_in(logto)["access_token"]
    logto.state.person("ada").user["isSuspended"] = True

    assert get(logto, "/oidc/me", authorization=f"Bearer {token}").status == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"redirect_uri": "http://testserver/other/"},
        {"code": "x"},
    ],
)
def test_a_code_request_that_does_not_fit_is_refused(logto: Logto, changes: dict[str, str]) -> None:
    answer = exchange(logto, logto.authorize("ada", authorization_url(logto)), **changes)

    assert (answer.status, body(answer)) == (400, INVALID_GRANT)


def test_a_code_belongs_to_its_application(logto: Logto) -> None:
    other = logto.state.application_secrets["fernhillbilling000001"][0].value
    back = logto.authorize("ada", authorization_url(logto))

    answer = exchange(logto, back, ("fernhillbilling000001", other))

    assert body(answer) == INVALID_GRANT


def test_a_missing_code_is_named(logto: Logto) -> None:
    answer = ask_token(logto, grant_type="authorization_code", redirect_uri=CALLBACK)

    assert body(answer)["error_description"] == "missing required parameter 'code'"


def test_a_code_used_twice_ends_what_it_gave(logto: Logto) -> None:
    back = logto.authorize("ada", authorization_url(logto))
    token = body(exchange(logto, back))["access_token"]

    again = exchange(logto, back)

    assert body(again) == INVALID_GRANT
    assert get(logto, "/oidc/me", authorization=f"Bearer {token}").status == 401


def test_a_code_is_good_for_a_minute(logto: Logto) -> None:
    back = logto.authorize("ada", authorization_url(logto))
    later = logto.state.now() + 61
    logto.state.now = lambda: later

    assert body(exchange(logto, back)) == INVALID_GRANT


def test_offline_access_needs_prompt_consent(logto: Logto) -> None:
    assert "refresh_token" not in sign_in(logto, scope="openid offline_access")
    assert "refresh_token" in sign_in(logto, **OFFLINE)


def test_a_refresh_token_gives_new_tokens(logto: Logto) -> None:
    first = sign_in(logto, **OFFLINE)

    answer = ask_token(logto, grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert answer.status == 200
    assert {"access_token", "id_token", "refresh_token"} <= set(body(answer))


def test_an_unknown_refresh_token_is_refused(logto: Logto) -> None:
    assert body(ask_token(logto, grant_type="refresh_token", refresh_token="x")) == INVALID_GRANT


def test_an_offline_token_outlives_its_session_but_not_its_grant(logto: Logto) -> None:
    first = sign_in(logto, **OFFLINE)
    logto.state.sessions.clear()

    assert ask_token(logto, grant_type="refresh_token", refresh_token=first["refresh_token"]).status == 200

    logto.state.grants.clear()

    assert ask_token(logto, grant_type="refresh_token", refresh_token=first["refresh_token"]).status == 400


def test_an_access_token_dies_with_its_session(logto: Logto) -> None:
    token = sign_in(logto)["access_token"]
    logto.state.sessions.clear()

    assert get(logto, "/oidc/me", authorization=f"Bearer {token}").status == 401


def test_a_revoked_refresh_token_is_refused(logto: Logto) -> None:
    first = sign_in(logto, **OFFLINE)
    site = basic(SITE_APP_ID, SITE_APP_SECRET)

    revoked = post(logto, "/oidc/token/revocation", {"token": first["refresh_token"]}, authorization=site)

    assert revoked.status == 200
    assert body(ask_token(logto, grant_type="refresh_token", refresh_token=first["refresh_token"])) == INVALID_GRANT


def test_introspection_of_something_unknown(logto: Logto) -> None:
    answer = post(logto, "/oidc/token/introspection", {"token": "x"}, authorization=basic(SITE_APP_ID, SITE_APP_SECRET))

    assert body(answer) == {"active": False}


def test_a_resource_token_holds_what_the_roles_grant(logto: Logto) -> None:
    resource = "https://billing.fernhill.example"
    logto.state.person("ada").role_ids = ["rolecustomer000000001"]
    back = logto.authorize(
        "ada", authorization_url(logto, scope="openid read:invoices write:invoices", resource=resource)
    )

    found = body(exchange(logto, back, resource=resource))

    assert found["scope"] == "read:invoices"
    assert jwt_parts(found["access_token"])[1]["aud"] == resource


def test_a_resource_not_asked_for_at_sign_in_is_refused(logto: Logto) -> None:
    back = logto.authorize("ada", authorization_url(logto))

    answer = exchange(logto, back, resource="https://billing.fernhill.example")

    assert body(answer)["error"] == "invalid_target"


def test_an_id_token_can_be_spoilt(logto: Logto) -> None:
    logto.state.part(Tampering).claims = {"nonce": "other", "aud": None}
    logto.state.part(Tampering).no_kid = True

    head, claims = jwt_parts(sign_in(logto)["id_token"])

    assert (claims["nonce"], "aud" in claims, "kid" in head) == ("other", False, False)


def test_the_authorization_answer_can_be_spoilt(logto: Logto) -> None:
    logto.state.part(Tampering).parameters = {"iss": None, "state": "other"}

    back = logto.authorize("ada", authorization_url(logto))

    assert "iss" not in back
    assert "state=other" in back


def test_the_authorization_answer_can_be_an_error(logto: Logto) -> None:
    logto.state.part(Tampering).error = "access_denied"

    assert "error=access_denied" in logto.authorize("ada", authorization_url(logto))


def test_suspending_ends_tokens_for_good(logto: Logto) -> None:
    first = sign_in(logto, **OFFLINE)

    end_sessions(logto.state, logto.state.person("ada").id)

    assert body(ask_token(logto, grant_type="refresh_token", refresh_token=first["refresh_token"])) == INVALID_GRANT
