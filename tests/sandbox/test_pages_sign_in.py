"""The hosted sign-in as a person meets it."""

import pyotp
import pytest

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.interactions import Interactions
from accountsite.sandbox.oidc.person import Browser
from accountsite.sandbox.seed_people import BACKUP_CODES, PASSWORD, TOTP_SECRET
from accountsite.sandbox.web import Answer
from accountsite.sandbox.webhooks import Webhooks
from tests.sandbox.application import CALLBACK, authorization_url, header, parameters_of, post

WRONG = "Incorrect account or password. Please check your input."


@pytest.fixture
def browser(logto: Logto) -> Browser:
    """Has been sent to sign in by the site."""
    browser = Browser(logto)
    browser.get(authorization_url(logto))
    return browser


def submit(browser: Browser, path: str = "/sign-in", **form: str) -> Answer:
    uid = next(reversed(browser.logto.state.part(Interactions).waiting))
    return post(browser.logto, path, {"interaction": uid, **form}, **browser.headers)


def end_of(browser: Browser, answer: Answer) -> str:
    """Where the browser ends after the redirects within the sandbox."""
    location = header(answer, "location")
    while location.startswith("/") and not location.startswith("/mfa"):
        location = header(browser.get(location), "location")
    return location


def test_the_page_lists_everybody_and_says_what_it_is(browser: Browser) -> None:
    page = browser.get("/sign-in").body.decode()

    assert "Sandbox: a pretend Logto for development" in page
    assert "Ada Winterbourne" in page
    assert "passkey only" in page
    assert "40 sessions" in page


def test_without_a_sign_in_under_way_the_page_says_so(logto: Logto) -> None:
    answer = Browser(logto).get("/sign-in")

    assert answer.status == 404
    assert b"Session not found" in answer.body


def test_without_a_sign_in_under_way_the_tenant_may_lead_elsewhere(logto: Logto) -> None:
    logto.state.sign_in_experience["unknownSessionRedirectUrl"] = "https://fernhill.example/"
    assert header(Browser(logto).get("/sign-in"), "location") == "https://fernhill.example/"


def test_two_tabs_share_one_sign_in(logto: Logto, browser: Browser) -> None:
    billing = {"client_id": "fernhillbilling000001", "redirect_uri": "https://billing.fernhill.example/callback"}
    older = browser.cookies["sandbox_interaction"]
    browser.get(authorization_url(logto, **billing))

    first = post(logto, "/sign-in", {"interaction": older, "person": "ada"}, **browser.headers)
    assert end_of(browser, first).startswith("https://billing.fernhill.example/callback?code=")
    second = post(logto, "/sign-in", {"interaction": older, "person": "ada"}, **browser.headers)
    assert second.status == 404


def test_login_hint_is_filled_in(logto: Logto) -> None:
    browser = Browser(logto)
    browser.get(authorization_url(logto, login_hint="ada@winterbourne.example"))

    assert b'value="ada@winterbourne.example"' in browser.get("/sign-in").body


def test_the_language_asked_for_is_shown(logto: Logto) -> None:
    browser = Browser(logto)
    browser.get(authorization_url(logto, ui_locales="sv en"))

    assert b"<code>sv en</code>" in browser.get("/sign-in").body


@pytest.mark.parametrize("handle", ["ada", "social", "passkey", "enterprise", "admin", "rtl", "empty", "heavy"])
def test_picking_a_person_signs_them_in(browser: Browser, handle: str) -> None:
    end = end_of(browser, submit(browser, person=handle))

    assert end.startswith(CALLBACK)
    assert "code" in parameters_of(end)


@pytest.mark.parametrize("identifier", ["ada", "ADA@winterbourne.example", "+44 7700 900123"])
def test_username_email_or_phone_with_password(browser: Browser, identifier: str) -> None:
    assert end_of(browser, submit(browser, identifier=identifier, password=PASSWORD)).startswith(CALLBACK)


@pytest.mark.parametrize("identifier", ["ada", "nobody", "priya@keys.example"])
def test_a_wrong_password_has_logtos_message(browser: Browser, identifier: str) -> None:
    answer = submit(browser, identifier=identifier, password="wrong")

    assert answer.status == 422
    assert WRONG in answer.body.decode()


def test_a_suspended_person_is_refused(browser: Browser) -> None:
    answer = submit(browser, person="suspended")

    assert answer.status == 401
    assert b"This account is suspended." in answer.body


def test_too_many_failures_lock_the_identifier(browser: Browser) -> None:
    browser.logto.state.sign_in_experience["sentinelPolicy"] = {"maxAttempts": 3}

    statuses = [submit(browser, identifier="ada", password="wrong").status for _ in range(3)]
    right = submit(browser, identifier="ada", password=PASSWORD)

    assert statuses == [422, 422, 400]
    assert right.status == 400
    assert b"Please try again in 60 minutes." in right.body


def test_a_second_factor_is_asked(browser: Browser) -> None:
    answer = submit(browser, person="amara")

    assert header(answer, "location").startswith("/mfa-verification?")
    page = browser.get("/mfa-verification").body.decode()
    assert "Use my passkey" in page
    assert pyotp.TOTP(TOTP_SECRET).now() in page


@pytest.mark.parametrize("config", [{"enabled": False}, {"enabled": True, "skipMfaOnSignIn": True}])
def test_a_person_may_have_switched_it_off(browser: Browser, config: dict[str, bool]) -> None:
    browser.logto.state.person("amara").configs["mfa"] = config

    assert end_of(browser, submit(browser, person="amara")).startswith(CALLBACK)


def test_a_mandatory_policy_asks_all_the_same(browser: Browser) -> None:
    browser.logto.state.sign_in_experience["mfa"]["policy"] = "Mandatory"
    browser.logto.state.person("amara").configs["mfa"] = {"enabled": False, "skipMfaOnSignIn": True}

    assert header(submit(browser, person="amara"), "location").startswith("/mfa-verification")


def test_a_passkey_is_enough(browser: Browser) -> None:
    submit(browser, person="amara")

    assert end_of(browser, submit(browser, "/mfa-verification", kind="WebAuthn")).startswith(CALLBACK)


def test_an_authenticator_code(browser: Browser) -> None:
    submit(browser, person="amara")

    wrong = submit(browser, "/mfa-verification", kind="Totp", code="000000")
    right = submit(browser, "/mfa-verification", kind="Totp", code=pyotp.TOTP(TOTP_SECRET).now())

    assert (wrong.status, b"Invalid TOTP code." in wrong.body) == (400, True)
    assert end_of(browser, right).startswith(CALLBACK)


def test_a_backup_code_is_used_up(browser: Browser) -> None:
    submit(browser, person="amara")
    code = BACKUP_CODES[-1]

    first = submit(browser, "/mfa-verification", kind="BackupCode", code=code)
    submit(browser, person="amara")
    again = submit(browser, "/mfa-verification", kind="BackupCode", code=code)

    assert (first.status, again.status) == (303, 400)


def test_a_mailed_code_as_second_factor(browser: Browser) -> None:
    browser.logto.state.sign_in_experience["mfa"]["factors"] = ["EmailVerificationCode"]
    submit(browser, person="ada")

    submit(browser, "/mfa-verification", kind="EmailVerificationCode", send="yes")
    code = browser.logto.state.latest_message("ada@winterbourne.example").code
    answer = submit(browser, "/mfa-verification", kind="EmailVerificationCode", code=code)

    assert end_of(browser, answer).startswith(CALLBACK)


def test_the_second_step_needs_the_first(browser: Browser) -> None:
    answer = submit(browser, "/mfa-verification", kind="WebAuthn")

    assert answer.status == 404


def test_a_new_password_with_a_mailed_code(logto: Logto) -> None:
    browser = Browser(logto)
    browser.get(authorization_url(logto, first_screen="reset_password", login_hint="ada@winterbourne.example"))
    assert b'value="ada@winterbourne.example"' in browser.get("/reset-password").body

    submit(browser, "/reset-password", identifier="ada@winterbourne.example")
    code = logto.state.latest_message("ada@winterbourne.example").code
    weak = submit(browser, "/reset-password/continue", code=code, password="short")
    done = submit(browser, "/reset-password/continue", code=code, password="Heron-lantern-72")

    assert (weak.status, done.status) == (422, 200)
    assert b"Your password has been changed." in done.body
    (row,) = [one for one in logto.state.logs if one["key"] == "Interaction.ForgotPassword.Submit"]
    assert row["payload"]["userId"] == logto.state.person("ada").id
    assert [one.event for one in logto.state.part(Webhooks).deliveries] == ["PostResetPassword"]
    assert end_of(browser, submit(browser, identifier="ada", password="Heron-lantern-72")).startswith(CALLBACK)


def test_a_wrong_reset_code_changes_nothing(logto: Logto) -> None:
    browser = Browser(logto)
    browser.get(authorization_url(logto, first_screen="reset_password"))
    submit(browser, "/reset-password", identifier="ada@winterbourne.example")

    answer = submit(browser, "/reset-password/continue", code="x", password="Heron-lantern-72")

    assert answer.status == 422
    assert logto.state.person("ada").plain_password == PASSWORD
