"""Logto says that a session of its ended (OpenID Connect Back-Channel Logout 1.0, section 2.6)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.clients import Client as Application
from accountsite.sandbox.oidc.keys import Keys
from accountsite.sandbox.oidc.logout import logout_token
from settings_app.models import SeenLogoutToken
from settings_app.signin.provider import provider_of
from tests.signin.ways import Page, session_of, sign_in, site, watch, who

pytestmark = pytest.mark.django_db

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def ada_here(client: Client, logto: Logto) -> Client:
    """Ada has signed in by Logto in this browser."""
    sign_in(client, logto)
    return client


def claims_of(logto: Logto, client: Client, **changed: Any) -> dict[str, Any]:
    """What a good logout token for this browser's session says; a value of None leaves a claim out."""
    now = int(time.time())
    claims = {
        "iss": site().issuer,
        "aud": site().app_id,
        "iat": now,
        "exp": now + 120,
        "jti": "one-of-a-kind",
        "sub": who(client),
        "sid": session_of(client)["sid"],
        "events": {EVENT: {}},
        **changed,
    }
    return {name: value for name, value in claims.items() if value is not None}


def send(token: str) -> Page:
    return Client(enforce_csrf_checks=True).post("/sign-out/backchannel/", {"logout_token": token})


def send_claims(logto: Logto, claims: dict[str, Any], typ: str | None = "logout+jwt") -> Page:
    return send(Keys(logto.state.signing_keys).sign(claims, typ=typ))


def test_the_token_logto_sends_ends_the_session_it_names(ada_here: Client, logto: Logto) -> None:
    sign_in(elsewhere := Client(), logto, "amara")
    application = Application(logto.state.applications[site().app_id])
    answer = send(logout_token(logto.state, application, user_id=who(ada_here), sid=session_of(ada_here)["sid"]))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer.content == b""
    assert who(ada_here) == ""
    assert who(elsewhere) == logto.state.person("amara").id


def test_without_sid_it_ends_every_session_of_the_person(ada_here: Client, logto: Logto) -> None:
    sign_in(second := Client(), logto)
    sign_in(elsewhere := Client(), logto, "amara")
    assert send_claims(logto, claims_of(logto, ada_here, sid=None)).status_code == 200
    assert (who(ada_here), who(second)) == ("", "")
    assert who(elsewhere)


def test_with_sid_alone_it_ends_that_session(ada_here: Client, logto: Logto) -> None:
    assert send_claims(logto, claims_of(logto, ada_here, sub=None)).status_code == 200
    assert who(ada_here) == ""


def test_a_session_nobody_knows_is_no_error(ada_here: Client, logto: Logto) -> None:
    assert send_claims(logto, claims_of(logto, ada_here, sid="of-another-time")).status_code == 200
    assert who(ada_here)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://other.example/oidc"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": None},
        {"iat": None},
        {"exp": None},
        {"iat": int(time.time()) - 900, "exp": int(time.time()) - 780},
        {"iat": int(time.time()) + 3600, "exp": int(time.time()) + 3700},
        {"exp": int(time.time()) + 3600},
        {"events": None},
        {"events": {}},
        {"events": {EVENT: True}},
        {"events": [EVENT]},
        {"events": {"http://schemas.openid.net/event/other": {}}},
        {"nonce": "n"},
        {"sub": None, "sid": None},
        {"sub": 1, "sid": {}},
        {"jti": None},
        {"jti": 7},
    ],
)
def test_a_token_that_is_no_logout_token_of_ours_is_refused(
    ada_here: Client, logto: Logto, changed: dict[str, Any]
) -> None:
    answer = send_claims(logto, claims_of(logto, ada_here, **changed))
    assert answer.status_code == 400
    assert answer["Cache-Control"] == "no-store"
    assert answer.json() == {"error": "invalid_request"}
    assert who(ada_here)


@pytest.mark.parametrize("typ", [None, "JWT", "at+jwt"])
def test_another_kind_of_token_is_refused(ada_here: Client, logto: Logto, typ: str | None) -> None:
    assert send_claims(logto, claims_of(logto, ada_here), typ=typ).status_code == 400
    assert who(ada_here)


def test_the_long_name_of_the_type_is_taken_too(ada_here: Client, logto: Logto) -> None:
    assert send_claims(logto, claims_of(logto, ada_here), typ="application/logout+jwt").status_code == 200


def test_a_token_is_good_once(ada_here: Client, logto: Logto) -> None:
    token = Keys(logto.state.signing_keys).sign(claims_of(logto, ada_here, sid=None), typ="logout+jwt")
    assert send(token).status_code == 200
    sign_in(ada_here, logto)
    assert send(token).status_code == 400
    assert who(ada_here)


def test_tokens_seen_are_forgotten_once_they_have_expired(ada_here: Client, logto: Logto) -> None:
    SeenLogoutToken.objects.create(key="old", expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    send_claims(logto, claims_of(logto, ada_here))
    assert [row.key for row in SeenLogoutToken.objects.all()] != ["old"]
    assert SeenLogoutToken.objects.count() == 1


def test_a_key_named_in_the_token_itself_is_not_used(ada_here: Client, logto: Logto) -> None:
    key = ECKey.generate_key("P-384", auto_kid=True)
    header = {"alg": "ES384", "typ": "logout+jwt", "jwk": key.as_dict(private=False)}
    assert send(jwt.encode(header, claims_of(logto, ada_here), key, algorithms=["ES384"])).status_code == 400
    assert who(ada_here)


def test_a_shared_secret_signs_nothing(ada_here: Client, logto: Logto) -> None:
    key = OctKey.import_key(site().app_secret)
    header = {"alg": "HS256", "typ": "logout+jwt"}
    assert send(jwt.encode(header, claims_of(logto, ada_here), key, algorithms=["HS256"])).status_code == 400
    assert who(ada_here)


@pytest.mark.parametrize("token", ["", "a.b.c", "....", "\u0000", "x" * 300_000])
def test_what_is_no_token_is_refused(ada_here: Client, logto: Logto, token: str) -> None:
    assert send(token).status_code == 400


def test_it_is_post_only(logto: Logto) -> None:
    assert Client().get("/sign-out/backchannel/").status_code == 405


def test_invented_keys_do_not_make_us_ask_logto_again_and_again(ada_here: Client, logto: Logto) -> None:
    invented = ECKey.generate_key("P-384", auto_kid=True)
    token = jwt.encode(
        {"alg": "ES384", "typ": "logout+jwt", "kid": str(invented.kid)},
        claims_of(logto, ada_here),
        invented,
        algorithms=["ES384"],
    )
    seen = watch(logto)
    assert [send(token).status_code for _ in range(5)] == [400] * 5
    assert [request.path for request in seen] == ["/oidc/jwks"]


def test_logto_out_of_reach_refuses_too(ada_here: Client, logto: Logto) -> None:
    provider_of.cache_clear()
    logto.faults.add("refused")
    assert send_claims(logto, claims_of(logto, ada_here)).status_code == 400
    assert who(ada_here)
