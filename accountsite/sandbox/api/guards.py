"""Checks of request bodies and queries that refuse as Logto's request guard does (docs/logto.md 0.2).

A schema reads a value and gives it back reduced to what it knows: unknown keys are dropped. What does not fit is
collected as issues in the shape of the library Logto uses, so that `data.issues` looks the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from accountsite.sandbox.api.errors import ApiError
from accountsite.sandbox.state import Json

Path = tuple[str | int, ...]


class Undefined:
    """Stands for an absent key, which is something else than null."""


UNDEFINED = Undefined()


class IssuesError(Exception):
    """What does not fit. `aborted` tells a wrong type from a right type with a wrong value, as unions care."""

    def __init__(self, issues: list[Json], *, aborted: bool = True) -> None:
        super().__init__()
        self.issues = issues
        self.aborted = aborted


class Schema(Protocol):
    def read(self, value: Any, path: Path = ()) -> Any: ...


@dataclass(frozen=True)
class Text:
    minimum: int = 0
    pattern: str | None = None
    url: bool = False

    def read(self, value: Any, path: Path = ()) -> Any:
        if not isinstance(value, str):
            raise wrong_type("string", value, path)
        if len(value) < self.minimum:
            raise IssuesError([_too_small(self.minimum, path)], aborted=False)
        if self.pattern is not None and not re.fullmatch(self.pattern, value, re.ASCII):
            issue = {"validation": "regex", "code": "invalid_string", "message": "Invalid", "path": list(path)}
            raise IssuesError([issue], aborted=False)
        if self.url and not _is_url(value):
            issue = {"validation": "url", "code": "invalid_string", "message": "Invalid url", "path": list(path)}
            raise IssuesError([issue], aborted=False)
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
    expected: str

    def read(self, value: Any, path: Path = ()) -> Any:
        if value == self.expected:
            return value
        message = f'Invalid literal value, expected "{self.expected}"'
        issue = {"code": "invalid_literal", "expected": self.expected, "path": list(path), "message": message}
        raise IssuesError([issue | ({} if value is UNDEFINED else {"received": value})])


@dataclass(frozen=True)
class Choice:
    options: tuple[str, ...]

    def read(self, value: Any, path: Path = ()) -> Any:
        if not isinstance(value, str):
            raise wrong_type(" | ".join(f"'{option}'" for option in self.options), value, path)
        if value not in self.options:
            expected = " | ".join(f"'{option}'" for option in self.options)
            message = f"Invalid enum value. Expected {expected}, received '{value}'"
            issue = {"received": value, "code": "invalid_enum_value", "options": list(self.options)}
            raise IssuesError([issue | {"path": list(path), "message": message}])
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

    def read(self, value: Any, path: Path = ()) -> Any:
        if not isinstance(value, list):
            raise wrong_type("array", value, path)
        return _read_each(((index, self.schema, item) for index, item in enumerate(value)), path, list)


@dataclass(frozen=True)
class Record:
    """An object with known keys; others are dropped."""

    keys: Mapping[str, Schema] = field(default_factory=dict)

    def read(self, value: Any, path: Path = ()) -> Any:
        if not isinstance(value, dict):
            raise wrong_type("object", value, path)
        return _read_each(((key, schema, value.get(key, UNDEFINED)) for key, schema in self.keys.items()), path, dict)


def read_body(schema: Schema, body: Any) -> Any:
    """The body reduced to the schema. ApiError 400 `guard.invalid_input` when it does not fit."""
    return _guard(schema, body, "body")


def read_query(schema: Schema, params: Mapping[str, list[str]]) -> Any:
    """The query reduced to the schema; a parameter given once is a text, several times a list."""
    query = {name: values[0] if len(values) == 1 else values for name, values in params.items()}
    return _guard(schema, query, "query")


def read_files(schema: Schema, files: Any) -> Any:
    """The uploaded files, by field name; UNDEFINED when the request was not a form with files."""
    return _guard(schema, files, "files")


def bad_input(issues: list[Json], part: str = "body") -> ApiError:
    """The refusal that carries these issues."""
    return ApiError(
        400,
        "guard.invalid_input",
        f"The request {part} is invalid.",
        data={"issues": issues, "name": "ZodError"},
        details="\n".join(_sentence(issue) for issue in issues),
    )


def kind_of(value: Any) -> str:
    """The JavaScript name of a JSON value's type."""
    names = {Undefined: "undefined", bool: "boolean", str: "string", list: "array", dict: "object", type(None): "null"}
    return names.get(type(value), "number")


def wrong_type(expected: str, value: Any, path: Path) -> IssuesError:
    received = kind_of(value)
    message = "Required" if value is UNDEFINED else f"Expected {expected}, received {received}"
    issue = {"code": "invalid_type", "expected": expected, "received": received, "path": list(path)}
    return IssuesError([issue | {"message": message}])


def _guard(schema: Schema, value: Any, part: str) -> Any:
    try:
        return schema.read(value)
    except IssuesError as error:
        raise bad_input(error.issues, part) from error


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


def _too_small(minimum: int, path: Path) -> Json:
    return {
        "code": "too_small",
        "minimum": minimum,
        "type": "string",
        "inclusive": True,
        "exact": False,
        "message": f"String must contain at least {minimum} character(s)",
        "path": list(path),
    }


def _sentence(issue: Json) -> str:
    where = ".".join(str(part) for part in issue["path"])
    if issue["code"] == "invalid_type":
        expected, received = issue["expected"], issue["received"]
        return f'Error in key path "{where}": (invalid_type) Expected {expected} but received {received}.'
    return f'Error in key path "{where}": ({issue["code"]}) {issue["message"]}'


def _is_url(value: str) -> bool:
    """What a browser's `new URL()` accepts, as nearly as needed: a scheme, and something after it."""
    parts = urlsplit(value)
    return bool(parts.scheme) and bool(parts.netloc or parts.path) and " " not in value
