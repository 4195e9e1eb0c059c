"""Pages in Chromium, over a slow line (slow 4G) with a processor four times slower: bytes, requests, paints, shifts."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.tables import Table

FIRST = (  # and then every other address, one visit each, as long as there is time
    *(("overview", "amara"), ("profile", "ada"), ("security", "amara"), ("sessions", "heavy"), ("apps", "heavy")),
    *(("activity", "amara"), ("organizations", "ada"), ("tokens", "ada"), ("data", "ada"), ("delete", "amara")),
    *(("password_change", "ada"), ("sign_in", "")),
)
MOST_FIRST, MOST_LATER = (40_000, 6), (8_000, 1)
ROUND_TRIP_MS, PER_SECOND = 150, 200_000  # slow 4G: 1.6 Mbit/s
SLOWER = 4
MOST_SECONDS = 210.0  # so that the whole bench ends in a quarter of an hour
PAINTS = """() => new Promise(resolve => {
  const found = {largest: 0, shift: 0, blocked: 0};
  const watch = (type, seen) =>
    new PerformanceObserver(list => list.getEntries().forEach(seen)).observe({type, buffered: true});
  watch('largest-contentful-paint', one => { found.largest = one.startTime });
  watch('layout-shift', one => { found.shift += one.hadRecentInput ? 0 : one.value });
  watch('longtask', one => { found.blocked += Math.max(0, one.duration - 50) });
  setTimeout(() => {
    const first = performance.getEntriesByName('first-contentful-paint')[0];
    resolve({...found, first: first ? first.startTime : 0});
  }, 300);
})"""


@dataclass
class Wire:
    """What came over the wire since the last `taken`."""

    bytes: int = 0
    requests: int = 0

    def came(self, event: dict[str, Any]) -> None:
        if event["encodedDataLength"]:
            self.bytes += int(event["encodedDataLength"])
            self.requests += 1

    def taken(self) -> tuple[int, int]:
        found = self.bytes, self.requests
        self.bytes = self.requests = 0
        return found


def pages() -> Table:
    """The site runs in this process here, as for the tests in a browser; so its own time is in the figures."""
    os.environ.update(DJANGO_SETTINGS_MODULE="tests.settings", DJANGO_ALLOW_ASYNC_UNSAFE="true", LOG_LEVEL="ERROR")
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from tests.e2e.place import browser_path, launch
    from tests.screenshots import database

    table = Table(
        "In the browser",
        f"Chromium, {ROUND_TRIP_MS} ms to the server and back, {PER_SECOND * 8 / 1e6:g} Mbit/s, a processor {SLOWER} "
        "times slower. Cold: nothing is kept. Warm: the address again, with the files kept. Later: the address pressed "
        "as a link, by htmx. Paints and blocking in milliseconds, cold.",
        (
            *("Page", "cold bytes", "requests", "first paint", "largest", "blocked", "shift"),
            *("warm bytes", "requests", "later bytes", "requests"),
        ),
        why="Reason: bytes and first requests are those of long lists with their logos; addresses are left when a "
        "quarter of an hour is over. Later requests of pages that ask to confirm first are not explained yet: see that "
        "next.",
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = browser_path(playwright)
        if path is None:
            table.missed.append("There is no Chromium here, so nothing was measured.")
            return table
        chromium = launch(playwright, path)
        with database():
            measure(table, chromium, Path(folder))
        chromium.close()
    return table


def measure(table: Table, chromium: Any, folder: Path) -> None:
    from django.core.management import call_command
    from playwright.sync_api import TimeoutError as PlaywrightTimeout

    from tests.e2e.place import opened_place, started_servers

    left = 0
    with started_servers(folder) as servers:
        until = time.monotonic() + MOST_SECONDS
        for visit in visits():
            if time.monotonic() > until:
                left += 1
                continue
            with opened_place(servers) as place, visit.on_its_site():
                try:
                    one(table, chromium, place, visit)
                except PlaywrightTimeout:
                    table.missed.append(f"{visit.id} was not there in time, so nothing of it was measured.")
            call_command("flush", verbosity=0, interactive=False)
    table.want("addresses for which there was no time", left, 0)


def visits() -> list[Any]:
    """One for each address that is opened as it is, those of `FIRST` before the others."""
    from tests.pages import VISITS, Visit

    found = {(address, person): Visit(address, person, verified=bool(person)) for address, person in FIRST}
    plain = [one for one in VISITS if not (one.way or one.pressed or one.site or one.names) and one.status == 200]
    for visit in plain:
        if visit.address not in [address for address, _person in found]:
            found[visit.address, visit.person] = visit
    return list(found.values())


def one(table: Table, chromium: Any, place: Any, visit: Any) -> None:
    from playwright.sync_api import TimeoutError as PlaywrightTimeout

    place.show(warm := chromium.new_page(), visit)  # the server knows its tenant by then
    warm.close()
    page = chromium.new_context(reduced_motion="reduce", locale="en-GB").new_page()
    session, wire = page.context.new_cdp_session(page), Wire()
    session.send("Network.enable")
    slow = {
        "offline": False,
        "latency": ROUND_TRIP_MS,
        "downloadThroughput": PER_SECOND,
        "uploadThroughput": PER_SECOND,
    }
    session.send("Network.emulateNetworkConditions", slow)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    session.on("Network.loadingFinished", wire.came)
    place.show(page, visit)
    page.wait_for_load_state("networkidle")
    cold, seen = wire.taken(), page.evaluate(PAINTS)
    page.goto(page.url)
    page.wait_for_load_state("networkidle")
    warm_again = wire.taken()
    link = page.locator("nav a[aria-current=page]").first
    later = None
    try:
        later = pressed(page, link) if link.count() else None
    except PlaywrightTimeout:
        table.missed.append(f"What a link to {visit.id} brings was not seen to come.")
    figures = [round(seen[name]) for name in ("first", "largest", "blocked")]
    table.add(visit.id, *cold, *figures, float(seen["shift"]), *warm_again, *(later or ("", "")))
    table.want(f"first bytes of {visit.id}", cold[0], MOST_FIRST[0])
    table.want(f"first requests of {visit.id}", cold[1], MOST_FIRST[1])
    if later:
        table.want(f"later bytes of {visit.id}", later[0], MOST_LATER[0])
        table.want(f"later requests of {visit.id}", later[1], MOST_LATER[1])
    table.want(f"largest after first paint of {visit.id}", seen["largest"] - seen["first"], ROUND_TRIP_MS, " ms")
    table.want(f"shift of {visit.id}", seen["shift"], 0)
    page.context.close()


def pressed(page: Any, link: Any) -> tuple[int, int]:
    """Bytes and requests of what a link brings."""
    finished: list[Any] = []

    def note(request: Any) -> None:  # Playwright takes no method of a list
        finished.append(request)

    page.on("requestfinished", note)
    with page.expect_event("requestfinished", lambda request: request.resource_type in ("xhr", "fetch")):
        link.evaluate("link => link.click()")
    page.wait_for_timeout(4 * ROUND_TRIP_MS)
    sizes = [request.sizes() for request in finished]
    return sum(one["responseHeadersSize"] + one["responseBodySize"] for one in sizes), len(sizes)
