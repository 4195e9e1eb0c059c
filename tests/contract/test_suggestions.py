"""What Logto suggests at sign-in, once (docs/logto.md 7.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.calls import Api, refusal
from tests.contract.person import Application, Browser

pytestmark = pytest.mark.needs_tenant_to_change

User = dict[str, Any]
Change = Callable[..., Any]
SUBMIT = "/api/experience/submit"
SKIP = "/api/experience/profile/mfa"


@pytest.fixture
def identified(browser: Browser, application: Application, user: User) -> Browser:
    """The person has typed name and password, and nothing else."""
    browser.begin(application)
    browser.identify(user)
    return browser


def test_a_passkey_is_suggested_until_it_is_skipped(
    api: Api, change_settings: Change, identified: Browser, path: str
) -> None:
    change_settings(passkeySignIn={"enabled": True}, mfa={"factors": [], "policy": "NoPrompt"})
    assert refusal(identified.post(SUBMIT)) == (422, "user.passkey_preferred")
    assert identified.post(f"{SKIP}/passkey-skipped").status_code == 204
    assert identified.post(SUBMIT).status_code == 200
    assert api.get(f"{path}/logto-configs").json()["passkeySignIn"] == {"skipped": True}


def test_a_second_factor_is_suggested_until_it_is_skipped(
    api: Api, change_settings: Change, identified: Browser, path: str
) -> None:
    change_settings(passkeySignIn={"enabled": False}, mfa={"factors": ["Totp"], "policy": "UserControlled"})
    assert refusal(identified.post(SUBMIT)) == (422, "user.suggest_mfa")
    assert identified.post(f"{SKIP}/mfa-skipped").status_code == 204
    assert identified.post(SUBMIT).status_code == 200
    assert api.get(f"{path}/logto-configs").json()["mfa"]["skipped"] is True


def test_whoever_removed_the_factor_that_was_switched_on_is_asked_for_another(
    api: Api, change_settings: Change, identified: Browser, path: str
) -> None:
    change_settings(passkeySignIn={"enabled": False}, mfa={"factors": ["Totp"], "policy": "UserControlled"})
    assert api.patch(f"{path}/logto-configs", {"mfa": {"enabled": True}}).status_code == 200
    answer = identified.post(SUBMIT)
    assert refusal(answer) == (422, "user.missing_mfa")
    assert answer.json()["data"] == {"availableFactors": ["Totp"], "skippable": True}


def test_where_a_second_factor_is_a_must_it_cannot_be_skipped(
    api: Api, change_settings: Change, identified: Browser
) -> None:
    change_settings(passkeySignIn={"enabled": False}, mfa={"factors": ["Totp"], "policy": "Mandatory"})
    answer = identified.post(SUBMIT)
    assert refusal(answer) == (422, "user.missing_mfa")
    assert answer.json()["data"] == {"availableFactors": ["Totp"]}
    skipped = identified.post(f"{SKIP}/mfa-skipped")
    assert refusal(skipped) == (422, "session.mfa.mfa_policy_not_user_controlled")
