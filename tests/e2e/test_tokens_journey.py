"""Access tokens in a real browser: one is got, shown once, renamed and removed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accountsite.sandbox.seed_people import PASSWORD
from tests.e2e.conftest import NewPage
from tests.e2e.place import Place

SignIn = Callable[..., None]


def press(page: Page, button: str) -> None:
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize(("script", "phone"), [(True, True), (False, False)], ids=["script-phone", "no-script"])
def test_get_a_token_rename_and_remove_it(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool, phone: bool
) -> None:
    page = new_page(script=script, phone=phone)
    sign_in(page, "ada", "/security/")
    page.get_by_role("link", name="Manage Your tokens").click()
    page.get_by_role("link", name="Get a token").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Continue")
    press(page, "Get token")
    expect(page.get_by_text("Give it a name.").first).to_be_visible()
    page.get_by_label("Name", exact=True).fill("build server")
    page.get_by_label("How long it works").select_option("7")
    press(page, "Get token")
    expect(page.get_by_role("heading", name="Copy your access token", level=1)).to_be_visible()
    secret = str(place.logto.state.person("ada").tokens[-1]["value"])
    expect(page.get_by_text(secret)).to_be_visible()
    page.get_by_role("link", name="I’ve copied it").click()
    expect(page.get_by_text("build server").first).to_be_visible()
    if script:
        page.go_back()
        expect(page.get_by_role("heading", name="Get an access token", level=1)).to_be_visible()
        assert secret not in page.content()
        page.get_by_role("main").get_by_role("link", name="Access tokens").click()
    page.get_by_role("link", name="Rename build server").click()
    page.get_by_label("Name", exact=True).fill("CI/CD")
    press(page, "Save")
    page.get_by_role("link", name="Remove CI/CD").click()
    press(page, "Remove token")
    expect(page.get_by_text("Access token removed.").first).to_be_visible()
    expect(page.get_by_text("CI/CD")).to_have_count(0)
    assert secret not in str(place.logto.state.person("ada").tokens)
