"""Every page in a browser: what its first view costs, axe's rules in light and dark, and no sideways scrolling at 320.

One visit answers all of it, because opening a page is what takes the time; what is wrong is told together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, ConsoleMessage, Page, WebError

from tests.e2e.conftest import DESKTOP, PATIENCE_MS, PHONE, is_fault
from tests.e2e.place import Place
from tests.pages import VISITS, Visit

MOST_BYTES = 45_000
LONG_LIST_BYTES = 3_000
MOST_REQUESTS = 8
NARROW = {"width": 320, "height": 640}
LANGUAGES = {"de": "ltr", "ar": "rtl", "ja": "ltr"}  # the longest words, the other direction, no spaces
SHAPE = """[
    document.documentElement.lang, document.documentElement.dir, document.documentElement.scrollWidth
]"""
AXE = Axe()
RULES: dict[str, object] = {"resultTypes": ["violations"], "selectors": False}
COLOURS = {**RULES, "runOnly": ["color-contrast"]}  # nothing else is different in the dark
# Parts look the same on every page, so each page is light on one width and dark on the other, by turn.
LOOKS: list[list[tuple[dict[str, int], str, dict[str, object]]]] = [
    [(DESKTOP, "light", RULES), (PHONE, "dark", COLOURS)],
    [(PHONE, "light", RULES), (DESKTOP, "dark", COLOURS)],
]


class Wire:
    """Everything that a page asks for, with the bytes that came over the wire for it, headers included.

    Chromium's own figures do not hold: its total names the unpacked size of a file that two parts of a page share, and
    what it calls the headers has the body in it when both came in one packet. So the size of a body is what the server
    says of it, where it does, and headers are counted as they are written.

    The page may have shown others before; what it kept of them is thrown away first.
    """

    def __init__(self, session: CDPSession) -> None:
        self.addresses: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self.told: set[str] = set()
        self.kept: set[str] = set()
        session.send("Network.enable")
        session.send("Network.clearBrowserCache")
        session.on("Network.requestServedFromCache", self.had)
        session.on("Network.requestWillBeSent", self.asked)
        session.on("Network.responseReceived", self.began)
        session.on("Network.loadingFinished", self.came)

    def asked(self, event: dict[str, object]) -> None:
        request = event["request"]
        assert isinstance(request, dict)
        if request["method"] != "GET":
            return  # what a script tells the site is nothing that the page waits for
        self.addresses[str(event["requestId"])] = str(request["url"])

    def had(self, event: dict[str, object]) -> None:
        self.kept.add(str(event["requestId"]))

    def began(self, event: dict[str, Any]) -> None:
        number, response = str(event["requestId"]), event["response"]
        if response.get("fromDiskCache"):
            self.kept.add(number)
        headers = {name.lower(): value for name, value in response["headers"].items()}
        if "content-length" in headers:
            self.told.add(number)
            written = sum(len(f"{name}: {value}\r\n") for name, value in headers.items())
            self.sizes[number] = len("HTTP/1.1 200 OK\r\n\r\n") + written + int(headers["content-length"])

    def came(self, event: dict[str, object]) -> None:
        if str(event["requestId"]) not in self.told:
            self.sizes[str(event["requestId"])] = int(str(event["encodedDataLength"]).split(".")[0])

    def table(self) -> dict[str, int]:
        # Pictures within the page and what it names twice are no files of an earlier page.
        kept = {self.addresses[number] for number in self.kept if number in self.addresses}
        asked = {address for number, address in self.addresses.items() if number not in self.kept}
        assert {address for address in kept if not address.startswith("data:")} <= asked
        return {address: self.sizes.get(number, 0) for number, address in self.addresses.items()}


def violations(page: Page, options: dict[str, object]) -> list[str]:
    """What axe, already in the page, finds."""
    found = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


@pytest.fixture(scope="session")
def lasting_page(browser: Browser) -> Iterator[Page]:
    """One for every visit: a new browser each, and axe read anew by it, took a quarter of the time."""
    context = browser.new_context(viewport=DESKTOP, locale="en-GB", reduced_motion="reduce")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(AXE.axe_script)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(lasting_page: Page, complaints: list[str]) -> Iterator[Page]:
    """The page as a new one would be, and what its console complains of."""
    context = lasting_page.context

    def logged(message: ConsoleMessage) -> None:
        if is_fault(message):
            complaints.append(message.text)

    def broke(error: WebError) -> None:
        complaints.append(str(error.error))

    lasting_page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # a TypedDict of the same keys
    lasting_page.emulate_media(color_scheme="light")
    context.on("console", logged)
    context.on("weberror", broke)
    yield lasting_page
    context.remove_listener("console", logged)
    context.remove_listener("weberror", broke)


@pytest.fixture
def wire(page: Page) -> Iterator[Wire]:
    session = page.context.new_cdp_session(page)
    yield Wire(session)
    session.detach()


@pytest.fixture(scope="session")
def narrow_page(browser: Browser) -> Iterator[Page]:
    """One for every visit, whose files it keeps; no script runs in it, so that all it does is to lay out."""
    context = browser.new_context(viewport=NARROW, java_script_enabled=False)  # type: ignore[arg-type]  # as above
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.id)
def test_a_page_is_small_and_accessible_and_fits(
    place: Place, page: Page, wire: Wire, narrow_page: Page, subtests: pytest.Subtests, visit: Visit
) -> None:
    with visit.on_its_site():
        place.show(page, visit)
        asked: dict[str, int] = {}
        for size, scheme, options in LOOKS[VISITS.index(visit) % 2]:
            page.set_viewport_size(size)  # type: ignore[arg-type]  # a TypedDict of the same keys
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its literals
            with subtests.test(f"accessible: {size['width']} {scheme}"):
                assert violations(page, options) == []
            asked = asked or wire.table()  # by the first view; what another one asks for again is no part of it
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # as above
        with subtests.test("fits"):
            assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
        if not visit.pressed:  # two pages were loaded for that one
            with subtests.test("small"):
                look_at_size(asked, place, visit)
        if not (visit.pressed or visit.state) and visit.status == 200:
            narrow_page.context.clear_cookies()
            narrow_page.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]  # as they were given
            for tag, direction in LANGUAGES.items():
                with subtests.test(f"fits in {tag}"):
                    narrow_page.goto(f"{page.url}{'&' if '?' in page.url else '?'}ui_locales={tag}")
                    assert narrow_page.evaluate(SHAPE) == [tag, direction, NARROW["width"]]


def look_at_size(asked: dict[str, int], place: Place, visit: Visit) -> None:
    ours = {address: size for address, size in asked.items() if address.startswith(place.site)}
    avatar = place.logto.state.person(visit.person).user["avatar"] if visit.person else None
    others = {address for address in asked if not address.startswith((place.site, "data:"))}
    assert others <= {avatar}
    # A logo comes after the page, stands over a letter that is there already, and is kept for a day. What it weighs
    # is whoever's it shows.
    waited_for = [address for address in asked if not address.startswith("data:") and "/logo/" not in address]
    assert len(waited_for) <= MOST_REQUESTS, asked
    assert [address for address, size in ours.items() if not size] == []
    # A list of every time zone is long; who opens it comes from the profile, whose files the browser has.
    most = MOST_BYTES + LONG_LIST_BYTES if visit.names.get("field") == "time-zone" else MOST_BYTES
    assert sum(ours.get(address, 0) for address in waited_for) <= most, ours


@pytest.mark.parametrize(
    ("address", "person", "menu"), [("overview", "amara", ".footer__theme"), ("sign_in", "", ".footer__language")]
)
def test_an_open_menu_of_the_footer_fits(place: Place, page: Page, address: str, person: str, menu: str) -> None:
    place.show(page, Visit(address, person))
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a TypedDict of the same keys
    page.locator(f"{menu} summary").click()
    assert page.locator(f"{menu} .menu__list").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
