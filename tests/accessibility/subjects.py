"""What is looked at: every visit of `tests/pages.py` as it arrives, and what becomes of some of them under the hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page, expect

from tests.pages import VISITS, Visit

Act = Callable[[Page], None]


@dataclass(frozen=True)
class Subject:
    """A page, and what is done on it before it is looked at. In other languages `act` finds its way by the markup."""

    visit: Visit
    state: str = ""
    act: Act | None = None

    @property
    def id(self) -> str:
        return f"{self.visit.id}--{self.state}" if self.state else self.visit.id


def opened(selector: str) -> Act:
    """Every `details` that this names."""

    def act(page: Page) -> None:
        for summary in page.locator(selector).all():
            summary.locator("summary").first.click()

    return act


def row_opened(page: Page) -> None:
    page.locator("#row-nickname .row__actions a").first.click()
    page.locator("#row-nickname input[type=text]").wait_for()


def row_wrong(page: Page) -> None:
    page.locator("#row-website .row__actions a").first.click()
    page.locator("#row-website input:not([type=hidden])").fill("nonsense")
    page.locator("#row-website button[type=submit]").click()
    page.locator("#row-website [aria-invalid=true]").wait_for()


def row_saved(page: Page) -> None:
    row_opened(page)
    page.locator("#row-nickname input[type=text]").fill("Countess")
    page.locator("#row-nickname button[type=submit]").click()
    page.locator("#row-nickname.row--saved").wait_for()


def held(page: Page) -> None:
    """Whatever is posted from now on is never answered."""
    page.route("**/*", lambda route: None if route.request.method == "POST" else route.continue_())


def row_busy(page: Page) -> None:
    held(page)
    row_opened(page)
    page.locator("#row-nickname input[type=text]").fill("Countess")
    page.locator("#row-nickname button[type=submit]").click()
    expect(page.locator("#row-nickname")).to_have_attribute("aria-busy", "true")


def page_busy(page: Page) -> None:
    held(page)
    page.locator("main form input:not([type=hidden])").first.fill("ada@new.example")
    page.locator("main form button[type=submit]").first.click()
    page.locator("main button[aria-busy=true]").wait_for()


def offline(page: Page) -> None:
    page.route("**/*", lambda route: route.abort() if "/profile/" in route.request.url else route.continue_())
    page.locator("#row-nickname .row__actions a").first.click()
    page.locator(".connection .banner").wait_for()
    page.unroute_all()


def idle(page: Page) -> None:
    style(
        page,
        "document.documentElement { --session-warning-delay: 0s } :root { --session-warning-delay: 0s !important }",
    )
    page.locator(".idle-warning .banner").wait_for()


def password_judged(page: Page) -> None:
    page.locator("input[autocomplete=new-password]").fill("password1234")
    time.sleep(1)
    page.wait_for_load_state("networkidle")


def square() -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, "PNG")
    return file.getvalue()


def picture_chosen(page: Page) -> None:
    page.locator("avatar-crop input[type=file]").set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": square()}
    )
    page.locator("avatar-crop canvas").wait_for()
    page.locator("avatar-crop details summary").click()


def password_shown(page: Page) -> None:
    for button in page.locator("password-reveal button").all():
        button.click()


def style(page: Page, rules: str) -> None:
    """Adds a style sheet as a person's own would stand; the page's policy lets none in by other ways."""
    page.evaluate(
        """rules => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(rules);
            document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
        }""",
        rules,
    )


STATES = (
    Subject(Visit("profile", "ada"), "row open", row_opened),
    Subject(Visit("profile", "ada"), "row wrong", row_wrong),
    Subject(Visit("profile", "ada"), "row saved", row_saved),
    Subject(Visit("profile", "ada"), "row busy", row_busy),
    Subject(Visit("profile", "ada"), "offline", offline),
    Subject(Visit("profile", "ada"), "idle", idle),
    Subject(Visit("email_change", "ada", verified=True), "busy", page_busy),
    Subject(Visit("overview", "amara"), "menu of the person", opened("header .menu--person")),
    Subject(Visit("overview", "amara"), "appearance", opened(".footer__theme")),
    Subject(Visit("sign_in"), "languages", opened(".footer__language")),
    Subject(Visit("sessions", "heavy"), "all devices", opened("main details")),
    Subject(Visit("password_change", "ada", verified=True), "judged", password_judged),
    Subject(Visit("password_change", "ada", verified=True), "shown", password_shown),
    Subject(Visit("profile_photo_upload", "ada"), "chosen", picture_chosen),
)
SUBJECTS = (*(Subject(visit) for visit in VISITS), *STATES)
