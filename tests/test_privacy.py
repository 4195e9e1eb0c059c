"""docs/privacy.md says of what is stored what people read about it, no more and no less."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.utils import translation

from settings_app.safeguards.traces import FORGOTTEN, KEPT
from settings_app.sections.data.kept import listed

PAGE = Path(__file__).resolve().parent.parent / "docs" / "privacy.md"


def rows() -> list[tuple[str, str, str]]:
    table = PAGE.read_text(encoding="utf-8").partition("| What | How long | Tables |\n")[2].partition("\n\n")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines()[1:]]
    return [(what, until, tables) for what, until, tables in lines]


def test_the_operators_page_says_what_people_read() -> None:
    everything_on = replace(settings.SITES[0], events_url="https://events.example.com/")
    with translation.override("en"):
        told = [(one.what, one.until, {model.__name__ for model in one.of}) for one in listed(everything_on)]
    assert [(what, until, set(re.findall(r"`(\w+)`", tables))) for what, until, tables in rows()] == told


def test_every_table_that_names_a_person_is_on_it() -> None:
    named = {name for _what, _until, tables in rows() for name in re.findall(r"`(\w+)`", tables)}
    assert named == {model.__name__ for model in (*FORGOTTEN, *KEPT)}
