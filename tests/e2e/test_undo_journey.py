"""An email that somebody else changed is brought back from the mail to the old address, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accountsite.sandbox.seed_people import PASSWORD
from tests.e2e.conftest import NewPage, SignIn
from tests.e2e.place import Place

both_ways = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
NEW = "intruder@new.example"
OLD = "ada@winterbourne.example"


def change_the_email(page: Page, place: Place) -> None:
    page.goto("/email/change/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("New email").fill(NEW)
    page.get_by_role("button", name="Send code").click()
    expect(page.get_by_role("heading", name="Enter the code we emailed you")).to_be_visible()
    page.get_by_label("6-digit code").fill(str(place.logto.state.latest_message(NEW).code))
    page.get_by_role("button", name=re.compile("Confirm new")).click()
    expect(page.get_by_text("Email changed.").first).to_be_visible()


def link_to(address: str, place: Place) -> str:
    return str(re.findall(r"https?://[^/\s]+(/undo/\?\S+)", place.letter(address))[0])


@both_ways
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_owner_takes_the_account_back(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool, phone: bool
) -> None:
    intruder = new_page(script=script)
    sign_in(intruder, "ada")
    change_the_email(intruder, place)
    assert place.logto.state.person("ada").user["primaryEmail"] == NEW
    owner = new_page(script=script, phone=phone)
    owner.goto(link_to(OLD, place))
    expect(owner.get_by_role("heading", level=1)).to_have_text("Get your account back")
    expect(owner.get_by_text(OLD)).to_be_visible()
    owner.get_by_role("button", name="Undo and sign out everywhere").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Choose a new password next")
    assert place.logto.state.person("ada").user["primaryEmail"] == OLD
    owner.reload()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Choose a new password next")
    owner.get_by_role("button", name="Choose a new password").click()
    owner.wait_for_url(re.compile("reset-password"))
    intruder.goto("/security/")
    expect(intruder.get_by_role("button", name="Sign in")).to_be_visible()


@both_ways
def test_a_mail_about_a_change_leads_to_securing_the_account(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool
) -> None:
    page = new_page(script=script)
    sign_in(page, "ada")
    change_the_email(page, place)
    page.goto("/secure/")
    expect(page.get_by_text("Your email was changed")).to_be_visible()
    page.get_by_role("link", name=re.compile("Sign out your other devices")).click()
    page.get_by_role("button", name="Sign out other devices").click()
    expect(page.get_by_text("Your other devices are signed out.").first).to_be_visible()
