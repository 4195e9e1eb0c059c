"""Connected apps in a real browser: one is opened, loses an organisation, and then its access."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from accountsite.sandbox.seed_people import PASSWORD
from tests.e2e.conftest import NewPage
from tests.e2e.place import Place

SignIn = Callable[..., None]
QUORUM = "quorum000000000000001"


@pytest.mark.parametrize(("script", "phone"), [(True, False), (False, True)], ids=["script", "no-script-phone"])
def test_an_app_is_looked_into_narrowed_and_removed(
    new_page: NewPage, place: Place, sign_in: SignIn, script: bool, phone: bool
) -> None:
    wren = place.logto.state.person("curious")
    page = new_page(script=script, phone=phone)
    sign_in(page, "curious", "/apps/")
    main = page.get_by_role("main")
    main.get_by_role("link", name="Details Quorum").click()
    expect(main.get_by_role("link", name="Hide Quorum")).to_be_focused()
    expect(main.get_by_text("2 organisations")).to_be_visible()
    main.get_by_role("link", name="Hide Quorum").click()
    expect(main.get_by_role("link", name="Details Quorum")).to_be_focused()
    main.get_by_role("link", name="Details Quorum").click()
    main.get_by_role("link", name="Change organisations").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Okafor Studio").uncheck()
    main.get_by_role("button", name="Save").click()
    expect(main.get_by_text("It can’t act in any of your organisations.")).to_be_visible()
    assert place.logto.state.consent_organizations[QUORUM, wren.id] == []
    main.get_by_role("link", name="Remove access").click()
    main.get_by_role("button", name="Remove access").click()
    expect(main.get_by_role("heading", name="4 apps have access")).to_be_visible()
    expect(main.get_by_text("Access removed.")).to_be_visible()
    left = {one.client_id for one in place.logto.state.grants.values() if one.account_id == wren.id}
    assert QUORUM not in left
