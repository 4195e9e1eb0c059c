"""The two files that a copy of one's data comes as, piece by piece while it is still being read."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from settings_app.formats import in_a_row
from settings_app.sections.data.actions import Gathered
from settings_app.sections.data.labels import label_of, words_of, words_of_api, words_of_permission
from settings_app.sections.data.parts import ACTIVITY, EVERY, PARTS, VERSION, Shape, Values

ROWS_IN_A_PIECE = 100


def as_json(gathered: Gathered) -> Iterator[str]:
    """What could not be read is null, and named at the end; a file without its end was cut off on the way."""
    actor = gathered.actor
    head = {
        "format": "account-data",
        "version": VERSION,
        "made_at": gathered.made_at,
        "brand": actor.site.brand.name,
        "site": actor.site.base_url,
    }
    yield "{\n" + ",\n".join(f"{entry(name)}{dumped(value)}" for name, value in head.items())
    for part in PARTS:
        yield f",\n{entry(part.name)}{dumped(gathered.shape_of(part))}"
    yield f",\n{entry(ACTIVITY.name)}["
    comma = ""
    for row in gathered.activity():
        yield f"{comma}\n{dumped(row)}"
        comma = ","
    missing, complete = dumped(gathered.missing), dumped(not gathered.missing)
    yield f"\n],\n{entry('missing')}{missing},\n{entry('complete')}{complete}\n}}\n"


def entry(name: str) -> str:
    return f'"{name}": '


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=written)


def written(value: object) -> str:
    """A point in time as RFC 3339 has it, in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    raise TypeError(type(value).__name__)


def as_page(gathered: Gathered) -> Iterator[str]:
    """One file that any browser shows, without anything from elsewhere."""
    actor = gathered.actor
    with translation.override(actor.language):
        context = {
            "language": actor.language,
            "right_to_left": translation.get_language_bidi(),
            "site": actor.site,
            "person": actor.person,
            "made_at": actor.formats.full(gathered.made_at),
            "parts": EVERY,
        }
        begin, end = around("data/file.html", context)
        yield begin
        for part in PARTS:
            shape = gathered.shape_of(part)
            page = {"part": part, "is_missing": shape is None, "items": items_of(gathered, part.name, shape)}
            yield render_to_string("data/file_part.html", page)
        begin_of_table, end_of_table = around("data/file_table.html", {"part": ACTIVITY})
        yield begin_of_table
        rows = gathered.activity()
        while some := list(islice(rows, ROWS_IN_A_PIECE)):
            yield render_to_string("data/file_rows.html", {"rows": [cells(gathered, row) for row in some]})
        yield end_of_table
        missing = [str(part.title) for part in EVERY if part.name in gathered.missing]
        yield render_to_string("data/file_note.html", {"missing": missing}) + end


def around(template: str, context: Values) -> tuple[str, str]:
    """What stands before its gap and after it; the gap is filled while the file is under way."""
    gap = secrets.token_hex()
    before, _gap, after = render_to_string(template, {**context, "gap": gap}).partition(gap)
    return before, after


Line = tuple[str | Promise, str]


def items_of(gathered: Gathered, name: str, shape: Shape | None) -> list[list[Line]]:
    """Each thing of a part as its lines; a part that is one thing has one item."""
    if not shape:
        return []
    every = [shape] if isinstance(shape, dict) else shape
    if name == "custom_data":  # its keys are the brand's own
        return [[(key, text(gathered, key, value)) for key, value in one.items()] for one in every]
    return [found for one in every if (found := lines_of(gathered, one))]


def lines_of(gathered: Gathered, values: Values) -> list[Line]:
    """What is set, with the parts of an address beside the rest."""
    found: list[Line] = []
    for key, value in values.items():
        if isinstance(value, dict):
            found += lines_of(gathered, value)
        elif value not in (None, "", []):
            found.append((label_of(key), text(gathered, key, value)))
    return found


def text(gathered: Gathered, key: str, value: Any) -> str:
    if isinstance(value, datetime):
        formats = gathered.actor.formats
        return formats.day_and_clock(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list) and all(isinstance(one, dict) and "api" in one for one in value):
        return "\n".join(f"{words_of_api(one['api'])}: {in_a_row(one['permissions'])}" for one in value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "\n".join(words_of_permission(one) for one in value) if key == "permissions" else in_a_row(value)
    if isinstance(value, str):
        return words_of(key, value)
    return json.dumps(value, ensure_ascii=False)


def cells(gathered: Gathered, row: Values) -> dict[str, str]:
    told = {key: text(gathered, key, value) for key, value in row.items()}
    by_administrator = _("An administrator") if row["by_administrator"] else ""
    return told | {"device": in_a_row((row["device"], by_administrator))}
