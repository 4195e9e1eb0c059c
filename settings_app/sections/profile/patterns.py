"""Patterns and date formats of the tenant: written for JavaScript, by others, so run here with a limit on time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import regex

MATCH_SECONDS = 0.1
LONGEST_PATTERN = 1000
# What JavaScript reads otherwise than the regex module, and rarely enough to leave the field alone.
READ_OTHERWISE = re.compile(r"\[\^?\]|\[\[:|\\c[A-Za-z]|\\k<|\\u\{|\\[pPAZGKLNRXhmM]")
NOT_JAVASCRIPT = re.compile(r"\(\?[^:=!<]|\(\?<[^=!A-Za-z_$]|[*+?}]\+")
ESCAPES_AND_CLASSES = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]")


class TookTooLong(Exception):  # noqa: N818  # it says what is so
    """The pattern could not decide within the limit."""


@lru_cache(maxsize=200)
def compiled(pattern: str) -> regex.Pattern[str] | None:
    """The tenant's pattern, or None for one that cannot be run here as JavaScript would."""
    bare = ESCAPES_AND_CLASSES.sub("x", pattern)
    if len(pattern) > LONGEST_PATTERN or READ_OTHERWISE.search(pattern) or NOT_JAVASCRIPT.search(bare):
        return None
    try:
        return regex.compile(pattern, regex.ASCII | regex.VERSION0)
    except (regex.error, ValueError, OverflowError, RecursionError):
        return None


def fits(pattern: regex.Pattern[str], value: str) -> bool:
    """Whether the pattern is found in `value`, as `RegExp.test` has it. Raises `TookTooLong`."""
    try:
        found = pattern.search(
            value,
            # guard: pattern-time-limit
            timeout=MATCH_SECONDS,
        )
    except TimeoutError as error:
        raise TookTooLong from error
    return found is not None


@dataclass(frozen=True)
class DateFormat:
    """A date as the tenant wants it stored, in the tokens of date-fns: `dd/MM/yyyy` and its like."""

    read: Callable[[str], tuple[int, int, int] | None]
    write: Callable[[date], str]


TOKENS: dict[str, tuple[str, Callable[[date], str]]] = {
    "yyyy": (r"(?P<year>[0-9]{4})", lambda day: f"{day.year:04d}"),
    "MM": (r"(?P<month>[0-9]{2})", lambda day: f"{day.month:02d}"),
    "M": (r"(?P<month>[0-9]{1,2})", lambda day: str(day.month)),
    "dd": (r"(?P<day>[0-9]{2})", lambda day: f"{day.day:02d}"),
    "d": (r"(?P<day>[0-9]{1,2})", lambda day: str(day.day)),
}


@lru_cache(maxsize=200)
def date_format(pattern: str) -> DateFormat | None:
    """None for a pattern that does not hold day, month and year once each in these tokens."""
    pieces = re.findall(r"[A-Za-z]+|[^A-Za-z]+", pattern)
    letters = [piece for piece in pieces if piece[0].isalpha()]
    if any(piece not in TOKENS for piece in letters) or sorted(piece[0] for piece in letters) != ["M", "d", "y"]:
        return None
    reading = re.compile("".join(TOKENS[piece][0] if piece in TOKENS else re.escape(piece) for piece in pieces))

    def read(text: str) -> tuple[int, int, int] | None:
        found = reading.fullmatch(text)
        if not found:
            return None
        parts = int(found["year"]), int(found["month"]), int(found["day"])
        try:
            date(*parts)
        except ValueError:
            return None
        return parts

    def write(day: date) -> str:
        return "".join(TOKENS[piece][1](day) if piece in TOKENS else piece for piece in pieces)

    return DateFormat(read, write)
