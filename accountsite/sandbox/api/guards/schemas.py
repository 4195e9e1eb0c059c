"""Schemas: each reads a value and gives it back reduced to what it knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from accountsite.sandbox.api.guards.issues import (
    UNDEFINED,
    IssuesError,
    Path,
    kind_of,
    too_big,
    too_small,
    wrong_choice,
    wrong_text,
    wrong_type,
)
from accountsite.sandbox.api.guards.web_addresses import is_web_address
from accountsite.sandbox.state import Json

# As JavaScript sees white space; Python's \S is another set.
NO_SPACE = r"[^\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
EMAIL = re.compile(r"[A-Za-z0-9_'+\-.]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}")


class Schema(Protocol):
    def read(self, value: Any, path: Path = ()) -> Any: ...


@dataclass(frozen=True)
class Text:
    minimum: int = 0
    maximum: int | None = None
    pattern: str | None = None
    url: bool = False
    email: bool = False

    def read(self, value: Any, path: Path = ()) -> Any:
        if not isinstance(value, str):
            raise wrong_type("string", value, path)
        if len(value) < self.minimum:
            raise too_small("string", self.minimum, path)
        if self.maximum is not None and len(value) > self.maximum:
            raise too_big("string", self.maximum, path)
        if self.pattern is not None and not re.fullmatch(self.pattern, value, re.ASCII):
            raise wrong_text("regex", "Invalid", path)
        if self.url and not is_web_address(value):
            raise wrong_text("url", "Invalid url", path)
        if self.email and not EMAIL.fullmatch(value):
            raise wrong_text("email", "Invalid email", path)
        return value


@dataclass(frozen=True)
class Number:
    minimum: int | None = None
    maximum: int | None = None

    def read(self, value: Any, path: Path = ()) -> Any:
        if kind_of(value) != "number":
            raise wrong_type("number", value, path)
        if self.minimum is not None and value < self.minimum:
            raise too_small("number", self.minimum, path)
        if self.maximum is not None and value > self.maximum:
            raise too_big("number", self.maximum, path)
        return value


@dataclass(frozen=True)
class Plain:
    """A value of one plain type: "boolean", "number" or "object" (any JSON object)."""

    kind: str

    def read(self, value: Any, path: Path = ()) -> Any:
        if kind_of(value) != self.kind:
            raise wrong_type(self.kind, value, path)
        return value


@dataclass(frozen=True)
class Literal:
    expected: str | bool

    def read(self, value: Any, path: Path = ()) -> Any:
        if value == self.expected and type(value) is type(self.expected):
            return value
        shown = f'"{self.expected}"' if isinstance(self.expected, str) else str(self.expected).lower()
        message = f"Invalid literal value, expected {shown}"
        issue = {"code": "invalid_literal", "expected": self.expected, "path": list(path), "message": message}
        raise IssuesError([issue | ({} if value is UNDEFINED else {"received": value})])


@dataclass(frozen=True)
class Choice:
    options: tuple[str, ...]

    def read(self, value: Any, path: Path = ()) -> Any:
        if not isinstance(value, str):
            raise wrong_type(" | ".join(f"'{option}'" for option in self.options), value, path)
        if value not in self.options:
            raise wrong_choice(value, self.options, path)
        return value


@dataclass(frozen=True)
class Optional:
    schema: Schema

    def read(self, value: Any, path: Path = ()) -> Any:
        return UNDEFINED if value is UNDEFINED else self.schema.read(value, path)


@dataclass(frozen=True)
class Nullable:
    schema: Schema

    def read(self, value: Any, path: Path = ()) -> Any:
        return None if value is None else self.schema.read(value, path)


@dataclass(frozen=True)
class Either:
    schemas: tuple[Schema, ...]

    def read(self, value: Any, path: Path = ()) -> Any:
        failures: list[IssuesError] = []
        for schema in self.schemas:
            try:
                return schema.read(value, path)
            except IssuesError as error:
                failures.append(error)
        for failure in failures:
            if not failure.aborted:
                raise failure
        unions = [{"issues": failure.issues, "name": "ZodError"} for failure in failures]
        issue = {"code": "invalid_union", "unionErrors": unions, "path": list(path), "message": "Invalid input"}
        raise IssuesError([issue])


@dataclass(frozen=True)
class ListOf:
    schema: Schema
    minimum: int = 0

    def read(self, value: Any, path: Path = ()) -> Any:
        if not isinstance(value, list):
            raise wrong_type("array", value, path)
        if len(value) < self.minimum:
            raise too_small("array", self.minimum, path)
        return _read_each(((index, self.schema, item) for index, item in enumerate(value)), path, list)


@dataclass(frozen=True)
class Record:
    """An object with known keys; others are dropped."""

    keys: Mapping[str, Schema] = field(default_factory=dict)

    def read(self, value: Any, path: Path = ()) -> Any:
        if not isinstance(value, dict):
            raise wrong_type("object", value, path)
        return _read_each(((key, schema, value.get(key, UNDEFINED)) for key, schema in self.keys.items()), path, dict)


def _read_each(entries: Any, path: Path, make: type[list[Any]] | type[dict[str, Any]]) -> Any:
    """Read every entry, so that all issues come together; absent ones stay absent."""
    found: dict[Any, Any] = {}
    issues: list[Json] = []
    aborted = False
    for key, schema, value in entries:
        try:
            read = schema.read(value, (*path, key))
        except IssuesError as error:
            issues += error.issues
            aborted = aborted or error.aborted
        else:
            if read is not UNDEFINED:
                found[key] = read
    if issues:
        raise IssuesError(issues, aborted=aborted)
    return list(found.values()) if make is list else found
