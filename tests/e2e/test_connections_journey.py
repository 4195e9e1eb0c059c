"""Connecting, replacing and removing accounts in a real browser, at a provider that agrees, refuses or fails."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accountsite.sandbox.seed_people import PASSWORD
from tests.e2e.conftest import NewPage
from tests.e2e.place import Place

SignIn = Callable[..., None]
both_ways = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


def identities(place: Place, handle: str = "ada") -> dict[str, object]:
    return dict(place.logto.state.person(handle).user["identities"])


def go_to_provider(page: Page, target: str = "github", *, script: bool = True) -> None:
    """From the page that asks to the provider's own; without script by way of the page with the link."""
    page.goto(f"/connections/{target}/connect/")
    password = page.get_by_label("Password", exact=True)
    on = page.get_by_role("button", name=re.compile("^Continue to "))
    expect(password.or_(on).first).to_be_visible()
    if password.count():
        password.fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
    on.click()
    if not script:
        expect(page.get_by_role("heading", name=re.compile("^Continue to "), level=1)).to_be_visible()
        page.get_by_role("link", name=re.compile("^Continue to ")).click()
    page.wait_for_url(f"**/provider/{target}?**")


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).first.click()
    expect(page.get_by_role("heading", name="Sign-in and security", level=1)).to_be_visible()


@both_ways
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_connect_replace_and_remove(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool, phone: bool
) -> None:
    page = new_page(script=script, phone=phone)
    sign_in(page, "ada", "/security/")
    go_to_provider(page, script=script)
    press(page, "Approve")
    expect(page.get_by_text("GitHub connected. You can now sign in with it.").first).to_be_visible()
    expect(page.get_by_text("robin@github.example").first).to_be_visible()
    expect(page.get_by_role("link", name="Sign out other devices")).to_be_visible()
    first = identities(place)["github"]
    go_to_provider(page, script=script)
    assert identities(place)["github"] == first
    press(page, "Approve")
    expect(
        page.get_by_text(re.compile("GitHub replaced. You now sign in with robin@github.example")).first
    ).to_be_visible()
    assert identities(place)["github"] != first
    page.get_by_role("link", name="Remove GitHub").click()
    expect(page.get_by_text("You can still sign in with")).to_be_visible()
    page.get_by_role("button", name="Remove GitHub").click()
    expect(page.get_by_text("Connected account removed.").first).to_be_visible()
    assert identities(place) == {}


@both_ways
def test_what_a_provider_may_answer_instead(new_page: NewPage, place: Place, sign_in: SignIn, script: bool) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/security/")
    answers = {
        "Refuse": "You cancelled at GitHub.",
        "Return without a code": "GitHub sent an answer we couldn’t use.",
        "Return a used code": "Your confirmation from GitHub has expired",
        "Return another state": "This was already finished",
        "Be down": "GitHub isn’t responding.",
    }
    for button, words in answers.items():
        go_to_provider(page, script=script)
        press(page, button)
        expect(page.get_by_text(words).first).to_be_visible()
        assert identities(place) == {}


@both_ways
def test_an_account_that_somebody_else_has(new_page: NewPage, place: Place, sign_in: SignIn, script: bool) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/security/")
    go_to_provider(page, "google", script=script)
    press(page, "Approve as this account")
    expect(page.get_by_text(f"belongs to a different {place.brand} account").first).to_be_visible()
    assert identities(place) == {}


@both_ways
def test_two_tabs_at_once(new_page: NewPage, place: Place, sign_in: SignIn, script: bool) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/security/")
    go_to_provider(page, "github", script=script)
    other, third = page.context.new_page(), page.context.new_page()
    go_to_provider(other, "facebook", script=script)
    go_to_provider(third, "github", script=script)
    press(other, "Approve")
    press(page, "Approve")
    kept = identities(place)
    press(third, "Approve")
    expect(third.get_by_text("This changed in another window.").first).to_be_visible()
    assert identities(place) == kept
    assert set(kept) == {"github", "facebook"}


@both_ways
def test_an_account_that_only_the_account_center_connects(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/security/")
    page.get_by_role("link", name="Connect LINE").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/account/social/**")
    page.get_by_role("button", name="Connect LINE").click()
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text("LINE connected. You can now sign in with it.").first).to_be_visible()
    assert set(identities(place)) == {"line"}


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_connected_account_shows_the_logo_of_its_provider(opened_as: Callable[..., Page], phone: bool) -> None:
    page = opened_as("amara", "security", phone=phone)
    logo = page.locator("[id^=row-social-][id$=-google] .row__letter img")
    logo.scroll_into_view_if_needed()
    expect(logo).to_be_visible()
    expect(logo).not_to_have_js_property("naturalWidth", 0)
