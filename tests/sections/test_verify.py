"""Step-up: each way of confirming, each way it can fail, and what nobody may confirm by."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import time_machine
from django.conf import settings
from django.test import Client, override_settings

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed_people import PASSWORD, add_person
from settings_app.logto.tenant import Tenant
from settings_app.models import AuditEntry, Notice
from settings_app.sections.verify.methods import masked_email, masked_phone
from tests.people import client_of

EMAIL = "ada@winterbourne.example"
TO_EMAIL = "/verify/?next=/email/change/"
BEGUN = "/email/change/"


def is_verified(client: Client) -> bool:
    return client.get(BEGUN).status_code == 200


def code(logto: Logto, recipient: str = EMAIL) -> str:
    return str(logto.state.latest_message(recipient).code)


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06d}"


def test_the_page_says_what_for_and_offers_every_way(ada: Client) -> None:
    page = ada.get(TO_EMAIL).content.decode()
    assert "You’re about to change your email." in page
    assert "We’ll send it to ad•••@winterbourne.example" in page
    assert "We’ll send it to +44 •••• ••••23" in page
    assert 'autocomplete="current-password"' in page
    assert "/sign-in/again/?next=%2Femail%2Fchange%2F" in page


def test_the_right_password_confirms_and_leads_on_under_a_new_session_id(ada: Client) -> None:
    before = ada.cookies[settings.SESSION_COOKIE_NAME].value
    answer = ada.post(TO_EMAIL, {"password": PASSWORD})
    assert answer["Location"] == "/email/change/"
    assert ada.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert is_verified(ada)


def test_a_second_factor_added_elsewhere_ends_the_confirmation(ada: Client, logto: Logto) -> None:
    ada.post(TO_EMAIL, {"password": PASSWORD})
    assert is_verified(ada)
    Tenant.of(settings.SITES[0]).account(logto.state.person("ada").id).add_authenticator("A" * 32)
    assert ada.get(BEGUN)["Location"] == "/verify/?next=%2Femail%2Fchange%2F"
    assert "sign in again" in ada.get(TO_EMAIL).content.decode()


def test_one_that_was_added_in_this_session_does_not(ada: Client, logto: Logto) -> None:
    ada.post(TO_EMAIL, {"password": PASSWORD})
    page = ada.get("/two-step/authenticator/add/").content.decode()
    setup = str(re.findall(r'name="setup" value="([^"]+)"', page)[0])
    secret = "".join(str(re.findall(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", page)[0]).split())
    ada.post("/two-step/authenticator/add/", {"setup": setup, "code": pyotp.TOTP(secret).now()})
    assert logto.state.person("ada").factors
    assert is_verified(ada)


def test_where_the_factors_cannot_be_read_a_password_no_longer_counts(ada: Client, logto: Logto) -> None:
    ada.post(TO_EMAIL, {"password": PASSWORD})
    logto.faults.add("500", path="/api/users/*/mfa-verifications")
    assert ada.get(BEGUN)["Location"] == "/verify/?next=%2Femail%2Fchange%2F"


def test_a_wrong_password_confirms_nothing_and_is_not_sent_back(ada: Client) -> None:
    page = ada.post(TO_EMAIL, {"password": "not-hers-at-all"}).content.decode()
    assert "That’s not your password. Try again." in page
    assert "not-hers-at-all" not in page
    assert not is_verified(ada)


def test_the_sixth_password_within_ten_minutes_is_not_even_checked(ada: Client) -> None:
    answers = [ada.post(TO_EMAIL, {"password": "wrong"}) for _ in range(5)]
    answer = ada.post(TO_EMAIL, {"password": PASSWORD})
    assert {one.status_code for one in answers} == {200}
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 600
    assert "Too many tries. Try again in" in answer.content.decode()
    assert not is_verified(ada)


def test_a_burst_of_failures_is_announced(ada: Client, logto: Logto) -> None:
    [ada.post(TO_EMAIL, {"password": "wrong"}) for _ in range(5)]
    assert Notice.objects.filter(change="step-up").exists()


def test_confirming_is_audited_without_the_password(ada: Client) -> None:
    ada.post(TO_EMAIL, {"password": "wrong"})
    ada.post(TO_EMAIL, {"password": PASSWORD})
    rows = list(AuditEntry.objects.filter(change="step-up").values_list("outcome", "reason"))
    assert rows == [("refused", "password.wrong"), ("done", "")]


def test_a_code_to_the_current_email_confirms(ada: Client, logto: Logto) -> None:
    sent = ada.post("/verify/email/?next=/email/change/")
    answer = ada.post(sent["Location"], {"code": code(logto)})
    assert sent["Location"] == "/verify/confirm/?next=%2Femail%2Fchange%2F"
    assert answer["Location"] == "/email/change/"
    assert is_verified(ada)


def test_a_code_to_the_current_phone_confirms(ada: Client, logto: Logto) -> None:
    ada.post("/verify/phone/")
    answer = ada.post("/verify/confirm/", {"code": code(logto, "447700900123")})
    assert answer["Location"] == "/security/"
    assert is_verified(ada)


def test_a_wrong_code_confirms_nothing(ada: Client, logto: Logto) -> None:
    ada.post("/verify/email/")
    page = ada.post("/verify/confirm/", {"code": wrong(code(logto))}).content.decode()
    assert "That code didn’t match." in page
    assert not is_verified(ada)


def test_a_code_sent_for_a_change_confirms_nothing(db: None, logto: Logto) -> None:
    verified = client_of(logto, "ada", verified=True)
    verified.post("/phone/change/", {"country": "SE", "phone": "070 555 01 43"})
    verified.post("/verify/end/")
    page = verified.post("/verify/confirm/", {"code": code(logto, "46705550143")}).content.decode()
    assert "We haven’t sent you a code yet." in page
    assert not is_verified(verified)


def test_a_lost_answer_to_the_code_confirms_nothing(ada: Client, logto: Logto) -> None:
    ada.post("/verify/email/")
    logto.faults.add("timeout", path="/api/verification-codes/verify")
    answer = ada.post("/verify/confirm/", {"code": "000000"})
    assert answer.status_code == 503
    assert not is_verified(ada)


def test_a_lost_answer_to_the_password_confirms_nothing(ada: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path="/api/users/*/password/verify", after=True)
    answer = ada.post(TO_EMAIL, {"password": PASSWORD})
    assert answer.status_code == 503
    assert not is_verified(ada)


def test_a_code_to_an_address_that_was_replaced_meanwhile_confirms_nothing(ada: Client, logto: Logto) -> None:
    ada.post("/verify/email/")
    right = code(logto)
    logto.state.person("ada").user["primaryEmail"] = "ada@elsewhere.example"
    page = ada.post("/verify/confirm/", {"code": right}).content.decode()
    assert "That changed since we sent the code." in page
    assert not is_verified(ada)


def test_another_code_has_to_wait(ada: Client, logto: Logto) -> None:
    ada.post("/verify/email/")
    ada.post("/verify/email/")
    assert len(logto.state.inbox) == 1
    with time_machine.travel(time.time() + 70):
        ada.post("/verify/email/")
    assert len(logto.state.inbox) == 2


def test_opening_the_sending_address_sends_nothing(ada: Client, logto: Logto) -> None:
    assert ada.get("/verify/email/")["Location"] == "/verify/"
    assert not logto.state.inbox


def test_without_a_mail_connector_other_ways_are_offered(ada: Client, logto: Logto) -> None:
    del logto.state.connectors["connectoremail0000001"]
    shown = ada.get(TO_EMAIL).content.decode()
    page = ada.post("/verify/email/").content.decode()
    assert "Code by email" not in shown
    assert "Code by text message" in shown
    assert "We can’t send codes there right now. Use another way." in page


def test_a_sender_that_fails_is_said_and_other_ways_are_offered(ada: Client, logto: Logto) -> None:
    logto.faults.add("refused", path="/api/verification-codes", times=9)
    answer = ada.post("/verify/email/")
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "Code by text message" in page
    assert 'autocomplete="current-password"' in page


def test_logtos_own_limit_of_messages_has_its_own_words(ada: Client, logto: Logto) -> None:
    email = logto.state.person("ada").user["primaryEmail"]
    logto.state.sent_at[email] = [logto.state.now()] * 10
    answer = ada.post("/verify/email/")
    assert answer.status_code == 429
    assert "We’ve sent too many codes there." in answer.content.decode()


def test_a_person_with_a_second_factor_is_offered_the_fresh_sign_in_alone(amara: Client) -> None:
    page = amara.get(TO_EMAIL).content.decode()
    assert "You use two-step verification, so we ask you to sign in again with your second step." in page
    assert "Code by" not in page
    assert 'autocomplete="current-password"' not in page


@pytest.mark.parametrize("path", ["/verify/?next=/email/change/", "/verify/email/", "/verify/phone/"])
def test_a_second_factor_cannot_be_gone_round(amara: Client, logto: Logto, path: str) -> None:
    answer = amara.post(path, {"password": PASSWORD})
    assert "you need to sign in again to confirm" in answer.content.decode()
    assert not logto.state.inbox
    assert not is_verified(amara)


def test_a_code_sent_before_the_second_factor_came_confirms_no_more(ada: Client, logto: Logto) -> None:
    ada.post("/verify/email/")
    logto.state.person("ada").factors = logto.state.person("amara").factors
    page = ada.post("/verify/confirm/", {"code": code(logto)}).content.decode()
    assert "you need to sign in again to confirm" in page
    assert not is_verified(ada)


def test_codes_as_second_factors_count_as_one(ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["mfa"]["factors"] = ["EmailVerificationCode"]
    page = ada.post(TO_EMAIL, {"password": PASSWORD}).content.decode()
    assert "you need to sign in again to confirm" in page
    assert not is_verified(ada)


def test_when_factors_cannot_be_read_only_the_fresh_sign_in_counts(ada: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users/*/mfa-verifications", times=9)
    shown = ada.get(TO_EMAIL).content.decode()
    page = ada.post(TO_EMAIL, {"password": PASSWORD}).content.decode()
    assert "We can’t tell right now whether you use two-step verification." in shown
    assert "you need to sign in again to confirm" in page
    assert not is_verified(ada)


@pytest.mark.parametrize("handle", ["social", "passkey", "enterprise"])
def test_nobody_is_left_without_a_way(db: None, logto: Logto, handle: str) -> None:
    page = client_of(logto, handle).get(TO_EMAIL).content.decode()
    assert "/sign-in/again/?next=%2Femail%2Fchange%2F" in page


def test_the_fresh_sign_in_goes_to_logto_and_comes_back_confirmed(amara: Client, logto: Logto) -> None:
    out = amara.post("/sign-in/again/?next=/email/change/")
    asked = parse_qs(urlsplit(out["Location"]).query)
    back = urlsplit(logto.authorize("amara", out["Location"]))
    answer = amara.get(f"{back.path}?{back.query}")
    assert asked["prompt"] == ["login"]
    assert asked["max_age"] == ["0"]
    assert answer["Location"] == "/email/change/"
    assert is_verified(amara)


def test_a_fresh_sign_in_of_somebody_else_ends_the_session(amara: Client, logto: Logto) -> None:
    out = amara.post("/sign-in/again/?next=/email/change/")
    back = urlsplit(logto.authorize("ada", out["Location"]))
    answer = amara.get(f"{back.path}?{back.query}")
    assert answer.status_code == 403
    assert amara.get("/security/")["Location"].startswith("/sign-in/")


def test_opening_the_fresh_sign_in_begins_none(amara: Client) -> None:
    assert amara.get("/sign-in/again/").status_code == 405


@pytest.mark.parametrize(
    "next_page",
    [
        "",
        "https://evil.example/email/change/",
        "//evil.example/email/change/",
        "/\\evil.example/",
        "/sign-out/",
        "/nowhere/",
        "/",
    ],
)
def test_it_leads_to_pages_that_ask_for_it_and_nowhere_else(ada: Client, next_page: str) -> None:
    answer = ada.post("/verify/", {"password": PASSWORD}, QUERY_STRING=f"next={next_page}")
    assert answer["Location"] == "/security/"


def test_the_query_of_the_page_is_carried_along(ada: Client) -> None:
    answer = ada.post("/verify/?next=/email/change/%3Fgone%3D1", {"password": PASSWORD})
    assert answer["Location"] == "/email/change/?gone=1"


def test_it_lasts_ten_minutes(ada: Client) -> None:
    ada.post(TO_EMAIL, {"password": PASSWORD})
    with time_machine.travel(time.time() + 599):
        before = ada.get(BEGUN).status_code
    with time_machine.travel(time.time() + 601):
        after = ada.get(BEGUN)
    assert before == 200
    assert after["Location"] == "/verify/?next=%2Femail%2Fchange%2F"


def test_how_long_it_lasts_is_shown_and_it_can_be_ended(verified_ada: Client) -> None:
    shown = verified_ada.get("/verify/").content.decode()
    listed = verified_ada.get("/security/").content.decode()
    verified_ada.get("/verify/end/")
    still = is_verified(verified_ada)
    verified_ada.post("/verify/end/")
    assert "We won’t ask again for" in shown
    assert "We won’t ask again for" in listed
    assert still
    assert not is_verified(verified_ada)


def test_who_is_confirmed_already_goes_straight_on(verified_ada: Client) -> None:
    assert verified_ada.get(TO_EMAIL)["Location"] == "/email/change/"


def test_with_logto_down_the_page_says_so(ada: Client, logto: Logto) -> None:
    logto.faults.add("refused", times=99)
    assert ada.get(TO_EMAIL).status_code == 503


def test_a_session_that_ended_meanwhile_leads_to_sign_in_and_back(ada: Client) -> None:
    with time_machine.travel(time.time() + settings.SESSION_IDLE_SECONDS + 1):
        answer = ada.post(TO_EMAIL, {"password": PASSWORD})
    assert answer["Location"].startswith("/sign-in/?next=%2Fverify%2F")


def test_a_person_with_neither_password_nor_codes_gets_no_password_field(db: None, logto: Logto) -> None:
    add_person(logto.state, "bob", primaryEmail=None, password=None, username="bob")
    page = client_of(logto, "bob").get(TO_EMAIL).content.decode()
    assert "Sign in again to confirm it’s you." in page
    assert "current-password" not in page


def test_addresses_are_half_hidden() -> None:
    assert masked_email("amara@okafor.example") == "am•••@okafor.example"
    assert masked_email("") == ""
    assert masked_phone("46705550142") == "+46 •• ••• •• 42"
    assert masked_phone("") == ""


@pytest.mark.django_db
@pytest.mark.parametrize(("handle", "words"), [("ada", "None of these work?"), ("amara", "Can’t sign in again?")])
def test_help_speaks_of_several_ways_only_where_there_are_some(logto: Logto, handle: str, words: str) -> None:
    with override_settings(SITES=(replace(settings.SITES[0], support_url="https://fernhill.example/help"),)):
        page = client_of(logto, handle).get(TO_EMAIL).content.decode()
    assert words in page
    assert ("None of these" in page) is (handle == "ada")
