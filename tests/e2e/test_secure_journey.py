"""Something that wasn't Ada: from the list of what happened to a locked account, and back in, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from accountsite.sandbox import making
from accountsite.sandbox.logs import write_log
from accountsite.sandbox.seed_people import PASSWORD
from tests.e2e.conftest import NewPage, SignIn
from tests.e2e.place import Place

NEW_PASSWORD = "Wicker-lantern-70"


@pytest.mark.parametrize(("script", "phone"), [(True, False), (False, True)], ids=["desktop", "phone without script"])
def test_this_was_not_me(new_page: NewPage, place: Place, sign_in: SignIn, script: bool, phone: bool) -> None:
    state, ada = place.logto.state, place.logto.state.person("ada")
    ago = state.now_ms - 3_600_000
    write_log(
        state, "Interaction.SignIn.Submit", created_at=ago, user_agent=making.CHROME, ip="192.0.2.66", user_id=ada.id
    )
    intruder = new_page()
    sign_in(intruder, "ada")
    page = new_page(script=script, phone=phone)
    sign_in(page, "ada", "/activity/")
    page.get_by_role("navigation", name="Which activity to show").get_by_role("link", name="Sign-ins").click()
    expect(page.get_by_text("192.0.2.66")).to_be_visible()
    item = page.get_by_role("listitem").filter(has_text="192.0.2.66")
    item.get_by_role("link", name=re.compile("This wasn’t me")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Let’s secure your account")
    page.get_by_role("main").get_by_role("link", name="Lock everyone out").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lock everyone out?")
    page.get_by_role("button", name="Lock everyone out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Everyone is locked out")
    assert [one for one in state.sessions.values() if one.account_id == ada.id] == []
    intruder.goto("/security/")
    expect(intruder.get_by_role("button", name="Sign in")).to_be_visible()
    page.get_by_role("button", name="Choose a new password").click()
    page.wait_for_url(re.compile("reset-password"))
    email = str(ada.user["primaryEmail"])
    page.get_by_label("Email or phone number").fill(email)
    page.get_by_role("button", name="Send a code").click()
    page.get_by_label("Code").fill(str(state.inbox[-1].code))
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Set password").click()
    page.get_by_label("Username, email or phone").fill(email)
    page.get_by_label("Password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(place.site + "/secure/")
    expect(
        page.get_by_text(re.compile("Everyone was locked out just now|Everyone was locked out 1 minute ago"))
    ).to_be_visible()
    expect(page.get_by_role("main").get_by_text("No apps have access")).to_be_visible()
