"""Every page and state: light, dark, forced colours, narrow, large and spaced text, keys, names, both directions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, Page

from tests.accessibility.looking import SPACED, misplaced, told_to_a_screen_reader, walked
from tests.accessibility.subjects import SUBJECTS, Subject, style
from tests.e2e.conftest import DESKTOP, PHONE, NewPage
from tests.e2e.place import Place

NARROW = {"width": 320, "height": 640}  # 1280 at 400 %
LARGE = {"standard": 32, "fixed": 26}  # twice what a browser begins with
TYPED = "input:is([type=text], [type=email], [type=tel], [type=url], [type=password], [type=number])"
AXE = Axe()
RULES: dict[str, object] = {"resultTypes": ["violations"], "selectors": False}
COLOURS = {**RULES, "runOnly": ["color-contrast"]}


class Looked:
    """One page in one browser, looked at again and again; what is wrong is told together at the end."""

    def __init__(self, page: Page, subtests: pytest.Subtests) -> None:
        self.page, self.subtests = page, subtests
        self.session: CDPSession = page.context.new_cdp_session(page)
        page.evaluate(AXE.axe_script)

    def rules(self, look: str, options: dict[str, object]) -> None:
        with self.subtests.test(f"axe: {look}"):
            found = self.page.evaluate("options => axe.run(options).then(results => results.violations)", options)
            told = [f"{one['id']}: {node['html'][:200]} {summary(node)}" for one in found for node in one["nodes"]]
            assert not told, "\n".join(told)

    def holds(self, look: str, faults: Callable[[], list[str]]) -> None:
        with self.subtests.test(look):
            told = faults()
            assert not told, "\n".join(told)

    def size(self, size: dict[str, int]) -> None:
        self.page.set_viewport_size(size)  # type: ignore[arg-type]  # a TypedDict of the same keys

    def text(self, sizes: dict[str, int]) -> None:
        self.session.send("Page.setFontSizes", {"fontSizes": sizes})


def summary(node: dict[str, object]) -> str:
    return " ".join(str(node.get("failureSummary", "")).split())[:300]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.id)
def test_a_page_can_be_used_by_everybody(
    place: Place, new_page: NewPage, complaints: list[str], subtests: pytest.Subtests, subject: Subject
) -> None:
    with subject.visit.on_its_site():
        page = new_page()
        place.show(page, subject.visit)
        if subject.act:
            subject.act(page)
        looked = Looked(page, subtests)
        looked.rules("light", RULES)
        looked.holds("names", lambda: told_to_a_screen_reader(looked.session))
        page.emulate_media(color_scheme="dark")
        looked.rules("dark", COLOURS)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, forced_colors="active")
            looked.rules(f"forced {scheme}", COLOURS)
        page.emulate_media(color_scheme="light", forced_colors="none")
        if not subject.act:
            looked.holds("keyboard", lambda: walked(page))
            looked.holds("keyboard backwards", lambda: walked(page, key="Shift+Tab"))
        looked.size(NARROW)
        looked.rules("narrow", RULES)
        looked.holds("narrow", lambda: misplaced(page))
        placed_well_with_other_text(looked)
        if not subject.act and not subject.visit.pressed and page.locator("main form").count():
            pressed_empty(looked)
    complaints.clear()  # requests that were held, or answered with a refusal, by intention


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.id)
def test_a_page_can_be_used_from_right_to_left(
    place: Place, new_page: NewPage, complaints: list[str], subtests: pytest.Subtests, subject: Subject
) -> None:
    for person in place.logto.state.people.values():
        person.user["profile"]["locale"] = "ar"
    with subject.visit.on_its_site():
        page = new_page(extra_http_headers={"Accept-Language": "ar"})
        place.show(page, subject.visit)
        if subject.act:
            subject.act(page)
        looked = Looked(page, subtests)
        looked.rules("right to left", RULES)
        looked.holds("right to left", lambda: misplaced(page))
        looked.size(NARROW)
        looked.holds("right to left, narrow", lambda: misplaced(page))
        placed_well_with_other_text(looked)
    complaints.clear()  # as above


def placed_well_with_other_text(looked: Looked) -> None:
    """Twice as large on a screen that is as wide as before, and on a phone; and spaced as WCAG 1.4.12 has it."""
    looked.text(LARGE)
    for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
        looked.size(size)
        looked.holds(f"large text, {name}", lambda: misplaced(looked.page))
    looked.text({"standard": 16, "fixed": 13})
    style(looked.page, SPACED)
    for name, size in (("narrow", NARROW), ("desktop", DESKTOP)):
        looked.size(size)
        looked.holds(f"spaced text, {name}", lambda: misplaced(looked.page))


def pressed_empty(looked: Looked) -> None:
    """What the page's form answers when nothing was typed, or everything was taken out."""
    page = looked.page
    form = page.locator(f"main form:has({TYPED})").first
    if not form.count():
        return
    page.evaluate("document.adoptedStyleSheets = []")
    for field in form.locator(TYPED).all():
        if field.is_editable() and field.is_visible():
            field.fill("")
    form.locator("button[type=submit]").first.click()
    page.wait_for_load_state("networkidle")
    if not page.locator("#page").count():
        return  # it led to Logto
    page.evaluate(AXE.axe_script)
    looked.rules("pressed empty", RULES)
    looked.holds("pressed empty", lambda: misplaced(page))
    looked.holds("pressed empty, names", lambda: told_to_a_screen_reader(looked.session))
