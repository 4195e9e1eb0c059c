"""Organisations in a real browser: the email proven, an invitation accepted, an organisation left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accountsite.sandbox.seed_people import PASSWORD
from tests.e2e.conftest import NewPage
from tests.e2e.place import Place

SignIn = Callable[..., None]
ADAS = "ada@winterbourne.example"


def press(page: Page, button: str) -> None:
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize(("script", "phone"), [(True, False), (False, True)], ids=["script", "no-script-phone"])
def test_see_an_invitation_join_and_leave(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool, phone: bool
) -> None:
    page = new_page(script=script, phone=phone)
    sign_in(page, "ada", "/organizations/")
    expect(page.get_by_role("heading", name="Organisations", level=1)).to_be_visible()
    expect(page.get_by_text("Okafor Studio")).to_have_count(0)
    page.get_by_role("link", name="Confirm email").click()
    press(page, "Send code")
    page.get_by_label("6-digit code").fill("000000")
    press(page, "Confirm email")
    expect(page.get_by_text("That code didn’t match")).to_be_visible()
    message = place.logto.state.latest_message(ADAS)
    assert message is not None
    page.get_by_label("6-digit code").fill(message.code)
    press(page, "Confirm email")
    expect(page.get_by_text("Amara Okafor-Lindqvist invited you")).to_be_visible()
    page.get_by_text("Show 2 past invitations").click()
    expect(page.get_by_text("Withdrawn, or declined elsewhere")).to_be_visible()
    page.get_by_role("link", name="Join Okafor Studio").click()
    expect(page.get_by_role("heading", name="Join Okafor Studio?", level=1)).to_be_visible()
    press(page, "Join")
    expect(page.get_by_text("You’ve joined Okafor Studio.").first).to_be_visible()
    page.get_by_role("listitem").filter(has_text="Okafor Studio").get_by_text("What you may do there").first.click()
    expect(page.get_by_text("See who the members are").first).to_be_visible()
    page.get_by_role("link", name="Leave Okafor Studio").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Continue")
    page.get_by_label("To confirm, type the name of the organisation").fill("Okafor")
    press(page, "Leave")
    expect(page.get_by_text("Type Okafor Studio to leave it.").first).to_be_visible()
    page.get_by_label("To confirm, type the name of the organisation").fill("okafor studio")
    press(page, "Leave")
    expect(page.get_by_text("You’ve left Okafor Studio.").first).to_be_visible()
    assert place.logto.state.person("ada").id not in place.logto.state.memberships["okaforstudio"]
