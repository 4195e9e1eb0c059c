"""What signing in leaves behind: the audit log, webhooks, and the logout of whoever was signed in before."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
import responses

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.elsewhere import fail_elsewhere, sign_in_elsewhere
from accountsite.sandbox.oidc.person import Browser, authorize
from accountsite.sandbox.seed import HOOK_SIGNING_KEY
from accountsite.sandbox.seed_people import PASSWORD
from accountsite.sandbox.webhooks import Mode, Webhooks, signature
from tests.sandbox.application import ask_token, authorization_url, exchange, header, jwt_parts, post, sign_in
from tests.sandbox.conftest import CallSandbox


@pytest.fixture
def sandbox(logto: Logto) -> Logto:
    """`call` calls the one that people sign in to."""
    return logto


def keys_of(logto: Logto, before: int) -> list[str]:
    return [row["key"] for row in logto.state.logs[before:]]


def at_sign_in(logto: Logto, **changes: str | None) -> tuple[Browser, str]:
    browser = Browser(logto)
    browser.get(authorization_url(logto, **changes))
    return browser, browser.cookies["sandbox_interaction"]


def test_a_sign_in_by_password_is_written_down_step_by_step(logto: Logto) -> None:
    before = len(logto.state.logs)
    browser, uid = at_sign_in(logto)
    typed = {"interaction": uid, "identifier": "ada", "password": PASSWORD}
    browser.get(header(post(logto, "/sign-in", typed, **browser.headers), "location"))

    assert keys_of(logto, before) == [
        "Interaction.Create",
        "Interaction.SignIn.Create",
        "Interaction.SignIn.Verification.Password.Submit",
        "Interaction.SignIn.Identifier.Submit",
        "Interaction.SignIn.Submit",
        "Interaction.Create",
    ]
    submitted = logto.state.logs[-2]["payload"]
    assert submitted["userId"] == logto.state.person("ada").id
    assert submitted["userAgentParsed"]["browser"]["name"] == "Firefox"
    assert "userId" not in logto.state.logs[before + 2]["payload"]


def test_a_wrong_password_names_nobody(logto: Logto) -> None:
    browser, uid = at_sign_in(logto)
    post(logto, "/sign-in", {"interaction": uid, "identifier": "ada", "password": "wrong"}, **browser.headers)

    row = logto.state.logs[-1]["payload"]
    assert (row["result"], row["error"]["code"]) == ("Error", "session.invalid_credentials")
    assert row["payload"] == {"password": "******", "identifier": {"type": "username", "value": "ada"}}
    assert "userId" not in row


def test_a_wrong_second_factor_names_the_person(logto: Logto) -> None:
    browser, uid = at_sign_in(logto)
    post(logto, "/sign-in", {"interaction": uid, "person": "amara"}, **browser.headers)
    post(logto, "/mfa-verification", {"interaction": uid, "kind": "Totp", "code": "000000"}, **browser.headers)

    row = logto.state.logs[-1]
    assert (row["key"], row["payload"]["result"]) == ("Interaction.SignIn.Verification.Totp.Submit", "Error")
    assert row["payload"]["userId"] == logto.state.person("amara").id


def test_a_sign_in_that_still_needs_its_second_step_is_written_down_as_failed(logto: Logto) -> None:
    browser, uid = at_sign_in(logto)
    post(logto, "/sign-in", {"interaction": uid, "person": "amara"}, **browser.headers)

    row = logto.state.logs[-1]
    assert (row["key"], row["payload"]["result"]) == ("Interaction.SignIn.Submit", "Error")
    assert row["payload"]["error"]["code"] == "session.mfa.require_mfa_verification"
    assert row["payload"]["userId"] == logto.state.person("amara").id


def test_tokens_are_written_down_with_the_code_in_clear(logto: Logto) -> None:
    callback = logto.authorize("ada", authorization_url(logto, scope="openid offline_access", prompt="consent"))
    token = json.loads(exchange(logto, callback).body)
    row = logto.state.logs[-1]
    assert row["key"] == "ExchangeTokenBy.AuthorizationCode"
    assert row["payload"]["params"]["code"] == callback.partition("code=")[2].partition("&")[0]

    ask_token(logto, grant_type="refresh_token", refresh_token=token["refresh_token"])
    assert logto.state.logs[-1]["key"] == "ExchangeTokenBy.RefreshToken"
    assert token["refresh_token"] not in json.dumps(logto.state.logs[-1])


def test_calls_of_the_machine_are_not_written_down(logto: Logto, call: CallSandbox) -> None:
    before = len(logto.state.logs)
    call("PATCH", f"/api/users/{logto.state.person('ada').id}", {"name": "New"})
    assert len(logto.state.logs) == before


def test_a_sign_in_is_told_to_the_webhook(logto: Logto) -> None:
    sign_in(logto)
    delivery = logto.state.part(Webhooks).waiting[-1]
    told = json.loads(delivery.body)

    assert (told["event"], told["interactionEvent"]) == ("PostSignIn", "SignIn")
    assert told["userId"] == told["user"]["id"] == logto.state.person("ada").id
    assert told["application"]["name"] == "Fernhill Account"
    assert delivery.headers["logto-signature-sha-256"] == signature(HOOK_SIGNING_KEY, delivery.body)
    assert delivery.url == "http://testserver/webhooks/logto/"


@pytest.mark.parametrize(("mode", "waiting"), [(Mode.HOLD, 1), (Mode.LOSE, 0), (Mode.DOUBLE, 2)])
def test_webhooks_can_be_lost_and_doubled(logto: Logto, call: CallSandbox, mode: Mode, waiting: int) -> None:
    logto.state.part(Webhooks).mode = mode
    call("PATCH", f"/api/users/{logto.state.person('ada').id}", {"name": "New"})
    assert len(logto.state.part(Webhooks).waiting) == waiting


def test_somebody_elses_sign_in_logs_the_former_person_out_before_it_answers(logto: Logto) -> None:
    browser = Browser(logto)
    first = authorize(logto, "ada", authorization_url(logto), browser=browser)
    sid = jwt_parts(json.loads(exchange(logto, first).body)["id_token"])[1]["sid"]
    ada = logto.state.person("ada").id

    with responses.RequestsMock() as mock:
        mock.add(responses.POST, "http://testserver/sign-out/backchannel/", status=204)
        authorize(logto, "empty", authorization_url(logto, prompt="login"), browser=browser)
        letter = parse_qs(str(mock.calls[0].request.body))["logout_token"][0]

    claims = jwt_parts(letter)[1]
    assert (claims["sub"], claims["sid"]) == (ada, sid)
    assert all(session.account_id != ada for session in logto.state.sessions.values())


def test_the_same_person_again_tells_nobody(logto: Logto) -> None:
    browser = Browser(logto)
    authorize(logto, "ada", authorization_url(logto), browser=browser)
    with responses.RequestsMock() as mock:
        authorize(logto, "ada", authorization_url(logto, prompt="login"), browser=browser)
        assert len(mock.calls) == 0


def test_ending_a_session_over_the_api_tells_nobody(logto: Logto, call: CallSandbox) -> None:
    sign_in(logto)
    ada = logto.state.person("ada").id
    uid = next(each.uid for each in logto.state.sessions.values() if each.account_id == ada)
    with responses.RequestsMock() as mock:
        call("DELETE", f"/api/users/{ada}/sessions/{uid}?revokeGrantsTarget=all")
        assert len(mock.calls) == 0
    assert logto.state.part(Webhooks).waiting[-1].event == "PostSignIn"


def test_a_sign_in_elsewhere_leaves_session_rows_and_webhook(logto: Logto, call: CallSandbox) -> None:
    session = sign_in_elsewhere(logto, "ada", ip="192.0.2.200", city="Oslo", country="Norway")
    ada = logto.state.person("ada").id

    told = json.loads(logto.state.part(Webhooks).waiting[-1].body)
    assert (told["event"], told["userId"], told["userIp"]) == ("PostSignIn", ada, "192.0.2.200")
    listed = json.loads(call("GET", f"/api/users/{ada}/sessions").body)["sessions"]
    assert session.uid in {each["payload"]["uid"] for each in listed}
    row = json.loads(call("GET", f"/api/logs?userId={ada}&logKey=Interaction.SignIn.Submit").body)[0]["payload"]
    assert row["interaction"]["signInContext"]["city"] == "Oslo"

    fail_elsewhere(logto, "ada")
    assert "userId" not in logto.state.logs[-1]["payload"]
    fail_elsewhere(logto, "ada", at_second_step=True)
    assert logto.state.logs[-1]["payload"]["userId"] == ada
