"""The `search…` parameters of lists (docs/logto.md 2.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from accountsite.sandbox.api.errors import ApiError, BareError
from accountsite.sandbox.state import Json

USER_FIELDS = {
    "id": "id",
    "primaryEmail": "primary_email",
    "primaryPhone": "primary_phone",
    "username": "username",
    "name": "name",
}
NAMED_FIELDS = {"id": "id", "name": "name", "description": "description"}
MODES = ("exact", "like", "similar_to", "posix")
JOINTS = ("or", "and")
TRUE_WORDS = ("1", "true", "y", "yes", "yep", "yeah")

Matcher = Callable[[str], bool]


def is_true(value: str | None) -> bool:
    """How Logto reads a yes-or-no query parameter."""
    return value is not None and value.lower() in TRUE_WORDS


@dataclass(frozen=True)
class _Term:
    fields: Sequence[str]
    matches: Matcher


def search(items: Sequence[Json], params: Mapping[str, list[str]], fields: Mapping[str, str]) -> list[Json]:
    """The items that fit. `fields` maps the searchable keys to their column names, which only messages show."""
    terms = _terms(params, fields)
    if not terms:
        return list(items)
    joint = (params.get("joint") or params.get("jointMode") or ["or"])[0]
    if joint not in JOINTS:
        raise _invalid(f"Search joint mode `{joint}` is not valid, expect one of or, and.")
    combine = all if joint == "and" else any
    return [item for item in items if combine(_fits(item, term) for term in terms)]


def _fits(item: Json, term: _Term) -> bool:
    return any(item.get(field) is not None and term.matches(str(item[field])) for field in term.fields)


def _terms(params: Mapping[str, list[str]], fields: Mapping[str, str]) -> list[_Term]:
    sensitive = is_true((params.get("isCaseSensitive") or [""])[0])
    terms: list[_Term] = []
    for name, values in params.items():
        if name != "search" and not name.startswith("search."):
            continue
        field = name.partition(".")[2]
        if field and field not in fields:
            raise _invalid(f"Search field `{field}` is not valid, expect one of {', '.join(fields.values())}.")
        mode = (params.get(f"mode.{field}" if field else "mode") or params.get("mode") or ["like"])[0]
        terms.append(_Term([field] if field else list(fields), _matcher(mode, values, sensitive=sensitive)))
    return terms


def _matcher(mode: str, values: list[str], *, sensitive: bool) -> Matcher:
    if mode not in MODES:
        raise _invalid(f"Search match mode `{mode}` is not valid, expect one of {', '.join(MODES)}.")
    if any("\x00" in value for value in values):
        raise BareError(500, "Internal server error.")
    if not all(values):
        raise _invalid("Search value cannot be empty.")
    if mode == "exact":
        wanted = values if sensitive else [value.lower() for value in values]
        return lambda text: (text if sensitive else text.lower()) in wanted
    if len(values) > 1:
        raise _invalid("Only one search value is allowed when search mode is not `exact`.")
    if mode == "similar_to" and not sensitive:
        raise _invalid("Cannot use case-insensitive match for `similar to`.")
    return _pattern_matcher(mode, values[0], sensitive=sensitive)


def _pattern_matcher(mode: str, value: str, *, sensitive: bool) -> Matcher:
    flags = re.DOTALL | (0 if sensitive else re.IGNORECASE)
    try:
        if mode == "posix":
            found = re.compile(value, flags)
            return lambda text: found.search(text) is not None
        whole = re.compile(_like(value), flags)
    except re.error as error:
        raise BareError(500, "Internal server error.") from error
    return lambda text: whole.fullmatch(text) is not None


def _like(value: str) -> str:
    """A regular expression for a LIKE pattern: `%` any text, `_` any character, backslash escapes."""
    parts = re.findall(r"\\.|.", value, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return "".join(wild.get(part, re.escape(part[-1])) for part in parts)


def _invalid(reason: str) -> ApiError:
    return ApiError(400, "request.invalid_input", f"Input is invalid. {reason}", data={})
