"""The overview: who is signed in, and a card for each section."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.gathered.navigation import EVERY
from settings_app.gathered.overview import views
from settings_app.logto.errors import Unavailable
from settings_app.logto.tenant import Tenant
from settings_app.shell.section import Card, Check, Finding
from tests.people import client_of


def test_show_has_the_identity_and_a_card_for_the_profile(ada: Client) -> None:
    page = ada.get("/").content.decode()

    for text in ("Ada Winterbourne", "ada@winterbourne.example", "9 March 1988", "Europe/London", "Edit your profile"):
        assert text in page


def test_show_summarises_how_one_signs_in(amara: Client) -> None:
    page = amara.get("/").content.decode()

    assert "Email, phone, username, password, 2 passkeys, Google, Harbour Energy" in page
    assert "Google" in page


def test_show_of_somebody_who_filled_in_nothing(empty: Client) -> None:
    page = empty.get("/")

    assert page.status_code == 200
    assert "Nothing added yet" in page.content.decode()


def test_show_when_logto_is_down_says_so(ada: Client, logto: Logto) -> None:
    logto.faults.add("500", times=9)

    assert ada.get("/").status_code == 503


def failing(*_asked: object) -> None:
    raise Unavailable("GET", "/api/users/{id}/sessions")


def test_a_card_that_cannot_be_read_leaves_the_others_alone(
    ada: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    card = Card("Devices", "devices", failing)  # type: ignore[arg-type]  # it never comes to a summary
    monkeypatch.setattr(views, "CARDS", views.CARDS | {"connections": card})

    page = ada.get("/").content.decode()

    assert "We couldn’t load this part." in page
    assert "Edit your profile" in page
    [reference] = re.findall(r'Reference <bdi class="mono" dir="ltr">(\w+)</bdi>', page)
    assert reference
    assert "connections failed: " in caplog.text


def test_a_section_with_a_card_or_a_line_in_the_navigation_has_an_address_of_its_own() -> None:
    named = {section.name for section in EVERY if section.card or section.entry}
    assert named <= {address.name for section in EVERY for address in section.addresses}


def one_of_each_state() -> tuple[Check, ...]:
    done = Finding("done", "Email added", "We can reach you")
    todo = Finding("todo", "Check a new device", "Was it you?", "profile", "Review device")
    attention = Finding("attention", "Get new backup codes", "You have 2 left", "profile", "Get new codes")
    return tuple(Check(lambda _request, _reads, line=line: line) for line in (done, todo, attention))  # type: ignore[misc]  # the loop's value is bound by a default


def test_the_check_up_begins_with_what_is_urgent(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "CHECKS", one_of_each_state())

    page = ada.get("/").content.decode()

    assert page.index("Get new backup codes") < page.index("Check a new device") < page.index("Email added")
    assert "1 of 3 done. 2 things need your attention." in page


def test_the_check_up_is_one_line_when_all_is_done(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "CHECKS", one_of_each_state()[:1])

    page = ada.get("/").content.decode()

    assert "Your account is in good shape." in page
    assert "Email added" not in page


def test_a_check_that_cannot_be_read_is_left_out(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "CHECKS", (Check(failing),))

    assert "check-up" not in ada.get("/").content.decode()


def test_a_check_up_that_could_not_be_made_says_so_and_offers_another_try(
    ada: Client, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    again = r'right now\.\s*<a href="{}">Try again</a>'
    for checks, paths in ((one_of_each_state(), ("/", "/check-up/")), ((), ("/check-up/",))):
        monkeypatch.setattr(views, "CHECKS", (*checks, Check(failing)))
        for path in paths:
            with subtests.test(path=path, checks=len(checks)):
                page = ada.get(path).content.decode()
                assert re.search(again.format(path), page)
                assert "nothing we can check" not in page
    monkeypatch.setattr(views, "CHECKS", one_of_each_state())
    assert "Try again" not in ada.get("/check-up/").content.decode()


def test_the_check_up_asks_for_backup_codes_when_few_are_left(amara: Client) -> None:
    assert "2 of 5 done. 3 things need your attention." in amara.get("/").content.decode()
    page = amara.get("/check-up/").content.decode()

    assert "You have 2 of 10 left." in page
    assert "Authenticator app and 2 passkeys" in page
    assert "Email and phone added" in page


def test_the_check_up_offers_a_second_step_to_who_has_none(ada: Client) -> None:
    page = ada.get("/").content.decode()

    assert "Turn on two-step verification" in page
    assert "backup codes" not in page


def test_the_check_up_says_nothing_of_what_the_tenant_switched_off(empty: Client, logto: Logto) -> None:
    fields = logto.state.account_center["fields"]
    fields |= {"mfa": "Off", "passkey": "Off", "email": "ReadOnly", "phone": "Off", "password": "Off", "social": "Off"}

    assert "check-up" not in empty.get("/").content.decode()


def test_the_check_up_of_somebody_without_an_email_offers_to_add_one(empty: Client) -> None:
    assert "Add an email" in empty.get("/").content.decode()


def test_when_second_steps_cannot_be_read_the_rest_stands(ada: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users/*/mfa-verifications", times=9)

    page = ada.get("/").content.decode()

    assert "We couldn’t load this part." in page
    assert "We couldn’t check everything right now." in page
    assert "good shape" not in page
    assert "Edit your profile" in page


def test_the_check_up_tells_who_has_only_one_way_to_sign_in(logto: Logto, db: None, subtests: pytest.Subtests) -> None:
    """But not where a forgotten password can be replaced by a code, nor where nothing could be added."""
    add = "Add another way to sign in"

    def page(handle: str) -> str:
        return client_of(logto, handle).get("/check-up/").content.decode()

    with subtests.test("one account elsewhere"):
        assert "You can sign in with Google and with nothing else." in page("social")
    with subtests.test("several"):
        assert add not in page("amara")
    logto.state.sign_in_experience["signIn"]["methods"] = [
        {"identifier": "username", "password": True, "verificationCode": False, "isPasswordPrimary": True}
    ]
    Tenant.forget_all()
    with subtests.test("a password that a code replaces"):
        assert add not in page("ada")
    logto.state.sign_in_experience["forgotPasswordMethods"] = []
    Tenant.forget_all()
    with subtests.test("a password that nothing replaces"):
        assert "You can sign in with your password and with nothing else." in page("ada")
    logto.state.account_center["fields"] |= dict.fromkeys(("email", "phone", "password", "social", "mfa"), "ReadOnly")
    logto.state.account_center["fields"].pop("passkey", None)
    Tenant.forget_all()
    with subtests.test("nothing can be added"):
        assert add not in page("ada")


def test_the_most_urgent_comes_first_and_the_rest_has_a_page(
    logto: Logto, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    amara = client_of(logto, "amara")
    titles = re.findall(r'checkup__title">([^<]+)', amara.get("/check-up/").content.decode())
    assert titles[:2] == ["Check a new device", "Get new backup codes"]
    assert titles[-2:] == ["Two-step verification is on", "Email and phone added"]
    monkeypatch.setattr(views, "MOST_FINDINGS", 2)
    overview = amara.get("/").content.decode()
    assert re.findall(r'checkup__title">([^<]+)', overview) == titles[:2]
    assert f"See all {len(titles)} checks" in overview
