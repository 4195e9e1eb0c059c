"""The main job in a real browser: sign in, change the profile, be refused, see Logto go and come back, sign out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage, Place

SignIn = Callable[..., None]
both_ways = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
everywhere = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])


def profile_of(place: Place, handle: str) -> dict[str, Any]:
    profile: dict[str, Any] = place.logto.state.person(handle).user["profile"]
    return profile


@both_ways
@everywhere
@pytest.mark.parametrize("handle", ["ada", "empty", "rtl"])
def test_a_person_signs_in_and_changes_their_profile(
    new_page: NewPage, place: Place, sign_in: SignIn, handle: str, script: bool, phone: bool
) -> None:
    page = new_page(script=script, phone=phone)
    sign_in(page, handle, "/profile/")
    expect(page.get_by_role("heading", name="Profile", level=1)).to_be_visible()

    page.locator("#row-name").get_by_role("link").click()
    page.locator("#row-name").get_by_role("textbox").fill("Zoë 👩🏽‍🔬 O’Neil")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#row-name")).to_contain_text("Saved")
    assert place.logto.state.person(handle).user["name"] == "Zoë 👩🏽‍🔬 O’Neil"

    page.locator("#row-birthdate").get_by_role("link").click()
    page.get_by_label("Day").fill("9")
    page.get_by_label("Month").fill("3")
    page.get_by_label("Year").fill("1988")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#row-birthdate")).to_contain_text("1988")
    assert profile_of(place, handle)["birthdate"] == "1988-03-09"

    page.locator("#row-website").get_by_role("link").click()
    page.locator("#row-website").get_by_role("textbox").fill("not an address")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#row-website").get_by_role("textbox")).to_have_value("not an address")
    expect(page.locator("#row-website").get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    expect(page).to_have_title("Error: Profile – Fernhill")
    page.locator("#row-website").get_by_role("textbox").fill("https://zoe.example")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#row-website")).to_contain_text("https://zoe.example")

    page.locator("#row-zoneinfo").get_by_role("link").click()
    page.locator("#row-zoneinfo").get_by_role("combobox").select_option("Asia/Kathmandu")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#row-zoneinfo")).to_contain_text("Asia/Kathmandu")
    assert profile_of(place, handle)["zoneinfo"] == "Asia/Kathmandu"


@both_ways
def test_logto_goes_down_in_the_middle_of_an_edit_and_comes_back(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/profile/")
    page.locator("#row-nickname").get_by_role("link").click()
    page.locator("#row-nickname").get_by_role("textbox").fill("Countess")
    place.logto.faults.add("500", path="/api/users/*/profile", method="PATCH", times=1)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("We can't save right now. Nothing was changed.")
    expect(page.locator("#row-nickname").get_by_role("textbox")).to_have_value("Countess")
    assert profile_of(place, "ada")["nickname"] != "Countess"
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#row-nickname")).to_contain_text("Saved")
    assert profile_of(place, "ada")["nickname"] == "Countess"


@both_ways
def test_logto_down_altogether_is_an_honest_page_with_a_retry(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/profile/")
    place.logto.faults.add("500", path="/api/*")
    page.get_by_role("link", name="Overview").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We can't load your account right now")
    place.logto.faults.clear()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Winterbourne")


@both_ways
def test_signing_out_ends_the_session_here_and_at_logto(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/profile/")
    page.locator("header summary").last.click()
    page.locator("header").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("signed out")
    page.goto("/profile/")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{place.sandbox}/sign-in?app_id={place.logto.state.site_app_id}")


def test_a_double_click_saves_once_and_tells_no_error(new_page: NewPage, place: Place, sign_in: SignIn) -> None:
    page = new_page()
    sign_in(page, "ada", "/profile/")
    page.locator("#row-nickname").get_by_role("link").click()
    page.locator("#row-nickname").get_by_role("textbox").fill("Countess")
    page.get_by_role("button", name="Save").dblclick()
    expect(page.locator("#row-nickname")).to_contain_text("Countess")
    expect(page.locator("main")).not_to_contain_text("Error")


@both_ways
def test_the_back_button_shows_the_page_as_it_is_now(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/profile/")
    page.locator("#row-nickname").get_by_role("link").click()
    page.locator("#row-nickname").get_by_role("textbox").fill("Countess")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#row-nickname")).to_contain_text("Saved")
    page.get_by_role("link", name="Overview").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Winterbourne")
    page.go_back()
    expect(page.locator("#row-nickname")).to_contain_text("Countess")


def test_a_dropped_connection_says_so_and_keeps_what_was_typed(
    new_page: NewPage, place: Place, sign_in: SignIn
) -> None:
    page = new_page()
    sign_in(page, "ada", "/profile/")
    page.locator("#row-nickname").get_by_role("link").click()
    page.locator("#row-nickname").get_by_role("textbox").fill("Countess")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").first).to_contain_text("The connection was lost")
    expect(page.locator("#row-nickname").get_by_role("textbox")).to_have_value("Countess")
    page.context.set_offline(False)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#row-nickname")).to_contain_text("Saved")


@both_ways
def test_a_session_that_ended_in_the_middle_brings_back_what_was_typed(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from settings_app.models import Session

    page = new_page(script=script)
    sign_in(page, "ada", "/profile/")
    page.locator("#row-nickname").get_by_role("link").click()
    page.locator("#row-nickname").get_by_role("textbox").fill("Countess")
    Session.objects.update(last_seen=timezone.now() - timedelta(hours=2))
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("You’ve been signed out")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(place.site + "/profile/nickname/change/")
    expect(page.locator("#row-nickname").get_by_role("textbox")).to_have_value("Countess")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#row-nickname")).to_contain_text("Saved")


def test_two_tabs_sign_in_at_once(new_page: NewPage, place: Place, sign_in: SignIn) -> None:
    first = new_page()
    second = first.context.new_page()
    first.goto("/profile/")
    second.goto("/")
    first.get_by_role("button", name="Sign in").click()
    second.get_by_role("button", name="Sign in").click()
    first.get_by_role("button", name="Ada Winterbourne").first.click()
    expect(first.get_by_role("heading", name="Profile", level=1)).to_be_visible()
    second.get_by_role("button", name="Ada Winterbourne").first.click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("Ada Winterbourne")
    first.reload()
    expect(first.get_by_role("heading", name="Profile", level=1)).to_be_visible()
