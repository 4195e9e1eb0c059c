"""Codes by email and text message (docs/logto.md 3, 0.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accountsite.sandbox.state import State
from tests.contract.calls import Api, guard_issues, refusal

CODES = "/api/verification-codes"
CHECK = "/api/verification-codes/verify"
SHORTEST_LIFE_SECONDS = 60
ReadCode = Callable[[str], str]


@pytest.fixture
def address(unique: str) -> str:
    return f"{unique}@example.test"


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.mark.needs_email_codes
def test_code_is_good_once(api: Api, address: str, email_code: ReadCode) -> None:
    sent = api.post(CODES, {"email": address})
    assert (sent.status_code, sent.content) == (204, b"")
    answer = {"email": address, "verificationCode": email_code(address)}
    assert len(answer["verificationCode"]) == 6
    assert api.post(CHECK, answer).status_code == 204
    assert refusal(api.post(CHECK, answer)) == (400, "verification_code.not_found")


@pytest.mark.needs_text_codes
def test_code_by_text_message(api: Api, phone: str, text_code: ReadCode) -> None:
    assert api.post(CODES, {"phone": phone}).status_code == 204
    answer = {"phone": phone, "verificationCode": text_code(phone)}
    assert api.post(CHECK, answer).status_code == 204
    assert refusal(api.post(CHECK, answer)) == (400, "verification_code.not_found")


@pytest.mark.needs_email_codes
def test_wrong_code_leaves_the_right_one_good(api: Api, address: str, email_code: ReadCode) -> None:
    api.post(CODES, {"email": address})
    right = email_code(address)
    wrong = {"email": address, "verificationCode": another(right)}
    assert refusal(api.post(CHECK, wrong)) == (400, "verification_code.code_mismatch")
    assert api.post(CHECK, wrong | {"verificationCode": right}).status_code == 204


@pytest.mark.needs_email_codes
def test_recipient_is_compared_letter_by_letter(api: Api, address: str, email_code: ReadCode) -> None:
    api.post(CODES, {"email": address})
    answer = {"email": address.upper(), "verificationCode": email_code(address)}
    assert refusal(api.post(CHECK, answer)) == (400, "verification_code.not_found")


@pytest.mark.needs_email_codes
def test_newer_code_replaces_the_older(api: Api, address: str, email_code: ReadCode) -> None:
    api.post(CODES, {"email": address})
    first = email_code(address)
    api.post(CODES, {"email": address, "usageType": "SignIn", "locale": "de"})
    second = email_code(address)
    if first != second:
        old = {"email": address, "verificationCode": first}
        assert refusal(api.post(CHECK, old)) == (400, "verification_code.code_mismatch")
    assert api.post(CHECK, {"email": address, "verificationCode": second}).status_code == 204


@pytest.mark.needs_email_codes
def test_email_wins_over_phone(api: Api, address: str, phone: str, email_code: ReadCode) -> None:
    assert api.post(CODES, {"email": address, "phone": phone}).status_code == 204
    assert email_code(address)
    nothing = {"phone": phone, "verificationCode": "123456"}
    assert refusal(api.post(CHECK, nothing)) == (400, "verification_code.not_found")


def test_no_code_was_sent(api: Api, address: str) -> None:
    answer = {"email": address, "verificationCode": "123456"}
    assert refusal(api.post(CHECK, answer)) == (400, "verification_code.not_found")


@pytest.mark.needs_email_codes
@pytest.mark.needs_default_code_policy
def test_ten_wrong_answers_use_a_code_up(
    api: Api, address: str, email_code: ReadCode, change_settings: Callable[..., Any]
) -> None:
    if api.get("/api/sign-in-exp").json()["verificationCodePolicy"]:
        change_settings(verificationCodePolicy={})
    api.post(CODES, {"email": address})
    right = email_code(address)
    wrong = {"email": address, "verificationCode": another(right)}
    for _ in range(10):
        assert refusal(api.post(CHECK, wrong)) == (400, "verification_code.code_mismatch")
    assert refusal(api.post(CHECK, wrong)) == (400, "verification_code.exceed_max_try")
    last = {"email": address, "verificationCode": right}
    assert refusal(api.post(CHECK, last)) == (400, "verification_code.exceed_max_try")


@pytest.mark.needs_email_codes
@pytest.mark.needs_tenant_to_change
@pytest.mark.timeout(180)  # a real server takes a minute to let a code expire
def test_old_code_has_expired(
    api: Api, address: str, email_code: ReadCode, change_settings: Callable[..., Any], wait: Callable[[float], None]
) -> None:
    change_settings(verificationCodePolicy={"expirationDuration": SHORTEST_LIFE_SECONDS})
    api.post(CODES, {"email": address})
    right = email_code(address)
    wait(SHORTEST_LIFE_SECONDS + 1)
    for code in (right, another(right)):
        answer = {"email": address, "verificationCode": code}
        assert refusal(api.post(CHECK, answer)) == (400, "verification_code.expired")


@pytest.mark.needs_email_codes
def test_eleventh_message_to_one_recipient(api: Api, address: str, email_code: ReadCode) -> None:
    for _ in range(10):
        assert api.post(CODES, {"email": address}).status_code == 204
    last = email_code(address)
    for recipient in (address, address.upper()):
        answer = api.post(CODES, {"email": recipient})
        assert refusal(answer) == (429, "request.message_rate_limited")
        assert "Retry-After" not in answer.headers
    assert api.post(CHECK, {"email": address, "verificationCode": last}).status_code == 204


@pytest.mark.needs_no_email_connector
def test_no_connector_and_no_template(api: Api, address: str, tenant: State) -> None:
    tenant.connectors["connectoremail0000001"]["config"]["templates"] = []
    assert refusal(api.post(CODES, {"email": address})) == (400, "connector.template_not_found")
    del tenant.connectors["connectoremail0000001"]
    assert refusal(api.post(CODES, {"email": address})) == (501, "connector.not_found")


@pytest.mark.parametrize(("body", "where"), [({"email": "x"}, "email"), ({"phone": "+12025550160"}, "phone")])
def test_malformed_recipient(api: Api, body: Any, where: str) -> None:
    assert guard_issues(api.post(CODES, body)) == [("invalid_string", where)]


def test_recipient_is_needed(api: Api) -> None:
    assert guard_issues(api.post(CODES, {})) == [("invalid_union", "")]


def test_code_must_be_a_text(api: Api) -> None:
    email = {"email": "x@example.test"}
    assert guard_issues(api.post(CHECK, email)) == [("invalid_union", "")]
    assert guard_issues(api.post(CHECK, email | {"verificationCode": 123456})) == [("invalid_union", "")]
    assert guard_issues(api.post(CHECK, email | {"verificationCode": ""})) == [("too_small", "verificationCode")]
