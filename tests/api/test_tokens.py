"""Which tokens are taken: those that Logto made for this API and a person, of now, with the scope; and no others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from pytest_django.fixtures import Settings

from accountsite.sandbox import making
from accountsite.sandbox.access_tokens import issue_access_token
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.making import SITE_APP_ID
from accountsite.sandbox.oidc.clients import Client as Application
from accountsite.sandbox.oidc.logout import logout_token
from settings_app.actor import Actor
from settings_app.logto.tenant import Tenant
from settings_app.safeguards import app_access, sessions
from tests.api.caller import AUDIENCE, App
from tests.people import client_of

HOUR = 3600


def status_and_challenge(app: App, authorization: str) -> tuple[int, str, str]:
    answer = app.get("/account", Authorization=authorization)
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"], answer.get("WWW-Authenticate", "")


INVALID = 'Bearer error="invalid_token"'


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer", "Bearer ", "DPoP abc"])
def test_without_a_token_the_challenge_says_no_more(app: App, header: str) -> None:
    assert status_and_challenge(app, header) == (401, "token.missing", "Bearer")


def test_a_token_elsewhere_than_in_the_header_is_not_looked_at(app: App) -> None:
    assert app.client.get(f"/api/account?access_token={app.token()}").status_code == 401


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"aud": "https://default.logto.app/api"}, id="another resource"),
        pytest.param({"aud": "fernhillmobile0000001"}, id="the client, as in an ID token"),
        pytest.param({"aud": "urn:logto:organization:okaforstudio"}, id="an organization"),
        pytest.param({"aud": [AUDIENCE, "https://billing.fernhill.example"]}, id="shared with another resource"),
        pytest.param({"aud": None}, id="no audience"),
        pytest.param({"organization_id": "okaforstudio"}, id="of an organization, for this resource"),
        pytest.param({"act": {"sub": "support"}}, id="somebody acts for the person"),
        pytest.param({"iss": "https://elsewhere.example/oidc"}, id="another issuer"),
        pytest.param({"iss": None}, id="no issuer"),
        pytest.param({"sub": None}, id="no person"),
        pytest.param({"sub": "fernhillmobile0000001"}, id="a machine"),
        pytest.param({"client_id": None}, id="no application"),
        pytest.param({"iat": None}, id="no time of issue"),
        pytest.param({"exp": None}, id="no end"),
        pytest.param({"exp": "soon"}, id="an end that is no time"),
    ],
)
def test_tokens_that_are_not_for_this(app: App, told: dict[str, Any]) -> None:
    app.told = told
    assert status_and_challenge(app, f"Bearer {app.token()}") == (401, "token.invalid", INVALID)


@pytest.mark.parametrize("moved", [{"exp": -2 * HOUR}, {"nbf": HOUR}, {"iat": HOUR}])
def test_tokens_that_are_not_of_now(app: App, moved: dict[str, int]) -> None:
    now = int(app.logto.state.now())
    app.told = {name: now + seconds for name, seconds in moved.items()}
    assert status_and_challenge(app, f"Bearer {app.token()}") == (401, "token.expired", INVALID)


@pytest.mark.parametrize("typ", ["JWT", "logout+jwt", "dpop+jwt"])
def test_another_type_of_token(app: App, typ: str) -> None:
    app.typ = typ
    assert status_and_challenge(app, f"Bearer {app.token()}") == (401, "token.invalid", INVALID)


def test_a_token_without_a_type_is_judged_by_all_else(app: App) -> None:
    app.typ = None
    assert app.get("/account").status_code == 200


def claims_of(app: App) -> dict[str, Any]:
    return dict(jwt.decode(app.token(), app.logto.state.signing_keys[0], algorithms=["ES384"]).claims)


def test_a_signature_that_is_not_logtos(app: App) -> None:
    own = ECKey.generate_key("P-384")
    header = {"alg": "ES384", "typ": "at+jwt", "kid": app.logto.state.signing_keys[0].kid}
    forged = jwt.encode(header, claims_of(app), own, algorithms=["ES384"])
    assert status_and_challenge(app, f"Bearer {forged}") == (401, "token.invalid", INVALID)


def test_an_algorithm_that_anybody_could_sign_with(app: App) -> None:
    secret = OctKey.import_key("fernhill-and-some-more-letters-than-that-1234567")
    forged = jwt.encode({"alg": "HS256", "typ": "at+jwt"}, claims_of(app), secret, algorithms=["HS256"])
    assert status_and_challenge(app, f"Bearer {forged}") == (401, "token.invalid", INVALID)


@pytest.mark.parametrize("text", ["opaque", "a.b.c", "a.b", "....", "\u00e9.\u00e9.\u00e9"])
def test_what_is_no_token_of_this_kind(app: App, text: str) -> None:
    assert status_and_challenge(app, f"Bearer {text}")[:2] == (401, "token.invalid")


def test_the_sites_own_machine_is_nobody(app: App) -> None:
    machine = issue_access_token(app.logto.state, "fernhillmachineaccess", audience=AUDIENCE)
    assert status_and_challenge(app, f"Bearer {machine}") == (401, "token.invalid", INVALID)


@pytest.mark.parametrize("scope", ["", "account:write", "account:readers", "profile"])
def test_without_the_scope_the_answer_names_it(app: App, scope: str) -> None:
    app.scope = scope
    challenge = 'Bearer error="insufficient_scope", scope="account:read"'
    assert status_and_challenge(app, f"Bearer {app.token()}") == (403, "token.scope", challenge)


def test_reading_is_not_writing(app: App) -> None:
    app.scope = "account:read"
    answer = app.patch("/account", {"name": "New"}, If_Match=app.version())
    assert (answer.status_code, answer.json()["code"]) == (403, "token.scope")


def test_somebody_who_is_suspended_or_deleted_is_refused_at_each_call(app: App, logto: Logto) -> None:
    assert app.get("/account").status_code == 200
    logto.state.person("ada").user["isSuspended"] = True
    suspended = app.get("/account")
    assert (suspended.status_code, suspended.json()["code"]) == (401, "account.suspended")
    assert (suspended["WWW-Authenticate"], suspended.json()["detail"]) == (INVALID, "Your account is suspended")
    app.told = {"sub": "nobody000001"}
    gone = app.get("/account")
    assert (gone.status_code, gone.json()["code"]) == (401, "account.deleted")


def test_other_companies_apps_are_refused_unless_listed(app: App, settings: Settings) -> None:
    app.told = {"client_id": "ledgerly0000000000001"}
    refused = app.get("/account")
    assert (refused.status_code, refused.json()["code"]) == (403, "application.refused")
    app.told = {"client_id": "nobodysapp00000000001"}
    assert app.get("/account").status_code == 403
    app.told = {"client_id": "ledgerly0000000000001"}
    settings.SITES = (replace(settings.SITES[0], api_third_party_apps=("ledgerly0000000000001",)),)
    assert app.get("/account").status_code == 200


def older(app: App) -> App:
    """The same app with a token that it was given a while ago."""
    return replace(app, told={"iat": int(app.logto.state.now()) - 60})


def ended(app: App) -> bool:
    answer = app.get("/account")
    return (answer.status_code, answer.status_code == 401 and answer.json()["code"]) == (401, "token.ended")


def newer(app: App) -> App:
    return replace(app, told={"iat": int(app.logto.state.now()) + 2})


def test_locking_everyone_out_ends_the_tokens_too(app: App, logto: Logto) -> None:
    assert not ended(older(app))
    client_of(logto, "ada", verified=True).post("/secure/lock/")
    assert ended(older(app))
    assert not ended(newer(app))


def test_ending_other_sessions_ends_the_tokens_too(app: App, logto: Logto) -> None:
    client_of(logto, "ada", verified=True).post("/sessions/end-others/")
    assert ended(older(app))
    assert not ended(newer(app))
    assert not ended(replace(older(app), handle="amara"))


def test_ending_one_session_ends_the_tokens_too(app: App, logto: Logto) -> None:
    there = making.add_session(logto.state, logto.state.person("ada"), hours_ago=5)
    client_of(logto, "ada", verified=True).post(f"/sessions/{there.uid}/end/")
    assert ended(older(app))


def test_what_logto_tells_of_somebody_ends_the_tokens_too(app: App) -> None:
    person = app.logto.state.person("ada")
    sessions.end_everything_here(tenant=app.logto.state.issuer.removesuffix("/oidc"), subject=person.id)
    assert ended(older(app))


def test_signing_out_at_logto_ends_the_tokens_too(app: App, logto: Logto) -> None:
    application = Application(logto.state.applications[SITE_APP_ID])
    told = logout_token(logto.state, application, user_id=logto.state.person("ada").id, sid="some-session")
    assert Client().post("/sign-out/backchannel/", {"logout_token": told}).status_code == 200
    assert ended(older(app))
    assert not ended(replace(older(app), handle="amara"))


def test_removing_all_apps_ends_their_tokens(logto: Logto, db: None, settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], api_third_party_apps=("ledgerly0000000000001",)),)
    app = older(App(logto, "amara"))
    of_app = replace(app, told=app.told | {"client_id": "ledgerly0000000000001"})
    account = Tenant.of(settings.SITES[0]).account(logto.state.person("amara").id)
    app_access.remove_all_access(Actor(settings.SITES[0], account, account.person(), "en"))
    assert ended(of_app)
    assert not ended(app)


def test_removing_an_app_ends_its_tokens_and_no_others(logto: Logto, db: None, settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], api_third_party_apps=("ledgerly0000000000001",)),)
    others = older(App(logto, "amara"))
    of_app = replace(others, told=others.told | {"client_id": "ledgerly0000000000001"})
    assert not ended(of_app)
    client_of(logto, "amara", verified=True, how="sign-in").post("/apps/ledgerly0000000000001/remove/")
    assert ended(of_app)
    assert not ended(others)


def test_keys_that_cannot_be_read_are_no_fault_of_the_token(app: App, logto: Logto) -> None:
    logto.faults.add("500", path="/oidc/jwks*")
    answer = app.get("/account")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer["Retry-After"]


def test_ending_everybodys_sessions_ends_the_tokens_too(app: App) -> None:
    assert not ended(older(app))
    call_command("end_sessions")
    assert ended(older(app))
    assert ended(replace(older(app), handle="amara"))
    assert not ended(newer(app))
