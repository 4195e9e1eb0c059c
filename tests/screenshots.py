"""Writes every page into ./screenshots/, in light and dark at 1280 and 390, and two small ones for the README.

.venv/bin/python -m tests.screenshots [words that the name of a picture must contain]

With PICTURE_LANGUAGE=de, or another tag of a language that is compiled, everybody speaks it, and -de ends each name.
A page that fails is tried again in a new browser; one that goes on failing is named when all others are drawn.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from subprocess import run
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as BrowserError

if TYPE_CHECKING:
    from tests.e2e.place import Servers
    from tests.pages import Visit

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "screenshots"
README_PICTURES = ROOT / "docs" / "screenshots"
README_MOST_BYTES = 150_000
README_HEIGHT = 1000
SIZES = {"desktop": (1280, 900), "mobile": (390, 844)}
LANGUAGE = os.environ.get("PICTURE_LANGUAGE", "")
TRIES = 3  # of one page, since a browser may stumble
PATIENCE_MS = 120_000  # a busy machine is no reason to fail
FOR_README = {"overview-amara": "overview.png", "profile-amara": "profile.png"}
FERNHILL = {
    "BRAND_LEGAL_NAME": "Fernhill Ltd",
    "BRAND_COLOUR": "#2f5bd8",
    "BRAND_DARK_COLOUR": "#8aa6ff",
    "HOME_URL": "https://fernhill.example",
    "SUPPORT_URL": "https://fernhill.example/help",
    "PRIVACY_URL": "https://fernhill.example/privacy",
    "TERMS_URL": "https://fernhill.example/terms",
    "LOG_LEVEL": "ERROR",
}
# The design's pictures are set in Inter and JetBrains Mono, as stand-ins for the fonts of a system.
STAND_INS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  {aliases}
</fontconfig>
"""
ALIAS = """<match target="pattern">
  <test name="family"><string>{asked}</string></test>
  <edit name="family" mode="prepend" binding="strong"><string>{given}</string></edit>
</match>"""


def installed(family: str) -> bool:
    fc_list = which("fc-list")
    return bool(fc_list and run([fc_list, family], capture_output=True, check=False).stdout)  # noqa: S603  # a fixed command


def fonts(folder: Path) -> dict[str, str]:
    """The environment in which Chromium takes Inter for the system's font, where it is installed."""
    families = {"system-ui": "Inter", "sans": "Inter", "sans-serif": "Inter", "Liberation Mono": "JetBrains Mono"}
    aliases = [ALIAS.format(asked=asked, given=given) for asked, given in families.items() if installed(given)]
    if not aliases:
        return {}
    target = folder / "fonts.conf"
    target.write_text(STAND_INS.format(aliases="\n  ".join(aliases)), encoding="utf-8")
    return {"FONTCONFIG_FILE": str(target)}


@contextmanager
def database() -> Iterator[None]:
    """A database of its own, as the tests have."""
    from django.db import connections
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases, teardown_test_environment

    setup_test_environment()
    created = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        connections.close_all()
        teardown_databases(created, verbosity=0)
        teardown_test_environment()


def main(wanted: list[str]) -> int:
    """Draws the pictures whose names contain all of `wanted`; says how many there are, and which could not be drawn."""
    import django

    os.environ.update(FERNHILL, DJANGO_SETTINGS_MODULE="tests.settings", DJANGO_ALLOW_ASYNC_UNSAFE="true")
    django.setup()

    from tests.e2e.place import browser_path, launch

    PICTURES.mkdir(exist_ok=True)
    README_PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = browser_path(playwright)
        if path is None:
            print("No Chromium here: apt install chromium, or .venv/bin/playwright install chromium", file=sys.stderr)
            return 1
        families = fonts(Path(folder))
        with database():
            count, missed = draw(lambda: launch(playwright, path, **families), Path(folder) / "static", wanted)
    print(f"{count} pictures in {PICTURES.relative_to(ROOT)}/")
    if missed:
        print("Could not be drawn: " + ", ".join(missed), file=sys.stderr)
    return 1 if missed else 0


def draw(new_browser: Callable[[], Browser], collected: Path, wanted: list[str]) -> tuple[int, list[str]]:
    """How many pictures there are now, and the pages that have none."""
    from tests.e2e.place import started_servers
    from tests.pages import VISITS

    collected.mkdir()
    count, missed = 0, []
    browser = new_browser()
    with started_servers(collected) as servers:
        for visit in VISITS:
            if not all(word in visit.id for word in wanted):
                continue
            for _try in range(TRIES):
                try:
                    count += draw_one(browser, servers, visit)
                    print(f"  {visit.id}", flush=True)
                    break
                except BrowserError as error:
                    print(f"  {visit.id}: {error.message.partition(chr(10))[0]}", file=sys.stderr, flush=True)
                    browser.close()
                    browser = new_browser()
            else:
                missed.append(visit.id)
    browser.close()
    for name, target in FOR_README.items():
        for_readme(PICTURES / f"{name}-desktop-light.png", README_PICTURES / target)
    return count, missed


def draw_one(browser: Browser, servers: Servers, visit: Visit) -> int:
    """Somebody who has just come sees the page in each size and scheme."""
    from django.core.management import call_command

    from tests.e2e.place import opened_place

    call_command("flush", verbosity=0, interactive=False)
    with opened_place(servers) as place, visit.on_its_site():
        for person in place.logto.state.people.values() if LANGUAGE else ():
            person.user["profile"]["locale"] = LANGUAGE
        page = browser.new_page(reduced_motion="reduce", locale=LANGUAGE or "en-GB")
        page.set_default_timeout(PATIENCE_MS)
        place.show(page, visit, language=LANGUAGE)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                name = "-".join(part for part in (visit.id, size, scheme, LANGUAGE) if part)
                page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        page.close()
    return 2 * len(SIZES)


def for_readme(picture: Path, target: Path) -> None:
    """The upper part, packed as tightly as PNG can without losing a colour."""
    from PIL import Image

    if not picture.exists():
        return
    with Image.open(picture) as image:
        upper = image.crop((0, 0, image.width, min(image.height, README_HEIGHT)))
        upper.convert("RGB").save(target, optimize=True)
    if target.stat().st_size > README_MOST_BYTES:
        sys.exit(f"{target.relative_to(ROOT)} is larger than {README_MOST_BYTES} bytes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
