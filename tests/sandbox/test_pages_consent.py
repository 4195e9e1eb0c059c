"""Consent, the pretend social provider and the pretend company."""

import pytest

from accountsite.sandbox.access_control import AccessControl
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.interactions import Interactions
from accountsite.sandbox.oidc.person import Browser
from accountsite.sandbox.seed_settings import SSO_CONNECTOR_ID
from tests.sandbox.application import CALLBACK, authorization_url, header, parameters_of, post

LEDGERLY = {
    "client_id": "ledgerly0000000000001",
    "redirect_uri": "https://ledgerly.example/callback",
    "scope": "openid profile urn:logto:scope:organizations",
}
BACK = "http://testserver/connections/callback/"


def follow(browser: Browser, location: str) -> str:
    """Through redirects within the sandbox, until a page or another host."""
    while location.startswith(("/", browser.logto.endpoint)):
        answer = browser.get(location)
        if answer.status == 200:
            return location
        location = header(answer, "location")
    return location


def at_consent(logto: Logto, handle: str) -> tuple[Browser, str]:
    """A browser that stands at the consent page, and its interaction."""
    browser = Browser(logto)
    browser.get(authorization_url(logto, **LEDGERLY))
    uid = next(reversed(logto.state.part(Interactions).waiting))
    answer = post(logto, "/sign-in", {"interaction": uid, "person": handle}, **browser.headers)
    if header(answer, "location").startswith("/mfa"):
        form = {"interaction": uid, "kind": "WebAuthn"}
        answer = post(logto, "/mfa-verification", form, **browser.headers)
    assert follow(browser, header(answer, "location")).startswith("/consent")
    return browser, uid


def test_the_page_names_what_is_asked(logto: Logto) -> None:
    browser, _ = at_consent(logto, "amara")

    page = browser.get("/consent").body.decode()

    assert "Let Ledgerly in?" in page
    assert "The organizations you belong to" in page
    assert "Okafor Studio" in page


def test_allowing_keeps_the_chosen_organizations(logto: Logto) -> None:
    browser, uid = at_consent(logto, "amara")
    form = {"interaction": uid, "decision": "allow", "organization": "okaforstudio"}

    end = follow(browser, header(post(logto, "/consent", form, **browser.headers), "location"))

    assert end.startswith("https://ledgerly.example/callback?code=")
    amara = logto.state.person("amara").id
    assert logto.state.consent_organizations["ledgerly0000000000001", amara] == ["okaforstudio"]
    assert any(
        (grant.client_id, grant.account_id) == ("ledgerly0000000000001", amara) and grant.session_uid
        for grant in logto.state.grants.values()
    )


def test_cancelling_returns_to_the_bare_address(logto: Logto) -> None:
    browser, uid = at_consent(logto, "ada")

    answer = post(logto, "/consent", {"interaction": uid, "decision": "cancel"}, **browser.headers)

    assert header(answer, "location") == "https://ledgerly.example/callback"


def test_app_level_access_control_keeps_the_person_at_logto(logto: Logto) -> None:
    browser, _ = at_consent(logto, "ada")
    logto.state.applications["ledgerly0000000000001"]["appLevelAccessControlEnabled"] = True

    answer = browser.get("/consent")

    assert (answer.status, b"Access denied." in answer.body) == (400, True)

    rules = logto.state.part(AccessControl).rules_of("ledgerly0000000000001")
    logto.state.part(AccessControl).rules["ledgerly0000000000001"] = rules | {"userIds": [logto.state.person("ada").id]}

    assert browser.get("/consent").status == 200


def test_the_provider_shows_where_it_returns_to(logto: Logto) -> None:
    page = Browser(logto).get(f"/provider/google?redirect_uri={BACK}&state=abc").body.decode()

    assert "Pretend Google" in page
    assert BACK in page
    assert "in use by Amara Okafor-Lindqvist" in page


def decide(logto: Logto, decision: str, **form: str) -> dict[str, str]:
    sent = {"decision": decision, "redirect_uri": BACK, "state": "abc", **form}
    return parameters_of(header(post(logto, "/provider/google", sent), "location"))


def test_approving_gives_a_code_for_the_account(logto: Logto) -> None:
    back = decide(logto, "approve", id="google-1", name="Robin", email="robin@google.example")

    assert back["state"] == "abc"
    meant = logto.state.social_codes[back["code"]]
    assert (meant.target, meant.redirect_uri) == ("google", BACK)
    assert meant.details == {"id": "google-1", "name": "Robin", "email": "robin@google.example"}


@pytest.mark.parametrize(
    ("decision", "back"),
    [
        ("refuse", {"error": "access_denied", "error_description": "The user refused", "state": "abc"}),
        ("broken", {"state": "abc"}),
        ("stale", {"code": "this-code-is-used-up", "state": "abc"}),
    ],
)
def test_the_provider_can_go_wrong(logto: Logto, decision: str, back: dict[str, str]) -> None:
    assert decide(logto, decision) == back


def test_the_provider_can_return_another_state(logto: Logto) -> None:
    assert decide(logto, "foreign_state")["state"] == "somebody-elses-state"


def test_the_provider_can_be_down_or_slow(logto: Logto) -> None:
    decide(logto, "slow")
    decide(logto, "down")

    assert [fault.kind for fault in logto.faults.active] == ["latency"]
    assert logto.state.social_provider_reachable is False


def test_signing_in_with_a_provider(logto: Logto) -> None:
    browser = Browser(logto)
    provider = follow(
        browser, header(browser.get(authorization_url(logto, direct_sign_in="social:google")), "location")
    )
    asked = parameters_of(provider)
    form = {"decision": "approve", "redirect_uri": asked["redirect_uri"], "state": asked["state"], "id": "sol-google"}

    end = follow(browser, header(post(logto, "/provider/google", form, **browser.headers), "location"))

    assert end.startswith(CALLBACK)
    sol = logto.state.person("social").id
    session = next(s for s in logto.state.sessions.values() if s.account_id == sol)
    assert session.last_submission is not None
    assert session.last_submission["verificationRecords"][0]["type"] == "Social"


def test_an_unknown_provider_account_is_told_so(logto: Logto) -> None:
    browser = Browser(logto)
    browser.get(authorization_url(logto))
    uid = next(reversed(logto.state.part(Interactions).waiting))
    code = logto.state.new_social_code("google", BACK, {"id": "nobody"})

    answer = browser.get(f"/callback/google?code={code}&state={uid}")

    assert b"No account is linked to this provider account." in answer.body


def test_the_company_lists_its_own_people(logto: Logto) -> None:
    browser = Browser(logto)
    page = browser.get(authorization_url(logto, direct_sign_in=f"sso:{SSO_CONNECTOR_ID}"))

    shown = browser.get(header(page, "location")).body.decode()

    assert "Edwin Harbour" in shown
    assert "Ada Winterbourne" not in shown
