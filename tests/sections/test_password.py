"""The password: the tenant's policy, the current one proved, the same one refused, other devices signed out."""

from __future__ import annotations

import json
import logging
import re
import time

import pytest
import time_machine
from django.test import Client

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import SITE_APP_ID
from accountsite.sandbox.seed_people import PASSWORD, add_person, add_session
from accountsite.sandbox.state import password_is_right
from settings_app.logto.types import PasswordPolicy
from settings_app.models import AuditEntry, Session
from settings_app.sections.password.policy import rules, why_not
from tests.people import client_of

NEW = "quiet Orchard 7 walks"


def change(client: Client, password: str = NEW, current: str = PASSWORD, *, others: bool = False) -> str:
    typed = {"current_password": current, "password": password} | ({"sign_out_others": "on"} if others else {})
    return client.post("/password/change/", typed, follow=True).content.decode()


def counts(logto: Logto, password: str, handle: str = "ada") -> bool:
    return password_is_right(logto.state.person(handle), password)


def verdict(client: Client, password: str) -> str:
    page = client.post("/password/check/", {"password": password}).content.decode()
    found = re.search(r'<div id="password-verdict".*?</div>', page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_change_writes_the_new_password(verified_ada: Client, logto: Logto) -> None:
    page = change(verified_ada)
    assert counts(logto, NEW)
    assert "Password changed." in page


def test_a_person_without_password_sets_one(db: None, logto: Logto) -> None:
    add_person(logto.state, "bob", password=None)
    client = client_of(logto, "bob", verified=True, how="code")
    shown = client.get("/password/change/").content.decode()
    page = client.post("/password/change/", {"password": NEW}, follow=True).content.decode()
    assert "current_password" not in shown
    assert counts(logto, NEW, "bob")
    assert "Password set." in page


def test_a_wrong_current_password_changes_nothing(verified_ada: Client, logto: Logto) -> None:
    page = change(verified_ada, current="not-hers")
    assert "That’s not your current password." in page
    assert counts(logto, PASSWORD)


def test_the_current_password_is_asked_for(verified_ada: Client, logto: Logto) -> None:
    page = change(verified_ada, current="")
    assert "Enter your current password." in page
    assert counts(logto, PASSWORD)


def test_guesses_of_the_current_password_are_limited(verified_ada: Client, logto: Logto) -> None:
    [change(verified_ada, current="wrong") for _ in range(5)]
    answer = verified_ada.post("/password/change/", {"current_password": PASSWORD, "password": NEW})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert counts(logto, PASSWORD)


def test_after_a_fresh_sign_in_the_forgotten_password_is_not_asked_for(db: None, logto: Logto) -> None:
    client = client_of(logto, "ada", verified=True, how="forgotten")
    shown = client.get("/password/change/").content.decode()
    client.post("/password/change/", {"password": NEW})
    assert "current_password" not in shown
    assert counts(logto, NEW)


def test_a_password_that_was_forgotten_is_asked_for_once_a_new_one_stands(db: None, logto: Logto) -> None:
    client = client_of(logto, "ada", verified=True, how="forgotten")
    client.post("/password/change/", {"password": NEW})
    page = change(client, "another Orchard 8 walks", current="")
    assert "Enter your current password." in page
    assert counts(logto, NEW)


def test_the_password_typed_on_the_way_here_is_not_asked_for_again_before_one_change(ada: Client, logto: Logto) -> None:
    asked = ada.get("/password/change/", follow=True).content.decode()
    shown = ada.post("/verify/?next=/password/change/", {"password": PASSWORD}, follow=True).content.decode()
    ada.post("/password/change/", {"password": NEW})
    again = change(ada, "another Orchard 8 walks", current="")

    assert 'name="forgotten"' in asked
    assert "/verify/email/" not in asked  # after a code the next page would ask for the password all the same
    assert "Choose a new password" in shown
    assert "current_password" not in shown
    assert "Enter your current password." in again
    assert counts(logto, NEW)


def test_who_has_a_second_step_can_say_at_once_that_the_password_is_forgotten(db: None, logto: Logto) -> None:
    client = client_of(logto, "amara")
    for_password = client.get("/verify/?next=/password/change/").content.decode()
    for_email = client.get("/verify/?next=/email/change/").content.decode()
    assert 'action="/sign-in/again/?next=%2Fpassword%2Fchange%2F"' in for_password
    assert 'name="forgotten"' in for_password
    assert 'name="forgotten"' not in for_email


def test_a_password_that_opens_nothing_yet_says_so_beforehand(db: None, logto: Logto) -> None:
    person = add_person(logto.state, "bob", password=None)
    person.user["primaryEmail"] = person.user["primaryPhone"] = person.user["username"] = None
    client = client_of(logto, "bob", verified=True, how="sign-in")
    words = "You can’t sign in with your password until you add"
    assert words in client.get("/password/change/").content.decode()
    person.user["username"] = "bob"
    assert words not in client.get("/password/change/").content.decode()


@pytest.mark.parametrize("how", ["sign-in", "password", "code"])
def test_a_sign_in_for_anything_else_does_not_stand_for_the_current_password(db: None, logto: Logto, how: str) -> None:
    client = client_of(logto, "ada", verified=True, how=how)
    page = change(client, current="")
    assert "Enter your current password." in page
    assert counts(logto, PASSWORD)


def test_a_verdict_that_all_rules_are_met_ticks_every_rule(verified_ada: Client) -> None:
    page = verified_ada.post("/password/check/", {"password": NEW}).content.decode()
    assert page.count('class="rules__rule"') == page.count("data-is-met") == 4


def test_the_same_password_is_refused(verified_ada: Client, logto: Logto) -> None:
    page = change(verified_ada, PASSWORD)
    assert "That’s the password you have now." in page


def test_the_same_password_is_refused_after_a_fresh_sign_in_too(db: None, logto: Logto) -> None:
    client = client_of(logto, "ada", verified=True, how="forgotten")
    page = client.post("/password/change/", {"password": PASSWORD}).content.decode()
    assert "That’s the password you have now." in page


def test_trying_the_same_password_counts_as_no_failed_guess(verified_ada: Client, logto: Logto) -> None:
    [change(verified_ada, PASSWORD) for _ in range(6)]
    assert "Password changed." in change(verified_ada)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "Enter a new password."),
        ("short", "Use at least 8 characters."),
        ("x" * 257, "Use 256 characters or fewer."),
        ("schöne Wörter 7", "You can’t use these in a password: ö"),
        ("quiet Orchard 7 walks\u200b", "You can’t use invisible characters or special spaces in a password."),
        ("quiet\u00a0Orchard 7 walks", "You can’t use invisible characters or special spaces in a password."),
        ("quiet Orchard 7 walks\r\n", "You can’t use invisible characters or special spaces in a password."),
        ("schöne\u00adWörter 7", "You can’t use these in a password: ö<"),
        ("dragonfly7", "This password has appeared in a data leak"),
        ("winterbourne1", "Too much of it is your name"),
        ("abcdefgh123", "Too much of it is a pattern"),
        ("aaaaaaaaaaa", "Too much of it repeats one character."),
    ],
)
def test_what_the_policy_does_not_take_is_refused_with_the_reason(
    verified_ada: Client, logto: Logto, password: str, words: str
) -> None:
    page = change(verified_ada, password)
    assert words in page
    assert counts(logto, PASSWORD)


def test_length_kinds_and_characters_are_judged_without_logto() -> None:
    policy = PasswordPolicy(min_length=4, max_length=6, min_character_types=2)
    assert why_not("ab12", policy) == []
    assert why_not("ab1", policy) == ["Use at least 4 characters."]
    assert why_not("abcd123", policy) == ["Use 6 characters or fewer."]
    assert why_not("abcd", policy) == ["At least 2 of these: lowercase letters, uppercase letters, numbers, symbols."]
    assert why_not("abc 1", policy) == []
    assert why_not("ab🙂1", policy) == ["You can’t use these in a password: 🙂"]


def test_spaces_at_the_ends_are_part_of_the_password(verified_ada: Client, logto: Logto) -> None:
    change(verified_ada, f" {NEW} ")
    assert counts(logto, f" {NEW} ")


def test_the_policy_is_shown_before_anything_is_typed(verified_ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["passwordPolicy"] = {"length": {"min": 12, "max": 64}, "characterTypes": {"min": 3}}
    page = verified_ada.get("/password/change/").content.decode()
    assert "At least 12 characters" in page
    assert "At least 3 of these: lowercase letters, uppercase letters, numbers, symbols" in page
    assert "Not found in a known data leak" in page


def test_rules_that_the_tenant_switched_off_are_not_shown() -> None:
    policy = PasswordPolicy(rejects_pwned=False, rejects_repetition_and_sequence=False, rejects_user_info=False)
    assert [rule.name for rule in rules(policy)] == ["length", "characters"]


def test_nothing_is_saved_while_the_breach_service_cannot_be_reached(verified_ada: Client, logto: Logto) -> None:
    logto.state.breach_service_reachable = False
    page = change(verified_ada)
    assert "We can’t check it against leaked passwords right now, so nothing was changed." in page
    assert counts(logto, PASSWORD)


def test_the_live_check_tells_what_logto_thinks(verified_ada: Client, logto: Logto) -> None:
    assert verdict(verified_ada, NEW) == "This password meets all the rules."
    assert verdict(verified_ada, "dragonfly7").startswith("This password has appeared in a data leak")
    assert verdict(verified_ada, "short") == "Use at least 8 characters."
    assert counts(logto, PASSWORD)


def test_the_live_check_says_when_it_cannot_tell(verified_ada: Client, logto: Logto) -> None:
    logto.state.breach_service_reachable = False
    unreachable = verdict(verified_ada, NEW)
    logto.faults.add("refused", path="/api/sign-in-exp/default/check-password", times=9)
    down = verdict(verified_ada, NEW)
    assert "against leaked passwords right now" in unreachable
    assert "We can’t check the rest right now." in down


def test_length_is_judged_before_logto_is_asked(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("refused", path="/api/sign-in-exp/default/check-password", times=9)
    assert verdict(verified_ada, "short") == "Use at least 8 characters."


def test_the_live_check_is_limited(verified_ada: Client, logto: Logto) -> None:
    verdicts = [verdict(verified_ada, NEW) for _ in range(61)]
    assert verdicts[59] == "This password meets all the rules."
    assert "We can’t check the rest right now." in verdicts[60]
    assert "Password changed." in change(verified_ada)


def test_the_live_check_takes_no_password_from_an_address(verified_ada: Client, logto: Logto) -> None:
    answer = verified_ada.get(f"/password/check/?password={NEW}")
    assert answer["Location"] == "/password/change/"


def test_no_password_reaches_page_or_log(verified_ada: Client, logto: Logto, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    page = change(verified_ada, "dragonfly7")
    verdict(verified_ada, NEW)
    assert "dragonfly7" not in page
    assert PASSWORD not in page
    assert not [text for text in (NEW, "dragonfly7", PASSWORD) if text in caplog.text]
    assert not [
        text
        for text in (NEW, "dragonfly7", PASSWORD)
        if text in json.dumps(list(AuditEntry.objects.values("reason", "change")))
    ]


def test_password_managers_find_what_they_look_for(verified_ada: Client) -> None:
    page = verified_ada.get("/password/change/").content.decode()
    assert re.search(r'autocomplete="username"\s+value="ada@winterbourne.example"', page)
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="new-password"' in page
    assert re.search(r'<input type="checkbox"[^>]*name="sign_out_others"[^>]*checked', page)


def test_other_devices_are_signed_out_at_logto_and_here(db: None, logto: Logto) -> None:
    verified_ada = client_of(logto, "ada", verified=True, sid="sid-of-the-test")
    ada = logto.state.person("ada")
    here = add_session(logto.state, ada)
    here.payload["authorizations"] = {SITE_APP_ID: {"sid": "sid-of-the-test", "grantId": "g"}}
    add_session(logto.state, ada, hours_ago=3)
    add_session(logto.state, ada, hours_ago=9)
    client_of(logto, "ada", binding="elsewhere")
    page = change(verified_ada, others=True)
    assert re.search(r'banner--ok" data-announce>(?:(?!banner--).)*We signed out 2 other devices\.', page, re.DOTALL)
    assert [uid for uid, one in logto.state.sessions.items() if one.payload["accountId"] == ada.id] == [here.uid]
    assert Session.objects.filter(subject=ada.id, rotated=False).count() == 1
    assert verified_ada.get("/security/").status_code == 200


def test_other_devices_stay_when_that_is_not_wanted(verified_ada: Client, logto: Logto) -> None:
    add_session(logto.state, logto.state.person("ada"), hours_ago=3)
    before = len(logto.state.sessions)
    change(verified_ada)
    assert len(logto.state.sessions) == before


def test_devices_that_could_not_be_signed_out_are_told(verified_ada: Client, logto: Logto) -> None:
    add_session(logto.state, logto.state.person("ada"), hours_ago=3)
    logto.faults.add("500", path="/api/users/*/sessions/*", method="DELETE", times=9)
    page = change(verified_ada, others=True)
    assert "Password changed." in page
    assert "We couldn’t sign out all your devices," in page
    assert counts(logto, NEW)


def test_nobody_else_signed_in_is_told(verified_ada: Client, logto: Logto) -> None:
    logto.state.sessions.clear()
    assert "You weren’t signed in anywhere else." in change(verified_ada, others=True)


def test_this_browser_is_said_to_be_unknown_where_logto_does_not_name_it(verified_ada: Client, logto: Logto) -> None:
    add_session(logto.state, logto.state.person("ada"), hours_ago=3)
    assert "We can’t tell which device is this one" in change(verified_ada, others=True)


def test_a_lost_answer_is_settled_by_asking_which_password_counts(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path="/api/users/*/password", method="PATCH", after=True)
    page = change(verified_ada)
    assert "Password changed." in page
    assert counts(logto, NEW)


def test_a_lost_request_is_told_truthfully(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path="/api/users/*/password", method="PATCH")
    page = change(verified_ada)
    assert "We lost the connection while saving." in page
    assert "Password changed." not in page
    assert counts(logto, PASSWORD)


def test_logto_down_at_the_write_changes_nothing(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users/*/password", method="PATCH")
    answer = verified_ada.post("/password/change/", {"current_password": PASSWORD, "password": NEW})
    assert answer.status_code == 503
    assert counts(logto, PASSWORD)


def test_the_well_known_address_leads_here() -> None:
    assert Client().get("/.well-known/change-password")["Location"] == "/password/change/"


@pytest.mark.parametrize("path", ["/password/change/", "/password/check/"])
def test_a_password_that_is_not_the_persons_to_edit_is_refused(verified_ada: Client, logto: Logto, path: str) -> None:
    logto.state.account_center["fields"]["password"] = "ReadOnly"
    assert verified_ada.post(path, {"current_password": PASSWORD, "password": NEW}).status_code == 403
    assert counts(logto, PASSWORD)


def test_ten_minutes_after_confirming_one_is_asked_again_and_nothing_secret_is_kept(
    verified_ada: Client, logto: Logto
) -> None:
    with time_machine.travel(time.time() + 601):
        answer = verified_ada.post("/password/change/", {"current_password": PASSWORD, "password": NEW})
        page = verified_ada.get(answer["Location"]).content.decode()
    assert answer["Location"] == "/verify/?next=%2Fpassword%2Fchange%2F"
    assert NEW not in page
    assert counts(logto, PASSWORD)
