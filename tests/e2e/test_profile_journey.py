"""The main job in a real browser: sign in, change the profile, be refused, see Logto go and come back, sign out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPage, SignIn
from tests.e2e.place import Place

OpenedAs = Callable[..., Page]
both_ways = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


def profile_of(place: Place, handle: str) -> dict[str, Any]:
    profile: dict[str, Any] = place.logto.state.person(handle).user["profile"]
    return profile


def opened_row(page: Page, name: str) -> Locator:
    """The row, opened for editing."""
    row = page.locator(f"#row-{name}")
    row.get_by_role("link").click()
    expect(row.get_by_role("button", name="Save")).to_be_visible()
    return row


def save(row: Locator) -> None:
    row.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Saved")


@pytest.mark.parametrize(
    ("handle", "script", "phone"),
    [
        ("ada", True, False),
        ("empty", True, True),
        ("rtl", False, True),
    ],
)
def test_a_person_signs_in_and_changes_their_profile(
    new_page: NewPage, place: Place, sign_in: SignIn, handle: str, script: bool, phone: bool
) -> None:
    page = new_page(script=script, phone=phone)
    sign_in(page, handle, "/profile/")
    expect(page.get_by_role("heading", name="Profile", level=1)).to_be_visible()

    name = opened_row(page, "name")
    name.get_by_role("textbox").fill("Zoë 👩🏽‍🔬 O’Neil")
    save(name)
    assert place.logto.state.person(handle).user["name"] == "Zoë 👩🏽‍🔬 O’Neil"

    birthdate = opened_row(page, "birthdate")
    birthdate.get_by_label("Day").fill("14")
    birthdate.get_by_label("Month").fill("6")
    birthdate.get_by_label("Year").fill("1991")
    save(birthdate)
    expect(birthdate).to_contain_text("1991")
    assert profile_of(place, handle)["birthdate"] == "1991-06-14"

    website = opened_row(page, "website")
    website.get_by_role("textbox").fill("not an address")
    website.get_by_role("button", name="Save").click()
    expect(website.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    expect(website.get_by_role("textbox")).to_have_value("not an address")
    expect(website.get_by_role("textbox")).to_be_focused()
    expect(page).to_have_title(f"Error: Profile – {place.brand}")
    website.get_by_role("textbox").fill("https://zoe.example")
    save(website)
    expect(page).to_have_title(f"Profile – {place.brand}")
    assert profile_of(place, handle)["website"] == "https://zoe.example"

    zone = opened_row(page, "time-zone")
    zone.get_by_role("combobox").select_option("Asia/Kathmandu")
    save(zone)
    expect(zone).to_contain_text("Kathmandu")
    assert profile_of(place, handle)["zoneinfo"] == "Asia/Kathmandu"


@both_ways
def test_logto_refuses_a_value_that_the_form_let_through(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/profile/")
    name = opened_row(page, "name")
    name.get_by_role("textbox").fill("x" * 200)
    name.get_by_role("button", name="Save").click()
    expect(name).to_contain_text("Use 128 characters or fewer. You’ve used 200.")
    expect(name.get_by_role("textbox")).to_have_value("x" * 200)
    assert place.logto.state.person("ada").user["name"] == "Ada Winterbourne"


@both_ways
def test_logto_goes_down_in_the_middle_of_an_edit_and_comes_back(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/profile/")
    nickname = opened_row(page, "nickname")
    nickname.get_by_role("textbox").fill("Countess")
    place.logto.faults.add("500", path="/api/users/*/profile", method="PATCH")
    nickname.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("We can’t save right now. Nothing was changed.")
    expect(nickname.get_by_role("textbox")).to_have_value("Countess")
    assert profile_of(place, "ada")["nickname"] == "Ad"
    place.logto.faults.clear()
    save(nickname)
    assert profile_of(place, "ada")["nickname"] == "Countess"


@both_ways
def test_logto_down_altogether_while_a_row_is_saved_keeps_what_was_typed(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/profile/")
    nickname = opened_row(page, "nickname")
    nickname.get_by_role("textbox").fill("Countess")
    place.logto.faults.add("500", path="/api/*")
    nickname.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("We can’t save right now")
    expect(page.locator("main")).to_contain_text("Nothing was changed. Try again in a moment.")
    if script:
        expect(nickname.locator(".banner")).to_be_focused()
    else:
        expect(page.locator("main")).to_contain_text("We’ve kept what you typed.")
    place.logto.faults.clear()
    if not script:
        page.get_by_role("link", name="Try again").click()
    expect(nickname.get_by_role("textbox")).to_have_value("Countess")
    save(nickname)
    assert profile_of(place, "ada")["nickname"] == "Countess"


@both_ways
def test_logto_down_altogether_is_an_honest_page_with_a_retry(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/profile/")
    place.logto.faults.add("500", path="/api/*")
    page.get_by_role("link", name="Overview").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We can’t load your account right now")
    place.logto.faults.clear()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Winterbourne")


@pytest.mark.parametrize(("script", "phone"), [(True, False), (False, True)], ids=["script-desktop", "no-script-phone"])
def test_signing_out_ends_the_session_here_and_at_logto(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool, phone: bool
) -> None:
    page = new_page(script=script, phone=phone)
    sign_in(page, "ada", "/profile/")
    page.locator("header summary:visible").last.click()
    page.locator("header").get_by_role("button", name="Sign out").click()
    if not script:
        page.get_by_role("button", name="Sign out").click()  # Logto's own page, which submits itself by script
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re signed out")
    page.goto("/profile/")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Ada Winterbourne").first).to_be_visible()  # Logto asks who it is


@both_ways
def test_another_country_asks_for_its_own_parts(opened_as: OpenedAs, place: Place, script: bool) -> None:
    """With script at once, and the cursor stays where it is; without it by a button."""
    page = opened_as("rtl", "profile", script=script)
    row = opened_row(page, "address")
    country = row.get_by_label("Country")
    country.focus()
    country.select_option("Japan")
    if script:
        expect(row.get_by_role("button", name="Change country")).to_be_hidden()
        expect(country).to_be_focused()
        row.locator("[name=region]:visible").fill("Kyoto")  # before the answer is there or after it
    else:
        row.get_by_role("button", name="Change country").click()
        row.locator("[name=region]:visible").fill("Kyoto")
    expect(row.locator(":is(input, textarea):visible").first).to_have_attribute("name", "postal_code")
    save(row)
    address = profile_of(place, "rtl")["address"]
    assert (address["country"], address["region"]) == ("Japan", "Kyoto")


def test_what_is_typed_while_another_country_is_on_its_way_stays(opened_as: OpenedAs, place: Place) -> None:
    """Also where that country has no such part: it is shown below the others, and saved."""
    del place.logto.state.profile_fields["address"]  # with it the parts are the tenant's, whatever the country
    page = opened_as("rtl", "profile")
    row = opened_row(page, "address")
    region = row.locator("[name=region]")  # asked for while no country is chosen
    place.logto.faults.add("latency", path="/api/users/*", seconds=1.5, times=1)
    row.locator("#arranged").evaluate("fields => { fields.dataset.isLeaving = true }")
    row.get_by_label("Country").select_option("Germany")
    row.locator("[name=postal_code]").fill("10115")
    region.fill("Kyoto")
    expect(row.locator("#arranged:not([data-is-leaving])")).to_be_visible()
    expect(region).to_be_focused()
    expect(region).to_have_value("Kyoto")
    expect(row.locator("[name=postal_code]")).to_have_value("10115")
    save(row)
    address = profile_of(place, "rtl")["address"]
    assert (address["country"], address["region"], address["postalCode"]) == ("Germany", "Kyoto", "10115")
