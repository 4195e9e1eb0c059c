"""The username: by the tenant's policy; a taken one is refused at the field; the last way in stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed_people import add_person
from settings_app.logto.types import UsernamePolicy
from settings_app.sections.username.forms import described, why_not
from tests.people import client_of


def stored(logto: Logto, handle: str = "ada") -> object:
    return logto.state.person(handle).user["username"]


def change(client: Client, username: str) -> str:
    return client.post("/username/change/", {"username": username}, follow=True).content.decode()


def test_change_writes_the_new_username(verified_ada: Client, logto: Logto) -> None:
    page = change(verified_ada, " Ada_1988 ")
    assert stored(logto) == "Ada_1988"
    assert "Username changed." in page


def test_a_person_without_username_adds_one(db: None, logto: Logto) -> None:
    page = change(client_of(logto, "passkey", verified=True), "priya")
    assert stored(logto, "passkey") == "priya"
    assert "Username added." in page


def test_a_taken_username_is_refused_at_the_field(verified_ada: Client, logto: Logto) -> None:
    page = change(verified_ada, "layla")
    assert "Someone else uses that username." in page
    assert 'aria-invalid="true"' in page
    assert 'value="layla"' in page
    assert stored(logto) == "ada"


def test_at_most_thirty_usernames_are_tried_in_an_hour(verified_ada: Client, logto: Logto) -> None:
    """Each answer says whether somebody has it."""
    for _time in range(30):
        assert "Someone else uses that username." in change(verified_ada, "layla")
    answer = verified_ada.post("/username/change/", {"username": "layla"})
    assert answer.status_code == 429
    assert "Someone else uses that username." not in answer.content.decode()


def test_saving_the_same_username_closes_quietly(verified_ada: Client, logto: Logto) -> None:
    answer = verified_ada.post("/username/change/", {"username": "ada"})
    assert answer["Location"] == "/security/"


@pytest.mark.parametrize(
    ("username", "policy", "words"),
    [
        ("1ada", {}, "Start with a letter or an underscore"),
        ("ada-w", {}, "Use only the letters a to z"),
        ("адам", {}, "Use only the letters a to z"),
        ("ad", {"min_length": 3}, "Use at least 3 characters."),
        ("adaada", {"max_length": 5}, "Use 5 characters or fewer."),
        ("Ada", {"uppercase": False}, "Don’t use uppercase letters."),
        ("Ada", {"lowercase": False}, "Don’t use lowercase letters."),
        ("ada1", {"numbers": False}, "Don’t use numbers."),
        ("ada_", {"underscore": False}, "Don’t use underscores."),
        ("_Ada_1", {}, ""),
    ],
)
def test_the_tenants_policy_is_kept(username: str, policy: dict[str, Any], words: str) -> None:
    assert words in why_not(username, UsernamePolicy(**policy))
    assert bool(words) == bool(why_not(username, UsernamePolicy(**policy)))


def test_a_username_against_the_policy_never_reaches_logto(verified_ada: Client, logto: Logto) -> None:
    page = change(verified_ada, "ad")
    assert "Use at least 3 characters." in page
    assert stored(logto) == "ada"


def test_the_policy_is_shown_before_anything_is_typed(verified_ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["usernamePolicy"]["allowedChars"]["uppercase"] = False
    page = verified_ada.get("/username/change/").content.decode()
    words = "It can’t start with a number. Use 3 to 128 characters: lowercase letters, numbers, underscores."
    assert words in page


def test_a_policy_without_numbers_warns_of_none() -> None:
    policy = UsernamePolicy(min_length=4, max_length=9, uppercase=False, numbers=False, underscore=False)
    assert described(policy) == "Use 4 to 9 characters: lowercase letters."


def test_letters_of_both_cases_are_one_kind_in_words(verified_ada: Client) -> None:
    assert "Use 3 to 128 characters: letters a to z, numbers, underscores" in (
        verified_ada.get("/username/change/").content.decode()
    )


def test_logto_down_keeps_what_was_typed(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("refused", path="/api/users/*", method="PATCH")
    answer = verified_ada.post("/username/change/", {"username": "ada2"})
    assert answer.status_code == 503
    assert 'value="ada2"' in answer.content.decode()


def test_a_lost_answer_is_settled_by_reading_again(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path="/api/users/*", method="PATCH", after=True)
    assert "Username changed." in change(verified_ada, "ada2")


def test_remove_takes_the_username_away(verified_ada: Client, logto: Logto) -> None:
    shown = verified_ada.get("/username/remove/").content.decode()
    page = verified_ada.post("/username/remove/", follow=True).content.decode()
    assert "Remove the username ada?" in shown
    assert "Username removed." in page
    assert stored(logto) is None


def test_the_username_that_is_the_only_way_in_stays(db: None, logto: Logto) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = []
    page = client_of(logto, "empty", verified=True).post("/username/remove/").content.decode()
    assert "It’s your only way to sign in." in page
    assert stored(logto, "empty") == "nobody_yet"


def test_a_username_that_the_tenant_requires_stays(verified_ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = ["username"]
    page = verified_ada.post("/username/remove/").content.decode()
    assert "Every account needs a username" in page
    assert stored(logto) == "ada"


def test_a_social_account_that_is_switched_off_is_no_way_in(db: None, logto: Logto) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = []
    logto.state.sign_in_experience["socialSignInConnectorTargets"] = []
    bob = add_person(logto.state, "bob", primaryEmail=None, username="bob")
    bob.user["identities"] = {"google": {"userId": "g", "details": {}}}
    client_of(logto, "bob", verified=True).post("/username/remove/")
    assert stored(logto, "bob") == "bob"


@pytest.mark.parametrize("path", ["/username/change/", "/username/remove/"])
def test_a_read_only_username_is_refused(verified_ada: Client, logto: Logto, path: str) -> None:
    logto.state.account_center["fields"]["username"] = "ReadOnly"
    assert verified_ada.post(path, {"username": "ada2"}).status_code == 403
    assert stored(logto) == "ada"
