"""Second steps in a real browser: an app that is set up and replaced, codes that are saved, passkeys, two tabs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage, SignIn
from tests.e2e.place import Place

Opened = Callable[..., Page]
both_ways = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


def key_on(page: Page) -> str:
    return page.locator(".secret__text").inner_text().replace(" ", "")


def enter_code(page: Page, button: str) -> None:
    page.get_by_label("6-digit code").fill(pyotp.TOTP(key_on(page)).now())
    page.get_by_role("button", name=button).click()


def secrets_at(place: Place, handle: str) -> list[str]:
    return [one["secret"] for one in place.logto.state.person(handle).factors if one["type"] == "Totp"]


@both_ways
def test_setting_up_an_app_and_saving_the_codes(opened_as: Opened, place: Place, script: bool) -> None:
    page = opened_as("ada", "security", verified=True, script=script)
    page.get_by_role("link", name="Set up Authenticator app").click()
    expect(page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    key = key_on(page)

    page.get_by_label("6-digit code").fill("000 000")
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("That code didn’t match.").first).to_be_visible()
    assert key_on(page) == key
    enter_code(page, "Turn on")

    expect(page.get_by_text("Step 2 of 2")).to_be_visible()
    page.get_by_role("button", name="Get codes").click()
    expect(page.get_by_role("heading", name="Save your backup codes")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download").click()
    codes = place.logto.state.person("ada").factors[1]["codes"]
    assert all(one["code"] in Path(saved.value.path()).read_text() for one in codes)
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("Tick the box once you’ve saved your codes.").first).to_be_visible()
    page.get_by_label("I’ve saved my codes somewhere safe").check()
    page.get_by_role("button", name="Finish").click()

    expect(page.get_by_text("10 of 10 left")).to_be_visible()
    expect(page.get_by_role("link", name="Sign out other devices")).to_be_visible()
    assert secrets_at(place, "ada") == [key]


def test_the_app_is_asked_for_at_the_next_sign_in(
    opened_as: Opened, new_page: NewPage, place: Place, sign_in: SignIn
) -> None:
    page = opened_as("ada", "two_step_authenticator_add", verified=True)
    key = key_on(page)
    enter_code(page, "Turn on")
    expect(page.get_by_text("Step 2 of 2")).to_be_visible()

    other = new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign in").click()
    other.get_by_role("button", name="Ada Winterbourne").first.click()
    other.get_by_label("Code", exact=True).fill(pyotp.TOTP(key).now())
    other.get_by_role("button", name="Confirm").click()

    expect(other).to_have_url(place.site + "/")


@both_ways
def test_half_a_replacement_is_told_and_finished(opened_as: Opened, place: Place, script: bool) -> None:
    page = opened_as("amara", "two_step_authenticator_replace", verified=True, script=script)
    key = key_on(page)
    place.logto.faults.add("500", path="/api/users/*/mfa-verifications", method="POST", times=1)
    enter_code(page, "Replace app")
    expect(page.get_by_text("Your old app no longer works here").first).to_be_visible()
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("Authenticator app replaced.").first).to_be_visible()
    assert secrets_at(place, "amara") == [key]


@both_ways
def test_two_tabs_show_one_key_and_the_second_finds_it_done(opened_as: Opened, place: Place, script: bool) -> None:
    page = opened_as("ada", "two_step_authenticator_add", verified=True, script=script)
    other = page.context.new_page()
    other.goto(page.url)
    assert key_on(other) == key_on(page)
    other.get_by_label("6-digit code").fill(pyotp.TOTP(key_on(other)).now())
    enter_code(page, "Turn on")
    expect(page.get_by_text("Step 2 of 2")).to_be_visible()
    other.get_by_role("button", name="Turn on").click()
    expect(other.get_by_role("heading", name="Sign-in and security", level=1)).to_be_visible()
    page.go_back()
    assert len(secrets_at(place, "ada")) == 1


@both_ways
def test_giving_up_forgets_the_key(opened_as: Opened, place: Place, script: bool) -> None:
    page = opened_as("ada", "two_step_authenticator_add", verified=True, script=script)
    key = key_on(page)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("link", name="Set up Authenticator app").click()
    expect(page.locator(".secret__text")).to_be_visible()
    assert key_on(page) != key


@both_ways
def test_the_last_factor_takes_the_codes_with_it(opened_as: Opened, place: Place, script: bool) -> None:
    amara = place.logto.state.person("amara")
    amara.factors = [one for one in amara.factors if one["type"] != "WebAuthn"]
    page = opened_as("amara", "security", verified=True, script=script)
    page.get_by_role("link", name="Remove Authenticator app").click()
    expect(page.get_by_text("Your backup codes go with it.")).to_be_visible()
    page.get_by_role("button", name="Remove app").click()
    expect(page.get_by_text("Your backup codes were removed too.").first).to_be_visible()
    assert amara.factors == []


@both_ways
def test_a_passkey_is_added_at_the_account_center(
    new_page: NewPage, sign_in: SignIn, place: Place, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/security/")
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name of the passkey").fill("Work laptop")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("Passkey added: Work laptop.").first).to_be_visible()
    expect(page.locator("#row-passkeys")).to_contain_text("Work laptop")


def test_printing_shows_the_sheet_alone(opened_as: Opened) -> None:
    page = opened_as("amara", "two_step_backup_codes_make", verified=True)
    page.get_by_role("button", name="Get new codes").click()
    expect(page.get_by_role("heading", name="Save your backup codes")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Backup codes", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Download")).to_be_hidden()
    expect(page.get_by_role("banner")).to_be_hidden()


def test_printing_without_script_has_a_page_of_its_own(opened_as: Opened) -> None:
    page = opened_as("amara", "two_step_backup_codes_make", verified=True, script=False)
    page.get_by_role("button", name="Get new codes").click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Print").click()
    expect(opened.value.get_by_text("Tick a code when you’ve used it.")).to_be_visible()
