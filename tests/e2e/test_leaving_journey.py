"""Leaving in a real browser: a copy of one's data first, then the account is deleted; or it waits, and is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Page, expect

from accountsite.sandbox.seed_people import PASSWORD
from tests.e2e.conftest import PHONE, NewPage
from tests.e2e.place import Place

SignIn = Callable[..., None]
both_ways = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
EMAIL = "ada@winterbourne.example"


def is_there(place: Place) -> bool:
    return any(person.handle == "ada" for person in place.logto.state.people.values())


def go_on_to_delete(page: Page) -> None:
    page.get_by_role("link", name="Delete account").first.click()
    page.get_by_role("link", name="Continue").click()


def press_delete(page: Page, typed: str) -> None:
    page.get_by_label("To confirm, type your email address").fill(typed)
    page.get_by_role("button", name="Delete account").click()


@both_ways
def test_take_ones_data_along_and_go(new_page: NewPage, place: Place, sign_in: SignIn, script: bool) -> None:
    page = new_page(script=script)
    sign_in(page, "ada", "/data/")
    page.get_by_role("link", name="Download your data").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    for name, ending in (("A page to read", ".html"), ("A file for other programs", ".json")):
        with page.expect_download() as arriving:
            page.get_by_role("button", name=name).click()
        assert arriving.value.suggested_filename.endswith(ending)
        if ending == ".html":
            reader = new_page(phone=True)
            reader.set_content(Path(arriving.value.path()).read_text())
            assert reader.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert json.loads(Path(arriving.value.path()).read_text())["complete"] is True
    go_on_to_delete(page)
    press_delete(page, "ada@winterbourne")
    expect(page.get_by_text(f"Type {EMAIL} exactly to delete your account.").first).to_be_visible()
    assert is_there(place)
    press_delete(page, EMAIL)
    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    assert not is_there(place)
    page.goto(f"{place.site}/profile/")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


@pytest.mark.not_rehearsed
def test_wait_for_the_day_and_keep_the_account(new_page: NewPage, place: Place, sign_in: SignIn) -> None:
    with override_settings(SITES=(replace(settings.SITES[0], deletion_grace_days=14),)):
        page = new_page(phone=True)
        sign_in(page, "ada", "/delete/")
        page.get_by_role("link", name="Continue").click()
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
        press_delete(page, EMAIL)
        expect(page.get_by_text("Your account will be deleted on").first).to_be_visible()
        page.goto(f"{place.site}/profile/")
        page.get_by_role("button", name="Keep my account").click()
        expect(page.get_by_text("Your account stays.").first).to_be_visible()
        expect(page.get_by_text("Your account will be deleted on")).to_have_count(0)
        assert is_there(place)
