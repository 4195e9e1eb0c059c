"""Sign-out at Logto and the back-channel logout (docs/logto.md 15.2, 15.3)."""

import threading
from urllib.parse import parse_qs, urlencode

import pytest
import responses

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.keys import Keys
from accountsite.sandbox.oidc.logout import EVENT
from accountsite.sandbox.oidc.person import Browser, Browsers
from accountsite.sandbox.seed import SITE_APP_ID
from accountsite.sandbox.web import Answer, Request
from tests.sandbox.application import FORM, body, get, header, jwt_parts, sign_in

LEAVE = {"client_id": SITE_APP_ID, "post_logout_redirect_uri": "http://testserver/sign-out/"}


def leave(browser: Browser, **asked: str) -> Answer:
    """The confirmation that the page of the end-session endpoint submits by itself."""
    headers = {"content-type": FORM, **browser.headers}
    return browser.logto.answer(Request("POST", "/oidc/session/end/confirm", "", headers, urlencode(asked).encode()))


@pytest.fixture
def browser(logto: Logto) -> Browser:
    sign_in(logto)
    return logto.state.part(Browsers).by_handle["ada"]


def ada_sessions(logto: Logto) -> int:
    return sum(session.account_id == logto.state.person("ada").id for session in logto.state.sessions.values())


def test_the_endpoint_is_a_page_that_submits_itself(logto: Logto, browser: Browser) -> None:
    answer = browser.get("/oidc/session/end?" + urlencode(LEAVE))

    assert answer.status == 200
    assert b"/oidc/session/end/confirm" in answer.body
    assert ada_sessions(logto) == 1


def test_signing_out_ends_the_session_and_returns(logto: Logto, browser: Browser) -> None:
    answer = leave(browser, **LEAVE, state="zz")

    assert (answer.status, header(answer, "location")) == (303, "http://testserver/sign-out/?state=zz")
    assert ada_sessions(logto) == 0


def test_without_a_session_it_still_returns(logto: Logto) -> None:
    assert header(leave(Browser(logto), **LEAVE), "location") == "http://testserver/sign-out/"


@pytest.mark.parametrize(
    "asked", [{}, {"post_logout_redirect_uri": "http://testserver/sign-out/"}, {"client_id": SITE_APP_ID}]
)
def test_without_application_and_address_it_ends_at_logto(
    logto: Logto, browser: Browser, asked: dict[str, str]
) -> None:
    assert header(leave(browser, **asked), "location") == f"{logto.endpoint}/oidc/session/end/success"
    assert ada_sessions(logto) == 0


def test_an_id_token_names_the_application_too(logto: Logto, browser: Browser) -> None:
    hint = sign_in(logto)["id_token"]

    answer = leave(browser, id_token_hint=hint, post_logout_redirect_uri="http://testserver/sign-out/")

    assert header(answer, "location") == "http://testserver/sign-out/"


@pytest.mark.parametrize(
    ("asked", "description"),
    [
        (
            {"client_id": SITE_APP_ID, "post_logout_redirect_uri": "https://evil.test/"},
            "post_logout_redirect_uri not registered",
        ),
        ({"id_token_hint": "x"}, "could not decode id_token_hint"),
        ({"client_id": "nope"}, "invalid client nope"),
    ],
)
def test_what_does_not_fit_is_refused_and_ends_nothing(
    logto: Logto, browser: Browser, asked: dict[str, str], description: str
) -> None:
    answer = get(logto, "/oidc/session/end?" + urlencode(asked))

    assert (answer.status, body(answer)["error_description"]) == (400, description)
    assert leave(browser, **asked).status == 400
    assert ada_sessions(logto) == 1


def test_an_id_token_of_another_application_is_refused(logto: Logto, browser: Browser) -> None:
    hint = sign_in(logto)["id_token"]

    answer = leave(browser, id_token_hint=hint, client_id="fernhillbilling000001")

    assert body(answer)["error_description"] == "client_id does not match the provided id_token_hint"


def test_every_application_of_the_session_is_told(logto: Logto, browser: Browser) -> None:
    sid = jwt_parts(sign_in(logto)["id_token"])[1]["sid"]
    told = threading.Event()
    letters: list[str] = []

    def take(sent: object) -> tuple[int, dict[str, str], str]:
        letters.append(parse_qs(str(getattr(sent, "body", "")))["logout_token"][0])
        told.set()
        return 204, {}, ""

    with responses.RequestsMock() as mock:
        mock.add_callback(responses.POST, "http://testserver/sign-out/backchannel/", take)
        leave(browser, **LEAVE)
        assert told.wait(5)

    head, claims = jwt_parts(letters[0])
    assert (head["typ"], head["alg"]) == ("logout+jwt", "ES384")
    assert set(claims) == {"sub", "events", "jti", "sid", "aud", "exp", "iat", "iss"}
    assert (claims["sid"], claims["events"]) == (sid, {EVENT: {}})
    assert claims["exp"] - claims["iat"] == 120
    assert Keys(logto.state.signing_keys).read(letters[0]) == claims


def test_grants_without_offline_access_go_with_the_session(logto: Logto, browser: Browser) -> None:
    ada = logto.state.person("ada").id
    assert any(grant.account_id == ada for grant in logto.state.grants.values())

    leave(browser)

    assert not any(grant.account_id == ada for grant in logto.state.grants.values())
