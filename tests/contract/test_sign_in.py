"""Signing in on Logto's own pages: age, second factors, who was there before (docs/logto.md 7, 15.3)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pyotp
import pytest

from tests.contract.calls import Api, refusal
from tests.contract.person import Application, Browser, RefusedAtLogtoError, claims_of

pytestmark = pytest.mark.needs_tenant_to_change

User = dict[str, Any]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def other(new_user: Callable[..., User], unique: str) -> User:
    name = f"{unique}b"
    return new_user(username=name, password=f"Pass-{name}-word")


@pytest.fixture
def second_factor(api: Api, path: str, change_settings: Callable[..., Any]) -> str:
    """The person has an authenticator, and the tenant leaves it to people whether to use one."""
    change_settings(mfa={"factors": ["Totp"], "policy": "UserControlled"})
    assert api.post(f"{path}/mfa-verifications", {"type": "Totp", "secret": SECRET}).status_code == 200
    return SECRET


def auth_time(token: dict[str, Any]) -> int | None:
    found: int | None = claims_of(token["id_token"]).get("auth_time")
    return found


def test_time_of_signing_in_is_told_only_to_those_who_ask(
    user: User, browser: Browser, application: Application
) -> None:
    assert auth_time(browser.tokens(application, user)) is None
    asked = auth_time(browser.tokens(application, user, max_age="86400"))
    assert asked is not None
    assert abs(asked - time.time()) < 60
    assert auth_time(browser.tokens(application, user, prompt="login")) is not None


def test_an_older_session_answers_with_its_old_time(
    user: User, browser: Browser, application: Application, wait: Callable[[float], None]
) -> None:
    first = auth_time(browser.tokens(application, user, max_age="86400"))
    wait(3)
    assert auth_time(browser.tokens(application, user, max_age="86400")) == first
    renewed = auth_time(browser.tokens(application, user, max_age="1"))
    assert first is not None
    assert renewed is not None
    assert renewed >= first + 3


def test_max_age_of_zero_asks_again(
    api: Api, user: User, browser: Browser, application: Application, wait: Callable[[float], None]
) -> None:
    browser.tokens(application, user)
    assert browser.sign_in(application, user, prompt="none")["code"]
    wait(2)
    again = auth_time(browser.tokens(application, user, max_age="0"))
    assert again is not None
    sessions = api.get(f"/api/users/{user['id']}/sessions").json()["sessions"]
    assert [session["payload"]["loginTs"] for session in sessions] == [again]


def test_silence_answers_nobody_and_newcomers_no(user: User, browser: Browser, new_application: Any) -> None:
    first, second = new_application(), new_application()
    assert browser.sign_in(first, user, prompt="none")["error"] == "login_required"
    browser.tokens(first, user)
    assert browser.sign_in(second, user, prompt="none")["error"] == "consent_required"


def test_somebody_elses_sign_in_ends_the_earlier_session(
    api: Api, user: User, path: str, other: User, browser: Browser, application: Application
) -> None:
    first = claims_of(browser.tokens(application, user)["id_token"])
    second = claims_of(browser.tokens(application, other, prompt="login")["id_token"])
    assert (first["sub"], second["sub"]) == (user["id"], other["id"])
    assert api.get(f"{path}/sessions").json() == {"sessions": []}
    assert len(api.get(f"/api/users/{other['id']}/sessions").json()["sessions"]) == 1


def test_first_sign_in_names_the_application(
    api: Api, user: User, path: str, browser: Browser, application: Application
) -> None:
    assert (user["applicationId"], user["lastSignInAt"]) == (None, None)
    browser.tokens(application, user)
    read = api.get(path).json()
    assert read["applicationId"] == application.id
    assert read["lastSignInAt"] is not None


def test_suspended_person_is_refused(
    api: Api, user: User, path: str, browser: Browser, application: Application
) -> None:
    api.patch(f"{path}/is-suspended", {"isSuspended": True})
    with pytest.raises(RefusedAtLogtoError) as refused:
        browser.sign_in(application, user)
    assert refusal(refused.value.answer) == (401, "user.suspended")


@pytest.mark.usefixtures("second_factor")
def test_second_factor_is_asked_for(api: Api, user: User, browser: Browser, application: Application) -> None:
    """And the sign-in is written down as one that failed (docs/logto.md 9)."""
    with pytest.raises(RefusedAtLogtoError) as refused:
        browser.sign_in(application, user)
    assert refusal(refused.value.answer) == (403, "session.mfa.require_mfa_verification")
    (row,) = api.get(f"/api/logs?userId={user['id']}&logKey=Interaction.SignIn.Submit").json()
    assert (row["payload"]["result"], row["payload"]["error"]["code"]) == (
        "Error",
        "session.mfa.require_mfa_verification",
    )
    assert refused.value.answer.json()["data"]["availableFactors"] == ["Totp"]
    with pytest.raises(RefusedAtLogtoError) as wrong:
        browser.sign_in(application, user, code="000000")
    assert refusal(wrong.value.answer) == (400, "session.mfa.invalid_totp_code")


def test_second_factor_lets_the_person_in(
    user: User, browser: Browser, application: Application, second_factor: str
) -> None:
    assert browser.sign_in(application, user, code=pyotp.TOTP(second_factor).now())["code"]


def test_a_code_of_an_authenticator_is_good_once(
    api: Api, user: User, browser: Browser, application: Application, second_factor: str
) -> None:
    """Also in another browser; nothing of its use is told (docs/logto.md 7.1)."""
    code = pyotp.TOTP(second_factor).now()
    assert browser.sign_in(application, user, code=code)["code"]
    with pytest.raises(RefusedAtLogtoError) as again:
        Browser(api).sign_in(application, user, code=code)
    assert refusal(again.value.answer) == (400, "session.mfa.invalid_totp_code")
    (factor,) = api.get(f"/api/users/{user['id']}/mfa-verifications").json()
    assert factor.keys() == {"id", "type", "createdAt"}


@pytest.mark.usefixtures("second_factor")
def test_the_code_before_one_that_was_used_is_no_good(
    api: Api, user: User, browser: Browser, application: Application, second_factor: str
) -> None:
    app, now = pyotp.TOTP(second_factor), time.time()
    assert browser.sign_in(application, user, code=app.at(int(now)))["code"]
    with pytest.raises(RefusedAtLogtoError) as older:
        Browser(api).sign_in(application, user, code=app.at(int(now) - 30))
    assert refusal(older.value.answer) == (400, "session.mfa.invalid_totp_code")
    assert Browser(api).sign_in(application, user, code=app.at(int(now) + 30))["code"]


def test_a_code_of_an_authenticator_that_one_has_not_is_wrong(
    api: Api, user: User, browser: Browser, application: Application
) -> None:
    browser.begin(application)
    browser.identify(user)
    answer = browser.post("/api/experience/verification/totp/verify", {"code": "123456"})
    assert refusal(answer) == (400, "session.mfa.invalid_totp_code")
    backup = browser.post("/api/experience/verification/backup-code/verify", {"code": "0123456789"})
    assert refusal(backup) == (400, "session.mfa.invalid_backup_code")


@pytest.mark.usefixtures("second_factor")
@pytest.mark.parametrize("setting", [{"skipMfaOnSignIn": True}, {"enabled": False}])
def test_second_factor_that_is_switched_off_is_not_asked_for(
    api: Api, user: User, path: str, browser: Browser, application: Application, setting: dict[str, bool]
) -> None:
    assert api.patch(f"{path}/logto-configs", {"mfa": setting}).status_code == 200
    assert browser.sign_in(application, user)["code"]


@pytest.mark.usefixtures("second_factor")
def test_a_mandatory_policy_asks_all_the_same(
    api: Api, user: User, path: str, browser: Browser, application: Application, change_settings: Callable[..., Any]
) -> None:
    api.patch(f"{path}/logto-configs", {"mfa": {"skipMfaOnSignIn": True}})
    change_settings(mfa={"factors": ["Totp"], "policy": "Mandatory"})
    with pytest.raises(RefusedAtLogtoError) as refused:
        browser.sign_in(application, user)
    assert refusal(refused.value.answer) == (403, "session.mfa.require_mfa_verification")


def test_two_tabs_share_one_sign_in(
    api: Api, user: User, browser: Browser, new_application: Callable[..., Application]
) -> None:
    older, newer = new_application(), new_application()
    browser.begin(older)
    browser.begin(newer)
    location = browser.finish(user)
    assert urlsplit(location).path.startswith("/oidc/auth")
    assert browser.goes_on(location, newer)["code"]


def test_a_page_without_a_sign_in_leads_where_the_tenant_says(
    browser: Browser, change_settings: Callable[..., Any]
) -> None:
    change_settings(unknownSessionRedirectUrl="https://account.example.test/")
    assert browser.open("/sign-in").headers["Location"] == "https://account.example.test/"
