"""Somebody who has chosen no time zone: with a script the site knows the browser's, without one it names its own."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from playwright.sync_api import Page, expect

from settings_app.models import Session
from settings_app.session import SessionStore

OpenedAs = Callable[..., Page]


def zones() -> set[object]:
    store = SessionStore(site=settings.SITES[0].host)
    return {store.decode(row.session_data).get("zone") for row in Session.objects.filter(site=store.site)}


def test_the_page_tells_the_zone_of_its_browser_once(opened_as: OpenedAs) -> None:
    page = opened_as("empty", "profile", timezone_id="Asia/Tokyo")
    page.wait_for_load_state("networkidle")
    assert zones() == {"Asia/Tokyo"}

    told: list[str] = []
    page.on("request", lambda request: told.append(request.url) if "/time-zone/" in request.url else None)
    page.reload()
    expect(page.locator("browser-zone")).to_have_attribute("kept", "Asia/Tokyo")
    page.wait_for_load_state("networkidle")
    assert told == []


def test_without_a_script_nothing_is_told(opened_as: OpenedAs) -> None:
    page = opened_as("empty", "profile", script=False, timezone_id="Asia/Tokyo")
    expect(page.get_by_role("heading", level=1)).to_have_text("Profile")
    assert zones() == {None}
