"""Every page beside its last accepted picture: `make looks`. What differs is drawn into ./screenshots/differences/.

    python -m tests.looks [accept] [words that the name of a page must contain]

A picture is kept as one cell for each 8 by 8 pixels, which shows what moved, went or changed its colour and weighs ten
kilobytes a page. The clock of the site and of the browser stands at one moment, the sandbox is seeded, nothing moves,
and what is made by chance is covered. Letters are drawn by the fonts of a machine, so tests/accepted/ says whose.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from shutil import rmtree, which
from subprocess import run
from typing import TYPE_CHECKING

import time_machine
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from playwright.sync_api import Browser, sync_playwright

from tests.screenshots import FERNHILL, ROOT, database, fonts

if TYPE_CHECKING:
    from tests.e2e.place import Place, Servers
    from tests.pages import Visit

ACCEPTED = ROOT / "tests" / "accepted"
DIFFERENCES = ROOT / "screenshots" / "differences"
DRAWN_BY = ACCEPTED / "drawn-by.txt"
MOMENT = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
LOOKS = (((1280, 900), "light"), ((390, 844), "dark"))
CELL = 8
SHOWN = 4  # pixels of a difference for each cell
STEPS = 16  # of a colour, of 256
TOLERANCE = 2 * STEPS  # of one colour of one cell: letters that stand between two pixels
OUTSIDE = (255, 0, 255)  # below the shorter picture and between the two
BY_CHANCE = ".mono, .secret__text, .codes, .qr"
MARK = (220, 0, 0)
PATIENCE_MS = 120_000  # a busy machine is no difference


def cells(picture: Image.Image) -> Image.Image:
    """The picture as it is kept."""
    size = (max(1, picture.width // CELL), max(1, picture.height // CELL))
    small = picture.convert("RGB").resize(size, Image.Resampling.BOX)
    return small.point([value // STEPS * STEPS for value in range(256)] * 3)


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    width = sum(one.width for one in pictures) + len(pictures) - 1
    strip = Image.new("RGB", (width, max(one.height for one in pictures)), OUTSIDE)
    left = 0
    for one in pictures:
        strip.paste(one, (left, 0))
        left += one.width + 1
    return strip


def difference(accepted: Image.Image, now: Image.Image) -> Image.Image | None:
    """White where the two differ, as large as the larger one; None where they are alike."""
    size = (max(accepted.width, now.width), max(accepted.height, now.height))
    laid_out = [Image.new("RGB", size, OUTSIDE) for _one in range(2)]
    for canvas, picture in zip(laid_out, (accepted, now), strict=True):
        canvas.paste(picture, (0, 0))
    apart = ImageChops.difference(*laid_out).point([255 * (value > TOLERANCE) for value in range(256)] * 3)
    most = ImageChops.lighter(ImageChops.lighter(*apart.split()[:2]), apart.split()[2])
    return most if most.getbbox() else None


def marked(accepted: Image.Image, now: Image.Image, apart: Image.Image) -> Image.Image:
    """Before and after, beside each other; red frames stand around what differs."""
    around = apart.filter(ImageFilter.MaxFilter(5))
    edge = ImageChops.subtract(around, apart.filter(ImageFilter.MaxFilter(3)))
    pair = Image.new("RGB", (2 * apart.width + 4, apart.height), OUTSIDE)
    pair.paste(accepted, (0, 0))
    pair.paste(now, (apart.width + 4, 0))
    draw = ImageDraw.Draw(pair)
    for left in (0, apart.width + 4):
        draw.bitmap((left, 0), edge, fill=MARK)
    return pair.resize((pair.width * SHOWN, pair.height * SHOWN), Image.Resampling.NEAREST)


@contextmanager
def visited(servers: Servers, visit: Visit) -> Iterator[Place]:
    """A site that nobody has used, at the one moment."""
    from django.core.management import call_command

    from tests.e2e.place import opened_place

    with time_machine.travel(MOMENT, tick=True), opened_place(servers) as place, visit.on_its_site():
        yield place
    call_command("flush", verbosity=0, interactive=False)


def drawn(browser: Browser, place: Place, visit: Visit) -> Image.Image:
    page = browser.new_page(reduced_motion="reduce", locale="en-GB", timezone_id="Europe/London")
    page.set_default_timeout(PATIENCE_MS)
    page.clock.set_fixed_time(MOMENT)
    place.show(page, visit)
    page.wait_for_load_state("networkidle")
    pictures = []
    for (width, height), scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its literals
        covered = [page.locator(BY_CHANCE)]
        png = page.screenshot(full_page=True, animations="disabled", mask=covered, mask_color="#808080")
        with Image.open(BytesIO(png)) as picture:
            pictures.append(cells(picture))
    page.close()
    return side_by_side(pictures)


def drawn_by(browser: Browser) -> str:
    fc_match = which("fc-match")
    found = run([fc_match, "system-ui"], capture_output=True, text=True, check=False).stdout if fc_match else ""  # noqa: S603  # a fixed command
    return f"Chromium {browser.version}, {found.strip() or 'fonts unknown'}\n"


def main(words: list[str]) -> int:
    """Compares, or with `accept` keeps, the pages whose names contain all other words. 1 when any differs."""
    import django

    os.environ.update(FERNHILL, DJANGO_SETTINGS_MODULE="tests.settings", DJANGO_ALLOW_ASYNC_UNSAFE="true", TZ="UTC")
    django.setup()

    from tests.e2e.place import browser_path, launch, started_servers
    from tests.pages import VISITS

    accepts, wanted = "accept" in words, [word for word in words if word != "accept"]
    rmtree(DIFFERENCES, ignore_errors=True)
    DIFFERENCES.mkdir(parents=True)
    ACCEPTED.mkdir(exist_ok=True)
    differ: list[str] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = browser_path(playwright)
        if path is None:
            print("No Chromium here: apt install chromium, or .venv/bin/playwright install chromium")
            return 1
        browser = launch(playwright, path, **fonts(Path(folder)))
        if accepts:
            DRAWN_BY.write_text(drawn_by(browser), encoding="utf-8")
        elif DRAWN_BY.exists() and DRAWN_BY.read_text(encoding="utf-8") != drawn_by(browser):
            print(
                f"Accepted with {DRAWN_BY.read_text().strip()}; here {drawn_by(browser).strip()}: letters may differ."
            )
        (collected := Path(folder) / "static").mkdir()
        with database(), started_servers(collected) as servers:
            for visit in (one for one in VISITS if all(word in one.id for word in wanted)):
                with visited(servers, visit) as place:
                    now = drawn(browser, place, visit)
                if not settled(visit.id, now, accepts=accepts):
                    differ.append(visit.id)
        browser.close()
    if not wanted:
        differ += left_over({visit.id for visit in VISITS}, accepts=accepts)
    print("\n".join(differ) or ("Accepted." if accepts else "Every page looks as it was accepted."))
    return int(bool(differ))


def settled(name: str, now: Image.Image, *, accepts: bool) -> bool:
    """Whether the page looks as it was accepted, or does from now on."""
    kept = ACCEPTED / f"{name}.png"
    apart = None
    if kept.exists():
        with Image.open(kept) as accepted:
            before = accepted.convert("RGB")
        apart = difference(before, now)
        if apart is None:
            return True
    if accepts:
        now.save(kept, optimize=True)
        return True
    if apart is None:
        now.resize((now.width * SHOWN, now.height * SHOWN)).save(DIFFERENCES / f"{name}.png")
    else:
        marked(before, now, apart).save(DIFFERENCES / f"{name}.png")
    return False


def left_over(names: set[str], *, accepts: bool) -> list[str]:
    """Pictures of pages that there are no more."""
    gone = [path for path in ACCEPTED.glob("*.png") if path.stem not in names]
    if accepts:
        for path in gone:
            path.unlink()
        return []
    return [f"{path.stem} is no page any more" for path in gone]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
