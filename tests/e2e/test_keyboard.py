"""The keyboard alone: order, a visible focus, and where the focus goes after each step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility.looking import HERE, walked
from tests.e2e.conftest import NewPage
from tests.e2e.place import Place
from tests.pages import VISITS

OpenedAs = Callable[..., Page]


def reach(page: Page, name: str) -> None:
    """Presses Tab until the focus is on what is called `name`; on the way it shows, with nothing over it."""
    target = page.get_by_role("link", name=name, exact=True)
    for _step in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(HERE) == []
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{name} cannot be reached")


def test_the_profile_is_changed_with_the_keyboard_alone(opened_as: OpenedAs, place: Place) -> None:
    page = opened_as("ada", "profile")
    row = page.locator("#row-nickname")
    reach(page, "Edit Nickname")
    page.keyboard.press("Enter")
    expect(row.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row.get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Countess")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Saved")
    expect(row.get_by_role("link")).to_be_focused()
    expect(page.locator("page-status [role=status]")).to_have_text("Nickname saved")
    assert place.logto.state.person("ada").user["profile"]["nickname"] == "Countess"


def test_the_focus_comes_out_from_under_what_stays_in_view(place: Place, new_page: NewPage) -> None:
    """WCAG 2.4.11: the bar of a preview above, and a message about the connection below."""
    visit = next(one for one in VISITS if one.id == "overview-admin-preview")
    with visit.on_its_site():
        page = new_page()
        page.set_viewport_size({"width": 1000, "height": 560})
        place.show(page, visit)
        page.evaluate("document.querySelector('page-status').show('offline')")
        assert walked(page) == []
        assert walked(page, key="Shift+Tab") == []


def test_a_wrong_value_takes_the_focus(opened_as: OpenedAs) -> None:
    page = opened_as("ada", "profile")
    reach(page, "Edit Website")
    page.keyboard.press("Enter")
    website = page.locator("#row-website").get_by_role("textbox")
    expect(website).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("nonsense")
    page.keyboard.press("Enter")
    expect(website).to_have_attribute("aria-invalid", "true")
    expect(website).to_be_focused()
    expect(website).to_have_accessible_description("Error: Enter the full web address, such as https://example.com.")


def test_the_first_link_leads_past_the_navigation(opened_as: OpenedAs) -> None:
    page = opened_as("ada", "overview")
    skip = page.locator("a").first
    skip.focus()
    expect(skip).to_have_text("Skip to the content")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_menu_opens_and_closes_with_the_keyboard(opened_as: OpenedAs, phone: bool) -> None:
    page = opened_as("ada", "overview", phone=phone)
    button = page.locator("header summary:visible").last
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("header").get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("header").get_by_role("button", name="Sign out")).to_be_hidden()
    expect(button).to_be_focused()


def test_the_focus_goes_to_the_heading_of_a_page_that_is_swapped_in(opened_as: OpenedAs) -> None:
    page = opened_as("ada", "overview")
    page.get_by_role("link", name="Edit your profile").focus()
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", name="Profile", level=1)
    expect(heading).to_be_focused()


def test_a_link_to_a_part_of_a_page_leads_to_that_part(opened_as: OpenedAs) -> None:
    page = opened_as("ada", "overview", phone=True)
    page.get_by_role("link", name="Set it up").click()
    heading = page.get_by_role("heading", name="Two-step verification", level=2)
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()


def test_a_page_with_one_field_is_typed_into_at_once_and_its_banner_is_announced(opened_as: OpenedAs) -> None:
    page = opened_as("ada", "email_confirm", verified=True)  # nothing waits there: back to the first step
    field = page.get_by_role("textbox", name="Email")
    expect(field).to_be_focused()
    banner = page.locator("main .banner[data-announce]")
    expect(page.locator("page-status [role=status]")).to_have_text(banner.inner_text())
    page.keyboard.type("ada@new.example")
    expect(field).to_have_value("ada@new.example")
