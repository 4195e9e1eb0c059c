"""An answer as it should not be: cut off, or with values that are missing, of another type or unheard of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from accountsite.sandbox.faults import FaultKind
from accountsite.sandbox.web import Answer

Value = tuple[Any, Any]  # a list or object, and under what the value stands in it
WORD = re.compile(r"[A-Za-z][A-Za-z_]{1,40}")  # as Logto writes one of several known words


def truncate(answer: Answer) -> Answer:
    """The same answer with the second half of its body missing."""
    return Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2])


def spoil(kind: FaultKind, answer: Answer, which: int | None) -> Answer:
    """The same answer, one of its values (`which`, round again) or each of them spoilt."""
    if kind is FaultKind.TRUNCATED:
        return truncate(answer)
    found = parsed(answer)
    values = list(values_of(found, kind))
    if not values:
        return answer
    for place, name in values if which is None else [values[which % len(values)]]:
        SPOILT[kind](place, name)
    return Answer(answer.status, answer.headers, json.dumps(found, separators=(",", ":")).encode())


def how_many_values(kind: FaultKind, answer: Answer) -> int:
    """How many there are that can be spoilt like that."""
    return len(list(values_of(parsed(answer), kind)))


def parsed(answer: Answer) -> Any:
    """What a success holds; None for anything else."""
    is_json = dict(answer.headers).get("content-type", "").startswith("application/json")
    return json.loads(answer.body) if is_json and 200 <= answer.status < 300 else None


def values_of(found: Any, kind: FaultKind) -> Iterator[Value]:
    """Each value that can be spoilt, the deepest first, so that what is within one that goes was there before."""
    names = list(found) if isinstance(found, dict) else range(len(found)) if isinstance(found, list) else ()
    for name in names:
        yield from values_of(found[name], kind)
        if isinstance(found, dict) and (kind is not FaultKind.UNKNOWN_VALUE or is_a_word(found[name])):
            yield found, name


def is_a_word(value: Any) -> bool:
    return isinstance(value, str) and bool(WORD.fullmatch(value))


def leave_out(place: Any, name: Any) -> None:
    del place[name]


def change_type(place: Any, name: Any) -> None:
    value = place[name]
    place[name] = {"of": ["another type"]} if isinstance(value, (str, int, float, list)) else "of another type"


def make_unheard_of(place: Any, name: Any) -> None:
    place[name] = "UnheardOf"


SPOILT: dict[FaultKind, Callable[[Any, Any], None]] = {
    FaultKind.FIELD_MISSING: leave_out,
    FaultKind.FIELD_OTHER_TYPE: change_type,
    FaultKind.UNKNOWN_VALUE: make_unheard_of,
}
SPOILS = {FaultKind.TRUNCATED, *SPOILT}
