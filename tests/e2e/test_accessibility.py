"""Every page in a browser: axe's rules in light and dark on desktop and phone, and no sideways scrolling at 320."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import DESKTOP, PHONE, NewPage
from tests.e2e.place import Place
from tests.pages import VISITS, Visit

NARROW = {"width": 320, "height": 640}
RULES = {"resultTypes": ["violations"]}
COLOURS = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}  # nothing else is different in the dark
LOOKS: list[tuple[dict[str, int], str, dict[str, list[str]]]] = [
    (DESKTOP, "light", RULES),
    (DESKTOP, "dark", COLOURS),
    (PHONE, "dark", COLOURS),
    (PHONE, "light", RULES),
]

every_page = pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.id)


def violations(page: Page, options: dict[str, list[str]]) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


@every_page
def test_axe_finds_nothing_and_nothing_sticks_out(place: Place, new_page: NewPage, visit: Visit) -> None:
    with visit.on_its_site():
        page = new_page()
        place.show(page, visit)
        found = {}
        for size, scheme, options in LOOKS:
            page.set_viewport_size(size)  # type: ignore[arg-type]  # a TypedDict of the same keys
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its literals
            found[f"{size['width']} {scheme}"] = violations(page, options)
        assert {look: those for look, those in found.items() if those} == {}
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # as above
        assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
