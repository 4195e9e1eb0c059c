"""Changing what one signs in with, in a real browser: step-up, codes, password, and what can go wrong in between."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accountsite.sandbox.oidc.tampering import Tampering
from accountsite.sandbox.seed_people import PASSWORD, add_person
from settings_app.models import Session
from tests.e2e.conftest import NewPage, signed_in_long_ago
from tests.e2e.place import Place

SignIn = Callable[..., None]
both_ways = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
NEW = "ada@new.example"
OLD = "ada@winterbourne.example"


def code(place: Place, recipient: str) -> str:
    return str(place.logto.state.latest_message(recipient).code)


def stored(place: Place, name: str = "primaryEmail") -> object:
    return place.logto.state.person("ada").user[name]


def confirm_by_password(page: Page) -> None:
    expect(page.get_by_role("heading", name="Confirm it’s you", level=1)).to_be_visible()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def ask_for_a_code(page: Page, email: str = NEW) -> None:
    page.get_by_label("New email").fill(email)
    page.get_by_role("button", name="Send code").click()
    expect(page.get_by_role("heading", name="Enter the code we emailed you")).to_be_visible()


def enter(page: Page, typed: str) -> None:
    page.get_by_label("6-digit code").fill(typed)
    page.get_by_role("button", name=re.compile("Confirm new")).click()


@both_ways
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_changing_the_email(new_page: NewPage, place: Place, sign_in: SignIn, script: bool, phone: bool) -> None:
    page = new_page(script=script, phone=phone)
    sign_in(page, "ada", "/security/")
    page.locator("#row-email").get_by_role("link", name="Change").click()
    confirm_by_password(page)
    expect(page.get_by_text("We won’t ask again for 10 minutes.").first).to_be_visible()
    ask_for_a_code(page)
    expect(page.get_by_text(f"you still sign in with {OLD}")).to_be_visible()
    enter(page, "000000" if code(place, NEW) != "000000" else "111111")
    expect(page.get_by_text("That code didn’t match.").first).to_be_visible()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("6-digit code")).to_have_value("")
    enter(page, code(place, NEW))
    expect(page.get_by_text("Email changed.").first).to_be_visible()
    expect(page.locator("#row-email")).to_contain_text(NEW)
    assert stored(place) == NEW


@both_ways
def test_a_change_survives_another_tab_and_can_be_cancelled_there(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/email/change/")
    confirm_by_password(page)
    ask_for_a_code(page)
    other = page.context.new_page()
    other.goto("/security/")
    expect(other.locator("#row-email-waiting")).to_contain_text(NEW)
    other.locator("#row-email-waiting").get_by_role("button", name="Cancel").click()
    expect(other.locator("#row-email-waiting")).to_have_count(0)
    enter(page, code(place, NEW))
    expect(page.get_by_text("This was cancelled. Send another code to start again.").first).to_be_visible()
    assert stored(place) == OLD


@both_ways
def test_cancel_beside_the_code_ends_the_change(new_page: NewPage, place: Place, sign_in: SignIn, script: bool) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/email/change/")
    confirm_by_password(page)
    ask_for_a_code(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Sign-in and security", level=1)).to_be_visible()
    expect(page.locator("#row-email-waiting")).to_have_count(0)


@both_ways
def test_the_back_button_after_a_change_repeats_nothing(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/email/change/")
    confirm_by_password(page)
    ask_for_a_code(page)
    enter(page, code(place, NEW))
    expect(page.locator("#row-email")).to_contain_text(NEW)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert stored(place) == NEW
    assert len([one for one in place.logto.state.inbox if one.code]) == 1


@both_ways
def test_pressing_send_twice_sends_one_code(new_page: NewPage, place: Place, sign_in: SignIn, script: bool) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/email/change/")
    confirm_by_password(page)
    page.get_by_label("New email").fill(NEW)
    page.get_by_role("button", name="Send code").dblclick()
    expect(page.get_by_role("heading", name="Enter the code we emailed you")).to_be_visible()
    assert [message.address for message in place.logto.state.inbox] == [NEW]


@both_ways
def test_a_session_that_ends_in_the_middle_keeps_what_was_typed(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/email/change/")
    confirm_by_password(page)
    page.get_by_label("New email").fill(NEW)
    Session.objects.update(last_seen="2020-01-01T00:00:00Z")
    page.get_by_role("button", name="Send code").click()
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/verify/"))
    expect(page.get_by_text("We’ve kept what you typed.")).to_be_visible()
    confirm_by_password(page)
    expect(page.get_by_label("New email")).to_have_value(NEW)
    assert place.logto.state.inbox == []


@both_ways
def test_logto_down_between_code_and_write_is_told(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/email/change/")
    confirm_by_password(page)
    ask_for_a_code(page)
    place.logto.faults.add("500", path="/api/users/*", method="PATCH")
    enter(page, code(place, NEW))
    expect(page.get_by_text("Your code was right, but we couldn’t save the change.").first).to_be_visible()
    assert stored(place) == OLD


@both_ways
def test_an_address_taken_between_code_and_write_is_told(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/email/change/")
    confirm_by_password(page)
    ask_for_a_code(page)
    add_person(place.logto.state, "faster", primaryEmail=NEW)
    enter(page, code(place, NEW))
    expect(page.get_by_text("You can’t use that email here. Try a different one.").first).to_be_visible()
    assert stored(place) == OLD


@both_ways
def test_changing_and_removing_the_phone_number(new_page: NewPage, place: Place, sign_in: SignIn, script: bool) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/phone/change/")
    page.get_by_role("button", name="Code by text message").click()
    expect(page.get_by_text("Enter the code we texted you.")).to_be_visible()
    page.get_by_label("6-digit code").fill(code(place, "447700900123"))
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Country or region").select_option("SE")
    page.get_by_label("New phone number").fill("070-555 01 43")
    page.get_by_role("button", name="Send code").click()
    expect(page.get_by_role("heading", name="Enter the code we texted you")).to_be_visible()
    enter(page, code(place, "46705550143"))
    expect(page.locator("#row-phone")).to_contain_text("+46 70 555 01 43")
    page.locator("#row-phone").get_by_role("link", name="Remove").click()
    expect(page.get_by_role("heading", name="Remove +46 70 555 01 43?")).to_be_visible()
    page.get_by_role("button", name="Remove phone").click()
    expect(page.locator("#row-phone")).to_contain_text("Not set")
    assert stored(place, "primaryPhone") is None


@both_ways
def test_the_email_that_is_required_cannot_be_removed(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/email/remove/")
    confirm_by_password(page)
    expect(page.get_by_text("Every account needs an email")).to_be_visible()
    expect(page.get_by_role("button", name="Remove email")).to_have_count(0)


@both_ways
def test_changing_the_username(new_page: NewPage, place: Place, sign_in: SignIn, script: bool) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/username/change/")
    confirm_by_password(page)
    page.get_by_label("Username").fill("layla")
    page.get_by_role("button", name="Save username").click()
    expect(page.get_by_text("Someone else uses that username.").first).to_be_visible()
    page.get_by_label("Username").fill("ada_w")
    page.get_by_role("button", name="Save username").click()
    expect(page.locator("#row-username")).to_contain_text("ada_w")
    assert stored(place, "username") == "ada_w"


@both_ways
def test_changing_the_password_signs_out_other_devices(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    elsewhere = new_page(script=script)
    sign_in(elsewhere, "ada", "/security/")
    page = new_page(script=script)
    sign_in(page, "ada", "/password/change/")
    confirm_by_password(page)  # which stands for the current password on this page
    page.get_by_label("New password", exact=True).fill("dragonfly7")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("This password has appeared in a data leak").first).to_be_visible()
    page.get_by_label("New password", exact=True).fill("quiet Orchard 7 walks")
    expect(page.get_by_label("Sign out of my other devices")).to_be_checked()
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Password changed.").first).to_be_visible()
    expect(page.get_by_text("We signed out").first).to_be_visible()
    elsewhere.goto("/security/")
    expect(elsewhere.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_new_password_is_judged_while_it_is_typed(new_page: NewPage, place: Place, sign_in: SignIn) -> None:
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/password/check/" in request.url else None)
    sign_in(page, "ada", "/password/change/")
    confirm_by_password(page)
    field = page.get_by_label("New password", exact=True)
    field.press_sequentially("abc")
    expect(page.locator("[data-rule=length]")).not_to_have_attribute("data-is-met", "")
    page.wait_for_timeout(900)
    assert asked == []
    field.press_sequentially("defgh123", delay=30)
    expect(page.locator("[data-rule=length]")).to_have_attribute("data-is-met", "")
    expect(page.locator("#password-verdict")).to_contain_text("Too much of it is a pattern")
    field.fill("quiet Orchard 7 walks")
    expect(page.locator("#password-verdict")).to_contain_text("This password meets all the rules.")
    expect(page.locator("[data-rule]:not([data-is-met])")).to_have_count(0)
    assert len(asked) == 2
    assert all("?" not in address for address in asked)
    place.logto.faults.add("refused", path="/api/sign-in-exp/default/check-password", times=9)
    field.fill("quiet Orchard 8 walks")
    expect(page.locator("#password-verdict")).to_contain_text("We’ll check again when you save.")
    expect(field).to_have_value("quiet Orchard 8 walks")


@both_ways
def test_a_person_with_a_second_factor_confirms_by_signing_in_again(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    signed_in_long_ago(place)
    page.goto("/email/change/")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Amara Okafor-Lindqvist").first.click()
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_text("You use two-step verification")).to_be_visible()
    place.logto.state.part(Tampering).claims = {}
    page.get_by_role("button", name="Sign in again").click()
    page.get_by_role("button", name="Amara Okafor-Lindqvist").first.click()
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(place.site + "/email/change/")
    expect(page.get_by_label("New email")).to_be_visible()


@both_ways
def test_the_ten_minutes_can_be_ended(new_page: NewPage, sign_in: SignIn, script: bool) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/username/change/")
    confirm_by_password(page)
    expect(page.get_by_label("Username")).to_be_visible()
    page.goto("/security/")
    page.get_by_role("button", name="Ask again next time").click()
    expect(page.get_by_role("button", name="Ask again next time")).to_have_count(0)
    page.locator("#row-username").get_by_role("link", name="Change").click()
    expect(page.get_by_role("heading", name="Confirm it’s you", level=1)).to_be_visible()
