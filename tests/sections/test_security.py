"""The page "Sign-in and security": what is there, what may be done about it, and what the tenant decides."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accountsite.sandbox.logto import Logto
from tests.people import client_of


def page(client: Client) -> str:
    answer = client.get("/security/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_lists_what_one_signs_in_with(ada: Client) -> None:
    shown = page(ada)
    assert "ada@winterbourne.example" in shown
    assert "+44 7700 900123" in shown
    assert "/username/change/" in shown
    assert "/password/change/" in shown


def test_what_is_not_set_can_be_added(empty: Client) -> None:
    shown = page(empty)
    assert re.search(r'id="row-email".*?Not set.*?id="row-phone".*?Not set', shown, re.DOTALL)
    assert "/email/change/" in shown
    assert "/email/remove/" not in shown


def test_a_password_that_lets_nobody_in_says_what_is_missing(empty: Client, logto: Logto) -> None:
    assert "until you add" not in page(empty)
    logto.state.person("empty").user["username"] = None
    assert "You can’t sign in with your password until you add an email or a phone number." in page(empty)


def test_it_is_marked_in_the_navigation(ada: Client) -> None:
    assert 'href="/security/" aria-current="page"' in " ".join(page(ada).split())


@pytest.mark.parametrize("field", ["email", "phone", "username", "password"])
def test_a_read_only_field_has_no_actions_and_says_who_can_change_it(ada: Client, logto: Logto, field: str) -> None:
    logto.state.account_center["fields"][field] = "ReadOnly"
    shown = page(ada)
    assert f"/{field}/change/" not in shown
    assert f"/{field}/remove/" not in shown
    assert "Only Fernhill can change this." in shown


@pytest.mark.parametrize("field", ["email", "phone", "username", "password"])
def test_a_field_that_is_off_is_not_shown(ada: Client, logto: Logto, field: str) -> None:
    logto.state.account_center["fields"][field] = "Off"
    assert f'id="row-{field}"' not in page(ada)


def test_without_an_account_center_everything_is_the_persons_to_edit(ada: Client, logto: Logto) -> None:
    logto.state.account_center |= {"enabled": False, "fields": {}}
    assert "/email/change/" in page(ada)


def test_without_text_messages_a_phone_number_is_not_offered(empty: Client, logto: Logto) -> None:
    del logto.state.connectors["connectorsms000000001"]
    assert 'id="row-phone"' not in page(empty)


def test_a_number_without_text_messages_can_only_be_removed(ada: Client, logto: Logto) -> None:
    del logto.state.connectors["connectorsms000000001"]
    shown = page(ada)
    assert "/phone/remove/" in shown
    assert "/phone/change/" not in shown


def test_a_username_nobody_signs_in_with_can_only_be_removed(ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["signIn"]["methods"] = [
        method for method in logto.state.sign_in_experience["signIn"]["methods"] if method["identifier"] != "username"
    ]
    shown = page(ada)
    assert "/username/remove/" in shown
    assert "/username/change/" not in shown


def test_a_change_begun_in_another_browser_can_only_be_cancelled_here(ada: Client, logto: Logto) -> None:
    elsewhere = client_of(logto, "ada", verified=True, binding="elsewhere")
    elsewhere.post("/email/change/", {"email": "ada@new.example"})
    shown = page(ada)
    assert "This was started in another browser." in shown
    assert "/email/cancel/" in shown
    assert "/email/resend/" not in shown


def test_a_change_cancelled_here_ends_in_the_other_browser(ada: Client, logto: Logto) -> None:
    elsewhere = client_of(logto, "ada", verified=True, binding="elsewhere")
    elsewhere.post("/email/change/", {"email": "ada@new.example"})
    code = logto.state.latest_message("ada@new.example").code
    ada.post("/email/cancel/")
    elsewhere.post("/email/confirm/", {"code": code})
    assert logto.state.person("ada").user["primaryEmail"] == "ada@winterbourne.example"


def test_one_part_that_cannot_be_read_leaves_the_rest(ada: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/connectors", times=9)
    logto.faults.add("500", path="/api/users/*/mfa-verifications", times=9)
    assert "ada@winterbourne.example" in page(ada)


def test_with_logto_down_the_page_says_so(ada: Client, logto: Logto) -> None:
    logto.faults.add("refused", times=99)
    assert ada.get("/security/").status_code == 503
