"""The modules of the OpenID Foundation's Basic RP plan, by name, and what RFC 9207 and Logto add to them.

Not here, because this site asks for `openid` alone and never calls userinfo: `oidcc-client-test-userinfo-invalid-sub`
and `oidcc-client-test-scope-userinfo-claims`. No id token is kept, so sign-out names the client by `client_id` instead
of `id_token_hint`: test_sign_out.py.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.test import Client

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.keys import Keys
from settings_app.signin.provider import provider_of
from tests.signin.ways import begin, query_of, sign_in, site, tampering, title_of, watch, who

pytestmark = pytest.mark.django_db

REFUSED = "We couldn’t confirm your sign-in"


def test_oidcc_client_test(client: Client, logto: Logto) -> None:
    sign_in(client, logto)
    assert who(client) == logto.state.person("ada").id


def test_oidcc_client_test_nonce_invalid(client: Client, logto: Logto) -> None:
    tampering(logto).claims = {"nonce": "of-another-sign-in"}
    answer = sign_in(client, logto)
    assert title_of(answer) == "This sign-in began somewhere else"
    assert answer.status_code == 400
    assert who(client) == ""


def test_nonce_missing(client: Client, logto: Logto) -> None:
    tampering(logto).claims = {"nonce": None}
    assert title_of(sign_in(client, logto)) == "This sign-in began somewhere else"
    assert who(client) == ""


def test_oidcc_client_test_invalid_iss(client: Client, logto: Logto) -> None:
    tampering(logto).claims = {"iss": "https://other.example/oidc"}
    assert title_of(sign_in(client, logto)) == "We couldn’t trust this sign-in"
    assert who(client) == ""


@pytest.mark.parametrize("subject", [None, "", 12])
def test_oidcc_client_test_missing_sub(client: Client, logto: Logto, subject: object) -> None:
    tampering(logto).claims = {"sub": subject}
    assert title_of(sign_in(client, logto)) == REFUSED
    assert who(client) == ""


@pytest.mark.parametrize("audience", ["another-client", ["another-client"], [], 1, {"fernhillaccountsite01": 1}])
def test_oidcc_client_test_invalid_aud(client: Client, logto: Logto, audience: object) -> None:
    tampering(logto).claims = {"aud": audience}
    assert title_of(sign_in(client, logto)) == REFUSED
    assert who(client) == ""


def test_oidcc_client_test_missing_aud(client: Client, logto: Logto) -> None:
    tampering(logto).claims = {"aud": None}
    assert title_of(sign_in(client, logto)) == REFUSED
    assert who(client) == ""


@pytest.mark.parametrize(
    ("claims", "gets_in"),
    [
        ({"aud": ["fernhillaccountsite01"]}, True),
        ({"aud": ["fernhillaccountsite01", "another-client"]}, False),
        ({"aud": ["fernhillaccountsite01", "another-client"], "azp": "fernhillaccountsite01"}, True),
        ({"aud": ["fernhillaccountsite01", "another-client"], "azp": "another-client"}, False),
        ({"azp": "another-client"}, False),
    ],
)
def test_several_audiences_need_us_as_the_authorized_party(
    client: Client, logto: Logto, claims: dict[str, Any], gets_in: bool
) -> None:
    tampering(logto).claims = claims
    sign_in(client, logto)
    assert bool(who(client)) is gets_in


@pytest.mark.parametrize("name", ["iat", "exp"])
def test_oidcc_client_test_missing_iat(client: Client, logto: Logto, name: str) -> None:
    tampering(logto).claims = {name: None}
    assert title_of(sign_in(client, logto)) == REFUSED
    assert who(client) == ""


@pytest.mark.parametrize("value", ["soon", True, [1], 10**400])
def test_times_that_are_none(client: Client, logto: Logto, value: object) -> None:
    tampering(logto).claims = {"iat": value}
    assert sign_in(client, logto).status_code == 502
    assert who(client) == ""


def test_oidcc_client_test_kid_absent_single_jwks(client: Client, logto: Logto) -> None:
    tampering(logto).no_kid = True
    sign_in(client, logto)
    assert who(client) == logto.state.person("ada").id


def test_oidcc_client_test_kid_absent_multiple_jwks(client: Client, logto: Logto) -> None:
    Keys(logto.state.signing_keys).rotate()
    tampering(logto).no_kid = True
    assert title_of(sign_in(client, logto)) == REFUSED
    assert who(client) == ""


def test_oidcc_client_test_idtoken_sig_rs256(client: Client, logto: Logto) -> None:
    Keys(logto.state.signing_keys).rotate("RS256")
    sign_in(client, logto)
    assert who(client) == logto.state.person("ada").id


def test_es384_is_what_logto_signs_with(client: Client, logto: Logto) -> None:
    assert Keys(logto.state.signing_keys).algorithm == "ES384"
    sign_in(client, logto)
    assert provider_of(site()).metadata.algorithms == ("ES384",)
    assert who(client) == logto.state.person("ada").id


def test_oidcc_client_test_idtoken_sig_none(client: Client, logto: Logto) -> None:
    tampering(logto).unsigned = True
    assert title_of(sign_in(client, logto)) == REFUSED
    assert who(client) == ""


@pytest.mark.parametrize("algorithm", ["ES384", "RS256"])
def test_oidcc_client_test_invalid_sig_rs256(client: Client, logto: Logto, algorithm: str) -> None:
    Keys(logto.state.signing_keys).rotate(algorithm)
    tampering(logto).broken_signature = True
    assert title_of(sign_in(client, logto)) == REFUSED
    assert who(client) == ""


def test_oidcc_client_test_client_secret_basic(client: Client, logto: Logto) -> None:
    seen = watch(logto)
    sign_in(client, logto)
    (sent,) = [request for request in seen if b"authorization_code" in request.body]
    pair = base64.b64encode(f"{site().app_id}:{site().app_secret}".encode()).decode()
    assert sent.headers["authorization"] == f"Basic {pair}"
    assert b"client_secret" not in sent.body
    assert b"code_verifier=" in sent.body


def test_id_token_missing(client: Client, logto: Logto, caplog: pytest.LogCaptureFixture) -> None:
    tampering(logto).no_id_token = True
    assert title_of(sign_in(client, logto)) == REFUSED
    assert "token_refused id_token" in caplog.text
    assert who(client) == ""


@pytest.mark.parametrize("issuer", [None, "", "https://other.example/oidc", "http://localhost:3301/oidc/"])
def test_rfc_9207_issuer_of_the_callback(client: Client, logto: Logto, issuer: str | None) -> None:
    tampering(logto).parameters = {"iss": issuer}
    answer = sign_in(client, logto)
    assert answer.status_code == 400
    assert title_of(answer) == "We couldn’t trust this sign-in"
    assert who(client) == ""


def test_rfc_9207_issuer_of_a_refusal(client: Client, logto: Logto) -> None:
    state = query_of(begin(client))["state"]
    refusal = {"error": "access_denied", "state": state, "iss": "https://other.example/oidc"}
    assert title_of(client.get("/sign-in/callback/", refusal)) == "We couldn’t trust this sign-in"


def test_key_rotation(client: Client, logto: Logto) -> None:
    seen = watch(logto)
    sign_in(client, logto)
    Keys(logto.state.signing_keys).rotate(keep_old=False)
    sign_in(Client(), logto)
    sign_in(other := Client(), logto, "amara")
    assert who(other) == logto.state.person("amara").id
    assert [request.path for request in seen].count("/oidc/jwks") == 2


def test_keys_are_read_again_at_most_once_a_minute(client: Client, logto: Logto) -> None:
    seen = watch(logto)
    sign_in(client, logto)
    Keys(logto.state.signing_keys).rotate(keep_old=False)
    sign_in(Client(), logto)
    Keys(logto.state.signing_keys).rotate(keep_old=False)
    sign_in(refused := Client(), logto)
    assert who(refused) == ""
    assert [request.path for request in seen].count("/oidc/jwks") == 2
