"""The authorization endpoint (docs/logto.md 15.3)."""

from urllib.parse import quote_plus

import pytest

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.person import Browser, authorize
from accountsite.sandbox.seed import SITE_APP_ID, add_application
from tests.sandbox.application import CALLBACK, authorization_url, body, get, header, parameters_of

LEDGERLY = {"client_id": "ledgerly0000000000001", "redirect_uri": "https://ledgerly.example/callback"}


def test_somebody_unknown_is_sent_to_sign_in(logto: Logto) -> None:
    answer = get(logto, authorization_url(logto))

    assert (answer.status, header(answer, "location")) == (303, f"/sign-in?app_id={SITE_APP_ID}")
    assert header(answer, "cache-control") == "no-store"


@pytest.mark.parametrize(
    ("changes", "location"),
    [
        ({"first_screen": "register"}, "/register?app_id={app}"),
        (
            {"first_screen": "reset_password", "identifier": "email", "login_hint": "a@example.test"},
            "/reset-password?app_id={app}&login_hint=a%40example.test&identifier=email",
        ),
        ({"first_screen": "nope", "login_hint": "a@example.test"}, "/sign-in?app_id={app}"),
        ({"direct_sign_in": "social:google"}, "/direct/social/google?app_id={app}&fallback=sign-in"),
        ({"scope": "openid nope"}, "/sign-in?app_id={app}"),
        ({"scope": "profile"}, "/sign-in?app_id={app}"),
        ({"code_challenge": None, "code_challenge_method": None}, "/sign-in?app_id={app}"),
    ],
)
def test_the_first_screen_follows_the_request(logto: Logto, changes: dict[str, str | None], location: str) -> None:
    answer = get(logto, authorization_url(logto, **changes))

    assert header(answer, "location") == location.format(app=SITE_APP_ID)


@pytest.mark.parametrize(
    ("changes", "error", "description"),
    [
        ({"prompt": "none"}, "login_required", "End-User authentication is required"),
        ({"prompt": "nope"}, "invalid_request", "unsupported prompt value requested"),
        ({"prompt": "none login"}, "invalid_request", "prompt none must only be used alone"),
        ({"response_type": None}, "invalid_request", "missing required parameter 'response_type'"),
        ({"code_challenge_method": "plain"}, "invalid_request", "not supported value of code_challenge_method"),
        ({"resource": "https://nope.test"}, "invalid_target", "resource indicator is missing, or unknown"),
        ({"max_age": "x"}, "invalid_request", "invalid max_age parameter value"),
    ],
)
def test_a_refusal_goes_back_to_the_application(
    logto: Logto, changes: dict[str, str | None], error: str, description: str
) -> None:
    location = header(get(logto, authorization_url(logto, **changes)), "location")

    issuer = f"{logto.endpoint}/oidc"
    assert location.startswith(CALLBACK + "?error=")
    assert parameters_of(location) == {
        "error": error, "error_description": description, "state": "st", "iss": issuer,
    }  # fmt: skip


def test_an_unsupported_response_type_comes_back_in_the_fragment(logto: Logto) -> None:
    location = header(get(logto, authorization_url(logto, response_type="token")), "location")

    issuer = quote_plus(f"{logto.endpoint}/oidc")
    assert location == (
        f"{CALLBACK}#error=unsupported_response_type&error_description=unsupported+response_type+requested"
        f"&state=st&iss={issuer}"
    )


def test_a_public_application_needs_pkce(logto: Logto) -> None:
    add_application(logto.state, "spa", "Single page", kind="SPA", redirect_uris=["https://spa.example/cb"])
    url = authorization_url(logto, client_id="spa", redirect_uri=None, code_challenge=None, code_challenge_method=None)

    found = parameters_of(header(get(logto, url), "location"))

    assert found["error_description"] == "Authorization Server policy requires PKCE to be used for this request"


def test_an_unregistered_redirect_uri_stays_at_logto(logto: Logto) -> None:
    answer = get(logto, authorization_url(logto, redirect_uri="https://evil.test/"))

    assert answer.status == 400
    assert body(answer) == {
        "code": "oidc.invalid_redirect_uri",
        "message": "`redirect_uri` did not match any of the client's registered `redirect_uris`.",
        "error": "invalid_redirect_uri",
        "error_description": "redirect_uri did not match any of the client's registered redirect_uris",
        "state": "st",
        "iss": f"{logto.endpoint}/oidc",
    }


def test_an_unknown_application_stays_at_logto(logto: Logto) -> None:
    answer = get(logto, authorization_url(logto, client_id="nope"))

    assert (answer.status, body(answer)["error_description"]) == (400, "invalid client nope")
    assert body(answer)["iss"] == f"{logto.endpoint}/oidc"


def test_a_third_party_may_not_ask_for_unlisted_scopes(logto: Logto) -> None:
    location = header(get(logto, authorization_url(logto, **LEDGERLY, scope="openid phone")), "location")

    assert parameters_of(location) == {
        "error": "invalid_scope",
        "error_description": "requested scope is not allowed",
        "scope": "phone",
        "state": "st",
        "iss": f"{logto.endpoint}/oidc",
    }


def test_a_known_browser_is_not_asked_again(logto: Logto) -> None:
    logto.authorize("ada", authorization_url(logto))

    back = logto.authorize("ada", authorization_url(logto, prompt="none"))

    assert set(parameters_of(back)) == {"code", "state", "iss"}


def test_prompt_none_needs_a_grant_of_that_application(logto: Logto) -> None:
    logto.authorize("ada", authorization_url(logto))
    other = {"client_id": "fernhillbilling000001", "redirect_uri": "https://billing.fernhill.example/callback"}

    back = logto.authorize("ada", authorization_url(logto, **other, prompt="none"))

    assert parameters_of(back)["error"] == "consent_required"
    assert parameters_of(back)["error_description"] == "requested scopes not granted"


def test_cancelled_consent_comes_back_bare(logto: Logto) -> None:
    back = logto.authorize("ada", authorization_url(logto, **LEDGERLY, prompt="consent"), cancel=True)

    assert back == "https://ledgerly.example/callback"


def test_consent_is_asked_once(logto: Logto) -> None:
    logto.authorize("ada", authorization_url(logto, **LEDGERLY))

    assert "code" in parameters_of(logto.authorize("ada", authorization_url(logto, **LEDGERLY, prompt="none")))


def test_a_suspended_person_does_not_come_back(logto: Logto) -> None:
    with pytest.raises(PermissionError, match="suspended"):
        logto.authorize("suspended", authorization_url(logto))


def test_signing_in_as_somebody_else_ends_the_earlier_session(logto: Logto) -> None:
    browser = Browser(logto)
    authorize(logto, "ada", authorization_url(logto), browser=browser)

    authorize(logto, "admin", authorization_url(logto, prompt="login"), browser=browser)

    accounts = {session.account_id for session in logto.state.sessions.values()}
    assert logto.state.person("ada").id not in accounts
    assert logto.state.person("admin").id in accounts


def test_signing_in_again_keeps_the_session_and_changes_its_cookie(logto: Logto) -> None:
    logto.authorize("ada", authorization_url(logto))
    (before,) = [s for s in logto.state.sessions.values() if s.account_id == logto.state.person("ada").id]

    logto.authorize("ada", authorization_url(logto, prompt="login"))

    (after,) = [s for s in logto.state.sessions.values() if s.account_id == logto.state.person("ada").id]
    assert after.uid == before.uid
    assert after.payload["jti"] != before.payload["jti"]
