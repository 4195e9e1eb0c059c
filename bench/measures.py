"""Each table of the report: what it measures, and what was wanted."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import load
from bench.asking import PAGES, Browser, Page, calls, cpu_milliseconds, seconds
from bench.processes import GUNICORN, ROOT, SITE_URL, Served, Upstream, environment, site, upstream
from bench.tables import Table

OWN_CPU = {"overview": 4.0, "profile": 4.0, "security": 4.0, "devices": 4.0, "apps": 4.0}
OWN_CPU |= {"devices, 40 sessions": 8.0, "apps, 25 apps": 8.0}
RATIOS = {0.005: 2.5, 0.05: 1.15, 0.2: 1.05}
BEFORE = "6dfc9f8"
# As that commit's guide had it: it had no gunicorn.conf.py yet.
AS_BEFORE = (*GUNICORN[:3], "accountsite.wsgi", *GUNICORN[3:], "--threads", "8", "--no-control-socket")
BARE = (*GUNICORN[:3], "bench.bare", *GUNICORN[3:], "--threads", "64", "--config", os.devnull, "--no-control-socket")
CLIENTS, DELAY_SECONDS = 128, 0.2
BOUND = CLIENTS / DELAY_SECONDS
THREADS = ("8", "16", "32", "64")
PAGES_OF_MEMORY = (1_000, 5_000, 10_000, 20_000, 30_000, 40_000, 50_000)
MOST_SECONDS_OF_MEMORY = 240.0  # so that the whole ends in a quarter of an hour
PEOPLE = sorted({page.person for page in PAGES})


def cpu(times: int = 300) -> Table:
    table = Table(
        "Own CPU of a page",
        f"Milliseconds of the site's own process, median of {times} requests one after the other. The upstream answers "
        "at once and runs in a process of its own. The bare page is a Django view that gives 4,000 bytes.",
        ("Page", "CPU", "bytes", "wanted"),
        why="Reason: calls to Logto take 20 to 45 % of it, the most on the overview, which makes seven; the rest is "
        "many small things (notes below). Next: a reader of the heads of answers that is ours, 30 µs a call.",
    )
    with upstream() as logto, site(logto, PEOPLE) as served:
        for page in PAGES:
            spent, most = cpu_milliseconds(served, page, times), OWN_CPU.get(page.name)
            table.add(page.name, spent, len(Browser(served, page).ask()), most or "")
            if most:
                table.want(page.name, spent, most, " ms")
    with upstream() as logto, bare(logto, workers=1) as served:
        for page in (Page("bare page", "/", ""), Page("bare page with one call", "/call/", "")):
            table.add(page.name, cpu_milliseconds(served, page, times), len(Browser(served, page).ask()), "")
    return table


def ratios(times: int = 15) -> Table:
    delays = ("0 ms", *(f"{int(delay * 1000)} ms" for delay in RATIOS))
    table = Table(
        "A page beside its slowest call",
        f"Median of {times} pages over the delay of the upstream, for each delay; at 0 ms the milliseconds themselves. "
        "Calls: what one page asks of Logto once a process knows the tenant. Rounds: how many of them stand one after "
        "the other.",
        ("Page", *delays, "calls", "rounds"),
        why="Reason: what stands above 1 is the CPU of the first table, and of the upstream, which sends each answer "
        "on the same cores; at 5 ms that is more than the call itself. Next: as for the first table.",
    )
    with upstream() as logto, site(logto, PEOPLE) as served:
        for page in PAGES:
            at_once = seconds(served, page, times) * 1000
            shown = [f"{at_once:.1f} ms"]
            for delay, most in RATIOS.items():
                logto.delay(delay)
                ratio = seconds(served, page, times) / delay
                shown.append(f"{ratio:.2f}")
                table.want(f"{page.name} at {int(delay * 1000)} ms", ratio, most)
            asked = calls(served, page, logto)
            logto.delay(0)
            table.add(page.name, *shown, asked["calls"], asked["rounds"])
            table.want(f"rounds of {page.name}", asked["rounds"], 1)
    return table


def throughput(seconds_each: float = 15.0) -> Table:
    table = Table(
        "Many at once",
        f"The overview, {CLIENTS} browsers, {int(DELAY_SECONDS * 1000)} ms for every call of Logto, two processes. No "
        f"more than {BOUND:.0f} a second are possible. {BEFORE} is served as its guide said: 8 threads.",
        ("Site", "pages/s", "median s", "99 % s", "errors", "CPU ms/page"),
        why="Reason: site, browsers and upstream share the cores, and 32 threads that wait 200 ms each give 160 pages "
        "a second at the most. Errors are “This site is busy” in the first second, before any page is done. Next: to "
        "wait longer there, and the same on a machine with cores for each of the three, with more threads.",
    )
    with (
        old_checkout() as checkout,
        upstream() as logto,
        site(logto, ["amara"], workers=2, command=AS_BEFORE, checkout=checkout) as served,
    ):
        before = loaded(table, BEFORE, served, logto, seconds_each)
    with upstream() as logto, site(logto, ["amara"], workers=2) as served:
        now = loaded(table, "now", served, logto, seconds_each)
    with upstream() as logto, bare(logto, workers=2) as served:
        loaded(table, "bare page with one call", served, logto, seconds_each, path="/call/")
    table.want_at_least(f"pages a second beside {BEFORE}", now.per_second / max(before.per_second, 0.01), 2.5, " times")
    table.want_at_least("pages a second", now.per_second, 0.9 * BOUND)
    table.want("99 %", now.slowest_of_100, 1.6 * DELAY_SECONDS, " s")
    table.want("errors", now.errors, 0)
    return table


def servers(seconds_each: float = 10.0) -> Table:
    table = Table(
        "Threads of gunicorn",
        "As above, with other numbers of threads in each of the two processes; memory of the larger one.",
        ("Threads", "pages/s", "median s", "99 % s", "errors", "CPU ms/page", "MB"),
    )
    for threads in THREADS:
        command = (*GUNICORN, "--threads", threads)
        with upstream() as logto, site(logto, ["amara"], workers=2, command=command) as served:
            loaded(table, threads, served, logto, seconds_each, with_memory=True)
    return table


def memory() -> Table:
    table = Table(
        "Memory",
        "Of the larger of two processes, after so many pages, those of the first table in turn, for eight at once; "
        f"50,000 of them, or as many as {MOST_SECONDS_OF_MEMORY / 60:.0f} minutes are enough for.",
        ("Pages", "MB", "wanted"),
        why="Reason: a process has more than 85 MB before its first page, of which the code is most (notes below), and "
        "two cores ask for no more pages in that time. Next: what is loaded for one language alone, and the encodings "
        "that `requests` can guess and nobody asks for.",
    )
    found: list[tuple[int, float]] = []
    with upstream() as logto, site(logto, PEOPLE, workers=2) as served:
        done, turn, until = 0, 0, time.monotonic() + MOST_SECONDS_OF_MEMORY
        while done < PAGES_OF_MEMORY[-1] and time.monotonic() < until:
            page = PAGES[turn % len(PAGES)]
            found_here = load.run(served.port, page.path, served.cookies[page.person], clients=8, seconds=6)
            done, turn = done + found_here.all_answers, turn + 1
            if done >= PAGES_OF_MEMORY[min(len(found), len(PAGES_OF_MEMORY) - 1)]:
                found.append((done, max(served.megabytes())))
        if not found or found[-1][0] < done:
            found.append((done, max(served.megabytes())))
    for count, megabytes in found:
        table.add(f"{count:,}", megabytes, 85)
    last, settled = found[-1], next((one for one in found if one[0] >= 10_000), found[0])
    table.want_at_least("pages that were asked for", last[0], PAGES_OF_MEMORY[-1])
    table.want("memory at the end", last[1], 85, " MB")
    table.want(f"growth from {settled[0]:,} on", last[1] - settled[1], 2, " MB")
    return table


def start(times: int = 5) -> Table:
    table = Table("Start", "CPU until the application can answer, the least of five.", ("CPU s", "wanted"))
    table.why = "Reason: 1,500 modules are loaded, 260 dataclasses made. Next: what only administrators need, later."
    with tempfile.TemporaryDirectory() as folder:
        settings = environment(Path(folder), SITE_URL.replace("account", "auth"))
        spent = min(started(settings) for _ in range(times))
    table.add(spent, 1.0)
    table.want("start", spent, 1.0, " s")
    return table


def started(settings: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", "import accountsite.wsgi"]
    subprocess.run(command, cwd=ROOT, env=settings, check=True)  # noqa: S603  # our own module
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def loaded(
    table: Table,
    name: str,
    served: Served,
    logto: Upstream,
    seconds_each: float,
    *,
    path: str = "/",
    with_memory: bool = False,
) -> load.Load:
    logto.delay(DELAY_SECONDS)
    before = served.cpu_seconds()
    found = load.run(served.port, path, served.cookies.get("amara", ""), clients=CLIENTS, seconds=seconds_each)
    each = (served.cpu_seconds() - before) * 1000 / max(found.all_answers, 1)
    more = (max(served.megabytes()),) if with_memory else ()
    table.add(name, found.per_second, found.median, found.slowest_of_100, found.errors, each, *more)
    return found


@contextmanager
def bare(logto: Upstream, *, workers: int) -> Iterator[Served]:
    more = {"BARE_UPSTREAM": logto.endpoint}
    with site(logto, workers=workers, command=BARE, more=more) as served:
        yield served


@contextmanager
def old_checkout() -> Iterator[Path]:
    """The files of the commit before, in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603, S607  # a fixed command
        subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)  # noqa: S603, S607  # as above
        yield Path(folder)
