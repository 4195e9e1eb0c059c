"""What is attached to an account, as three people find it: with very much, with nothing, without a password."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accountsite.sandbox.oidc.tampering import Tampering
from accountsite.sandbox.seed_people import PASSWORD
from tests.e2e.conftest import NewPage
from tests.e2e.place import Place

SignIn = Callable[..., None]
two_ways = pytest.mark.parametrize(
    ("script", "phone"), [(True, False), (False, True)], ids=["script", "no-script-phone"]
)

NOTHING = {
    "/sessions/": "You’re not signed in anywhere else.",
    "/apps/": "No apps have access",
    "/organizations/": "You don’t belong to any organisation",
    "/tokens/": "You have no access tokens",
    "/activity/": "Signed in",
    "/secure/": "Nothing has changed.",
}


def press(page: Page, button: str) -> None:
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


@two_ways
def test_of_twenty_five_apps_one_is_removed_and_then_all(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool, phone: bool
) -> None:
    page = new_page(script=script, phone=phone)
    sign_in(page, "heavy", "/apps/")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", name="25 apps have access")).to_be_visible()
    main.get_by_role("link", name="Details Sample App 7", exact=True).click()
    main.get_by_role("link", name="Remove access").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Continue")
    heading(page, "Remove Sample App 7’s access?")
    press(page, "Remove access")
    expect(main.get_by_role("heading", name="24 apps have access")).to_be_visible()
    page.goto(place.site + "/secure/lock/")
    press(page, "Lock everyone out")
    heading(page, "Everyone is locked out")
    heavy = place.logto.state.person("heavy").id
    assert not [one for one in place.logto.state.sessions.values() if one.account_id == heavy]
    assert not [one for one in place.logto.state.grants.values() if one.account_id == heavy]


def test_who_has_nothing_is_told_so_on_every_page_and_can_go(new_page: NewPage, place: Place, sign_in: SignIn) -> None:
    page = new_page(script=False, phone=True)
    sign_in(page, "empty")
    for path, words in NOTHING.items():
        page.goto(place.site + path)
        expect(page.get_by_role("main").get_by_text(words).first).to_be_visible()
    page.goto(place.site + "/delete/confirm/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Continue")
    page.get_by_label("To confirm, type your username").fill("nobody_yet")
    press(page, "Delete account")
    heading(page, "Your account is deleted")
    assert all(person.handle != "empty" for person in place.logto.state.people.values())


def test_who_has_no_password_confirms_at_the_sign_in_and_locks_everyone_out(
    new_page: NewPage, place: Place, sign_in: SignIn
) -> None:
    page = new_page(phone=True)
    sign_in(page, "social", "/sessions/")
    place.logto.state.part(Tampering).claims = {}  # from now on a sign-in says when it was
    page.goto(place.site + "/secure/")
    page.get_by_role("main").get_by_role("link", name="Lock everyone out").click()
    heading(page, "Confirm it’s you")
    expect(page.get_by_label("Password", exact=True)).to_have_count(0)
    page.get_by_role("main").get_by_role("button", name=re.compile("Sign in again")).click()
    page.get_by_role("button", name="Sol Marchetti").first.click()
    heading(page, "Lock everyone out?")
    press(page, "Lock everyone out")
    heading(page, "Everyone is locked out")
    expect(page.get_by_text("password")).to_have_count(0)
    social = place.logto.state.person("social").id
    assert not [one for one in place.logto.state.sessions.values() if one.account_id == social]
