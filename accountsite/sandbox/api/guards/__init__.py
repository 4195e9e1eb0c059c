"""Checks of request bodies and queries that refuse as Logto's request guard does (docs/logto.md 0.2).

A schema reads a value and gives it back reduced to what it knows: unknown keys are dropped. What does not fit is
collected as issues in the shape of the library Logto uses, so that `data.issues` looks the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accountsite.sandbox.api.errors import ApiError
from accountsite.sandbox.api.guards.issues import UNDEFINED, IssuesError, Path, Undefined, kind_of, wrong_type
from accountsite.sandbox.api.guards.schemas import (
    NO_SPACE,
    Choice,
    Either,
    ListOf,
    Literal,
    Nullable,
    Number,
    Optional,
    Plain,
    Record,
    Schema,
    Text,
)
from accountsite.sandbox.state import Json

__all__ = [
    "NO_SPACE",
    "UNDEFINED",
    "Choice",
    "Either",
    "IssuesError",
    "ListOf",
    "Literal",
    "Nullable",
    "Number",
    "Optional",
    "Path",
    "Plain",
    "Record",
    "Schema",
    "Text",
    "Undefined",
    "bad_input",
    "kind_of",
    "read_body",
    "read_files",
    "read_params",
    "read_query",
    "wrong_type",
]


def read_body(schema: Schema, body: Any) -> Any:
    """The body reduced to the schema. ApiError 400 `guard.invalid_input` when it does not fit."""
    return _guard(schema, body, "body")


def read_query(schema: Schema, params: Mapping[str, list[str]]) -> Any:
    """The query reduced to the schema; a parameter given once is a text, several times a list."""
    query = {name: values[0] if len(values) == 1 else values for name, values in params.items()}
    return _guard(schema, query, "query")


def read_params(schema: Schema, names: Mapping[str, str]) -> Any:
    """The named parts of the path reduced to the schema."""
    return _guard(schema, dict(names), "params")


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


def _guard(schema: Schema, value: Any, part: str) -> Any:
    try:
        return schema.read(value)
    except IssuesError as error:
        raise bad_input(error.issues, part) from error


def _sentence(issue: Json) -> str:
    where = ".".join(str(part) for part in issue["path"])
    if issue["code"] == "invalid_type":
        expected, received = issue["expected"], issue["received"]
        return f'Error in key path "{where}": (invalid_type) Expected {expected} but received {received}.'
    return f'Error in key path "{where}": ({issue["code"]}) {issue["message"]}'
