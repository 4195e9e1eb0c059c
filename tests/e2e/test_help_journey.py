"""An administrator helps somebody in a browser, and that person stops what they did not ask for."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from settings_app.mails import outbox
from tests.e2e.conftest import NewPage
from tests.e2e.place import Place
from tests.pages import HELPING, Visit

WHY = "Ticket 4711: phone was stolen"


@pytest.mark.not_rehearsed
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_administrator_helps_and_the_person_keeps_the_second_step(
    place: Place, new_page: NewPage, complaints: list[str], script: bool
) -> None:
    page = new_page(script=script, phone=not script)
    visit = Visit("admin_preview_start", "admin", verified=True, names={"person_id": "k3v9q0zt8xw1"}, site=HELPING)
    with visit.on_its_site():
        place.show(page, visit)
        expect(page.get_by_role("main")).to_contain_text("Amara Okafor-Lindqvist")
        page.get_by_label("Why do you want to see this account?").fill(WHY)
        page.get_by_role("button", name="Start preview").click()
        page.get_by_role("link", name="Help this person").click()
        page.get_by_role("link", name="Continue Remove a lost second step").click()
        page.get_by_role("button", name="Remove a lost second step").click()
        expect(page.get_by_role("main")).to_contain_text("Enter a reason")
        page.get_by_label("Why?").fill(WHY)
        page.get_by_label("Authenticator app").check()
        page.get_by_role("button", name="Remove a lost second step").click()
        expect(page.get_by_role("main")).to_contain_text("Another administrator has to approve it")

        page.get_by_role("link", name="Continue Suspend account").click()
        page.get_by_label("Why?").fill(WHY)
        page.get_by_role("button", name="Suspend account").click()
        expect(page.get_by_text("Account suspended.").first).to_be_visible()
        page.get_by_role("link", name="Continue Restore account").click()
        page.get_by_label("Why?").fill(WHY)
        page.get_by_role("button", name="Restore account").click()
        expect(page.get_by_text("Account restored.").first).to_be_visible()

        outbox.send_due()
        link = next(found[0] for one in mail.outbox if (found := re.findall(r"/support/keep/\S+", str(one.body))))
        page.context.clear_cookies()
        page.goto(place.site + link)
        page.get_by_role("button", name="Keep my second step").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your second step stays")
    complaints[:] = [one for one in complaints if "404" not in one]
