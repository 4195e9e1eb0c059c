"""Logto's rules for passwords (docs/logto.md 4.2), with an invented list of breached ones."""

from __future__ import annotations

import string
from collections.abc import Iterable
from itertools import groupby

from accountsite.sandbox.state import Json

BREACHED = frozenset(
    {
        "password", "password1", "password123", "12345678", "123456789", "qwertyuiop", "letmein2024", "iloveyou12",
        "welcome2025", "sunshine99", "correcthorsebatterystaple", "dragonfly7", "football11", "trustno1please",
    }
)  # fmt: skip
SHORTEST_RUN = 3
FREE_CHARACTERS = 3
SEQUENCES = (
    string.digits, string.ascii_lowercase, "qwertyuiop", "asdfghjkl", "zxcvbnm",
    "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik", "9ol",
)  # fmt: skip
WAYS = tuple(
    way for sequence in SEQUENCES for line in (sequence, sequence[::-1]) for way in dict.fromkeys((line, line.upper()))
)


def is_breached(password: str) -> bool:
    return password.lower() in BREACHED


def find_issues(password: str, policy: Json, user: Json | None, *, breached: bool) -> list[Json]:
    """Every rule the password breaks, in Logto's order: length and characters, breach list, restricted phrases."""
    rejects = policy.get("rejects", {})
    issues = _basic_issues(password, policy)
    if rejects.get("pwned", True) and breached:
        issues.append({"code": "password_rejected.pwned"})
    return issues + [{"code": f"password_rejected.restricted.{name}"} for name in _restricted(password, rejects, user)]


def _basic_issues(password: str, policy: Json) -> list[Json]:
    length = policy.get("length", {"min": 8, "max": 256})
    kinds = policy.get("characterTypes", {"min": 1})["min"]
    issues: list[Json] = []
    if len(password) < length["min"]:
        issues.append({"code": "password_rejected.too_short", "interpolation": {"min": length["min"]}})
    if len(password) > length["max"]:
        issues.append({"code": "password_rejected.too_long", "interpolation": {"max": length["max"]}})
    groups = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation + " ")
    if sum(any(character in group for character in password) for group in groups) < kinds:
        issues.append({"code": "password_rejected.character_types", "interpolation": {"min": kinds}})
    if any(character not in "".join(groups) for character in password):
        issues.append({"code": "password_rejected.unsupported_characters"})
    return issues


def _restricted(password: str, rejects: Json, user: Json | None) -> list[str]:
    """The names of the phrases found, when too little of the password is left beside them."""
    marks: dict[str, set[int]] = {}
    if rejects.get("repetitionAndSequence", True):
        marks["repetition"] = _repetitions(password)
        marks["sequence"] = _sequences(password)
    if rejects.get("userInfo", True) and user is not None:
        marks["user_info"] = _occurrences(password, _personal_words(user))
    marks["words"] = _occurrences(password, rejects.get("words", []))
    marked = set[int]().union(*marks.values())
    if len(marked) <= max(1, len(password) - FREE_CHARACTERS):
        return []
    return [name for name, positions in marks.items() if positions]


def _repetitions(password: str) -> set[int]:
    positions: set[int] = set()
    start = 0
    for _, run in groupby(password):
        length = len(list(run))
        if length >= SHORTEST_RUN:
            positions.update(range(start, start + length))
        start += length
    return positions


def _sequences(password: str) -> set[int]:
    pieces = {way[at : at + SHORTEST_RUN] for way in WAYS for at in range(len(way) - SHORTEST_RUN + 1)}
    return {
        position
        for start in range(len(password) - SHORTEST_RUN + 1)
        if password[start : start + SHORTEST_RUN] in pieces
        for position in range(start, start + SHORTEST_RUN)
    }


def _personal_words(user: Json) -> list[str]:
    name = user["name"] or ""
    email = user["primaryEmail"] or ""
    words = [name, name.replace(" ", ""), *name.split(), user["username"], email.split("@")[0], user["primaryPhone"]]
    return [word for word in words if word]


def _occurrences(password: str, words: Iterable[str]) -> set[int]:
    lowered = password.lower()
    return {
        position
        for word in words
        for start in range(len(lowered))
        if word and lowered.startswith(word.lower(), start)
        for position in range(start, start + len(word))
    }
