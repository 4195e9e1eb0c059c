"""Writes docs/faults.md from what the tests of this folder have seen: `python -m tests.faults.table FOLDER`."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.judging import ASIDE, Seen
from tests.faults.results import Case, read
from tests.faults.wrongs import PLAYED, WRONGS
from tests.guards import ROOT

PAGE = ROOT / "docs" / "faults.md"
LETTERS = {
    Seen.WHOLE: "a", Seen.DONE: "d", Seen.PART: "m", Seen.OTHER: "o", Seen.UNAVAILABLE: "u", Seen.WAIT: "w",
    Seen.GONE: "g", Seen.LED: "l", Seen.REFUSED: "r", Seen.UNCONFIRMED: "c",
}  # fmt: skip
MEANING = {
    Seen.WHOLE: "the page as ever: the call was made again, or the page shows nothing of it",
    Seen.DONE: "the change is done, once",
    Seen.PART: "the page, which says what of it could not be loaded or checked",
    Seen.OTHER: "the page with less or other in it, where Logto’s answer held odd values or the tenant was changed",
    Seen.UNAVAILABLE: "503 with `Retry-After`: nothing was changed, what was typed is kept",
    Seen.WAIT: "429 with `Retry-After`: the same",
    Seen.GONE: "signed out, with the reason",
    Seen.LED: "led to another page of the site",
    Seen.REFUSED: "refused with a reason, nothing was changed",
    Seen.UNCONFIRMED: "says that the end could not be confirmed",
}
SUMMED = {
    "database": "the database goes away at one statement of a change or page, then is back: both answers",
    "lease": "the lock on a person is lost after one call of a change: the answer, and what is so at Logto",
    "killed": "the process is killed after one call of a change: what is so then, and the answer when tried again",
    "sigkill": "a gunicorn worker is killed (-9) before or after a call that writes: what was told, and is so at Logto",
    "fuzzing": "any bytes into each parser of ours, led by the branches they reach: inputs",
    "clock": "our clock is an hour fast or slow: the answer",
}
HOW_MUCH = {
    "all": "each fault at each call",
    "turn": "of each kind of fault one at each call, by turn; at calls for the tenant’s settings two kinds by turn",
    "few": "a few of all",
}
BEGINNING = """# Faults

What people see when Logto, or something of our own, fails. Made by `make faults`; not edited by hand.

Every page and every change (`tests/pages.py`, `tests/faults/writes.py`) is played from the same beginning, once
for each call it makes to Logto (with nothing in memory yet, so also for the token and the tenant's settings) and
for each thing that can go wrong at that call. A page has to say what it could not load, has to change nothing, and
never ends in a traceback. A change is done once or not at all, or says that it cannot tell; what was typed is
kept; and pressing again, once nothing fails any more, ends as it would have at once.
"""


def main() -> int:
    folder = Path(sys.argv[1])
    cases, there = list(read(folder)), json.loads((folder / "there.json").read_text(encoding="utf-8"))
    PAGE.write_text("\n".join(lines(cases, there)) + "\n", encoding="utf-8")
    missed = sum(bool(one.missed) for one in cases)
    print(f"{len(cases)} cases, {missed} missed; the table is in {PAGE.relative_to(ROOT)}")
    return 1 if missed or not cases else 0


def lines(cases: list[Case], there: Mapping[str, int]) -> Iterable[str]:
    yield BEGINNING
    played = {part: len({one.about for one in cases if one.part == part}) for part in ("pages", "writes")}
    yield f"Played: {HOW_MUCH[PLAYED]}; {played['pages']} of {there['pages']} pages and {played['writes']} of"
    yield f"{there['writes']} changes, {len(cases)} cases on {datetime.now(UTC):%Y-%m-%d},"
    yield f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores.\n"
    yield "| Letter | What was seen |\n|---|---|"
    for seen, letter in LETTERS.items():
        yield f"| {letter} | {MEANING[seen]} |"
    for part, title in (("pages", "Pages"), ("writes", "Changes")):
        yield from table(title, [one for one in cases if one.part == part])
    yield from others([one for one in cases if one.part not in ("pages", "writes")])
    yield "\n## What is left out without a word\n\n| Page | Call | What |\n|---|---|---|"
    yield from (f"| {page or 'every one'} | `{path}` | {what} |" for page, path, what in ASIDE)
    yield "\n## Missed\n"
    missed = [one for one in cases if one.missed]
    yield from (f"- {one.about}, {one.call}, {one.wrong}: {one.missed}" for one in missed)
    if not missed:
        yield "None."


def table(title: str, cases: list[Case]) -> Iterable[str]:
    if not cases:
        return
    wrongs = [wrong.name for wrong in WRONGS]
    yield f"\n## {title}\n\n| | {' | '.join(wrongs)} |\n|---|{'---|' * len(wrongs)}"
    for about in sorted({one.about for one in cases}):
        of_it = [one for one in cases if one.about == about]
        cells = [counted([one for one in of_it if one.wrong == wrong]) for wrong in wrongs]
        yield f"| {about} | {' | '.join(cells)} |"


def counted(cases: list[Case]) -> str:
    """How often each thing was seen, such as "a9 u2"."""
    seen = Counter(LETTERS.get(Seen(one.seen), "?") if one.seen in list(Seen) else "**traceback**" for one in cases)
    return " ".join(f"{letter}{times}" for letter, times in sorted(seen.items()))


def others(cases: list[Case]) -> Iterable[str]:
    if not cases:
        return
    yield "\n## Our own parts\n\n| Part | What fails | What was seen |\n|---|---|---|"
    yield from (f"| {one.about} | {one.wrong} | {one.seen} |" for one in cases if one.part == "own")
    for part, what in SUMMED.items():
        of_it = Counter(one.seen for one in cases if one.part == part)
        changes = len({one.about for one in cases if one.part == part})
        seen = ", ".join(f"{words}: {times}" for words, times in of_it.most_common())
        if of_it:
            yield f"| {what} | {changes} changes or pages, {sum(of_it.values())} cases | {seen} |"


if __name__ == "__main__":
    sys.exit(main())
