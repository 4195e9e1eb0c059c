"""What holds for the text of every template; `tests/test_pages.py` looks at what comes of them."""

from __future__ import annotations

import re
from pathlib import Path

LONGEST_LINE = 140

ROOT = Path(__file__).resolve().parent.parent / "templates"
TEMPLATES = {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.*")}
CODE = "".join(path.read_text(encoding="utf-8") for path in (ROOT.parent / "settings_app").rglob("*.py"))
NAMED = re.compile(r"""(?:(?:component|fixed)(?:\(context,)? "|"components/)(\w+)(?:\.html)?\"""")


def test_no_line_is_too_long_to_read() -> None:
    lines = [
        (str(name), number)
        for name, text in TEMPLATES.items()
        for number, line in enumerate(text.split("\n"), 1)
        if len(line) > LONGEST_LINE
    ]
    assert lines == []


def test_every_component_is_used_and_drawn_by_the_tag() -> None:
    drawn = {name for text in (*TEMPLATES.values(), CODE) for name in NAMED.findall(text)}
    there = {name.stem for name in TEMPLATES if name.parent.name == "components"}
    assert there == drawn
    assert [str(name) for name, text in TEMPLATES.items() if 'include "components/' in text] == []


def test_a_component_is_given_nothing_that_it_does_not_use() -> None:
    calls = re.findall(r"""\{% component "(\w+)"([^%]*)%\}""", "".join(TEMPLATES.values()))
    given = {(name, key) for name, values in calls for key in re.findall(r"""(\w+)=""", values)}
    assert [one for one in given if one[1] not in TEMPLATES[Path("components", f"{one[0]}.html")]] == []
