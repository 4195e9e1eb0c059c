"""Somebody manages their account in a frame of an app: of the same site as browsers see it, and of another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.place import Place

NewPage = Callable[..., Page]
APP = """<!DOCTYPE html><html lang="en"><title>App</title>
<iframe title="Your account" width="900" height="300"></iframe>
<script>
  const site = "SITE", frame = document.querySelector("iframe"), hash = new URLSearchParams(location.hash.slice(1));
  addEventListener("message", (event) => {
    if (event.origin !== site || event.data.type !== "accountsite.height") return;
    frame.style.height = event.data.height + "px";
  });
  const next = "/profile/?return_to=" + encodeURIComponent(location.href.split("#")[0]);
  const code = hash.get("account_frame");
  frame.src = site + (code ? "/frame/enter/?" + new URLSearchParams({ code, next }) : next);
</script>"""


def answer_for_the_app(context: BrowserContext, place: Place) -> None:
    page = APP.replace("SITE", place.site)
    for origin in (place.elsewhere, place.beside):
        context.route(f"{origin}/**", lambda route: route.fulfill(body=page, content_type="text/html"))


@pytest.mark.parametrize("is_beside", [True, False], ids=["same-site", "another-site"])
def test_an_account_in_a_frame(place: Place, new_page: NewPage, complaints: list[str], is_beside: bool) -> None:
    app = place.beside if is_beside else place.elsewhere
    site = replace(settings.SITES[0], frame_ancestors=(app,))
    with override_settings(SITES=(site,)):
        page = new_page()
        answer_for_the_app(page.context, place)
        page.goto(f"{app}/settings")
        frame = page.frame_locator("iframe")
        expect(frame.locator(".header")).to_be_hidden()
        frame.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{place.sandbox}/**")
        page.get_by_role("button", name=place.logto.state.person("ada").user["name"]).first.click()
        if not is_beside:
            page.get_by_role("button", name="Continue to").click()
        page.wait_for_url(f"{app}/settings*")
        expect(frame.get_by_role("heading", level=1)).to_have_text("Profile")
        assert page.locator("iframe").evaluate("one => one.offsetHeight") > 600
        frame.get_by_role("link", name="Edit nickname").click()
        frame.get_by_label("Nickname").fill("Countess")
        frame.get_by_role("button", name="Save").click()
        expect(frame.get_by_text("Saved", exact=True)).to_be_visible()
        expect(frame.locator(".header")).to_be_hidden()
        assert place.logto.state.person("ada").user["profile"]["nickname"] == "Countess"
        cookies = [one for one in page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME]
        assert {one["sameSite"] for one in cookies} == ({"Lax", "None"} if not is_beside else {"Lax"})
    # Until something is pressed in it, a frame takes no focus from the page around it.
    complaints[:] = [one for one in complaints if not one.startswith("Blocked autofocusing")]
