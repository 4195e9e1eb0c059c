"""`make bench`: every table of docs/speed.md. `python -m bench NAME ...` prints some of them; with `--write` before the
names they are written too, and the others are named as not measured.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import browser, measures
from bench.processes import ROOT
from bench.tables import Table

TABLES: dict[str, Callable[[], Table]] = {
    "cpu": measures.cpu,
    "ratios": measures.ratios,
    "throughput": measures.throughput,
    "servers": measures.servers,
    "memory": measures.memory,
    "start": measures.start,
    "browser": browser.pages,
}
REPORT = ROOT / "docs" / "speed.md"
NOTES = ROOT / "bench" / "notes.md"
INTRODUCTION = """# Speed

Written by `make bench`; the notes at the end, of what was tried and what it gave, are those of `bench/notes.md`.
Times are of one machine and of one run, so compare within a table. {machine}
"""


def machine() -> str:
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    busy = os.getloadavg()[0]
    when = datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC")
    return (
        f"{when}; {os.cpu_count()} cores, {model.partition(':')[2].strip() or platform.machine()}; Python "
        f"{platform.python_version()}; {busy:.1f} processes wanted a core when it began."
    )


def main(wanted: list[str]) -> None:
    about, began = machine(), time.monotonic()
    print(about)
    found = []
    for name, measure in TABLES.items():
        if not wanted or name in wanted:
            print(f"{name} ({time.monotonic() - began:.0f} s)", flush=True)
            found.append(measure())
    if wanted:
        return
    parts = [
        INTRODUCTION.format(machine=about),
        *(table.markdown() for table in found),
        NOTES.read_text(encoding="utf-8"),
    ]
    REPORT.write_text("\n".join(parts), encoding="utf-8")
    missed = [f"{table.title}: {one}" for table in found for one in table.missed]
    print("\n".join(["", "Missed:" if missed else "Nothing is missed.", *missed]))
    print(f"{REPORT.relative_to(ROOT)} is written; it took {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main(sys.argv[1:])
