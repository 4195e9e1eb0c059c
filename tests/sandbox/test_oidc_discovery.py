"""Discovery and keys."""

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.keys import Keys
from tests.sandbox.application import body, get, header, jwt_parts, sign_in

DISCOVERY_KEYS = {
    "authorization_endpoint", "device_authorization_endpoint", "claims_parameter_supported", "claims_supported",
    "code_challenge_methods_supported", "end_session_endpoint", "grant_types_supported", "issuer", "jwks_uri",
    "authorization_response_iss_parameter_supported", "response_modes_supported", "response_types_supported",
    "scopes_supported", "subject_types_supported", "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported", "token_endpoint", "id_token_signing_alg_values_supported",
    "pushed_authorization_request_endpoint", "request_uri_parameter_supported", "userinfo_endpoint",
    "introspection_endpoint", "revocation_endpoint", "backchannel_logout_supported",
    "backchannel_logout_session_supported", "claim_types_supported",
}  # fmt: skip


def test_discovery_has_the_recorded_keys(logto: Logto) -> None:
    found = body(get(logto, "/oidc/.well-known/openid-configuration"))

    assert set(found) == DISCOVERY_KEYS
    assert found["issuer"] == f"{logto.endpoint}/oidc"
    assert found["id_token_signing_alg_values_supported"] == ["ES384"]


def test_key_set_is_laid_out_as_recorded(logto: Logto) -> None:
    answer = get(logto, "/oidc/jwks")

    assert header(answer, "content-type") == "application/jwk-set+json; charset=utf-8"
    assert header(answer, "cache-control") == "no-cache, max-age=0, must-revalidate"
    (key,) = body(answer)["keys"]
    assert list(key) == ["kty", "use", "kid", "alg", "crv", "x", "y"]


def test_a_rotated_key_signs_and_the_old_one_stays_published(logto: Logto) -> None:
    kid = Keys(logto.state.signing_keys).rotate("RS256")

    assert jwt_parts(sign_in(logto)["id_token"])[0] == {"alg": "RS256", "kid": kid}
    assert [key["alg"] for key in body(get(logto, "/oidc/jwks"))["keys"]] == ["RS256", "ES384"]
    discovery = body(get(logto, "/oidc/.well-known/openid-configuration"))
    assert discovery["id_token_signing_alg_values_supported"] == ["RS256"]


def test_an_old_key_can_be_taken_out(logto: Logto) -> None:
    kid = Keys(logto.state.signing_keys).rotate(keep_old=False)

    assert [key["kid"] for key in body(get(logto, "/oidc/jwks"))["keys"]] == [kid]
