"""Devices in a real browser: forty sign-ins that stay readable, signing out one of them, then all others."""

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


def left(place: Place) -> int:
    heavy = place.logto.state.person("heavy").id
    return sum(one.account_id == heavy for one in place.logto.state.sessions.values())


def press(page: Page, button: str) -> None:
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("heading", name="Devices", level=1)).to_be_visible()


@both_ways
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_sign_out_one_device_and_then_all_others(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool, phone: bool
) -> None:
    page = new_page(script=script, phone=phone)
    sign_in(page, "heavy", "/sessions/")
    items = page.get_by_role("main").get_by_role("listitem")
    expect(items.first).to_contain_text("This device")
    expect(items.first.get_by_role("link", name=re.compile("Sign out"))).to_have_count(0)
    page.get_by_text(re.compile("Show 3[0-9] older")).click()
    expect(page.get_by_text("203.0.113.40", exact=True)).to_be_visible()
    before = left(place)
    items.last.get_by_role("link", name=re.compile("^Sign out")).click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("203.0.113.40", exact=True)).to_be_visible()
    press(page, "Sign out")
    expect(page.get_by_text("Signed out. Apps open on that device").first).to_be_visible()
    assert left(place) == before - 1
    page.get_by_role("link", name="Sign out all other devices").click()
    press(page, "Sign out 37 devices")
    expect(page.get_by_text("We signed out 37 other devices.").first).to_be_visible()
    expect(page.get_by_text("You’re not signed in anywhere else.")).to_be_visible()
    assert left(place) == 1
