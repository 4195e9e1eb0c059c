"""What does not fit a schema, in the shape of the library Logto uses (docs/logto.md 0.2)."""

from __future__ import annotations

from typing import Any

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


def kind_of(value: Any) -> str:
    """The JavaScript name of a JSON value's type."""
    names = {Undefined: "undefined", bool: "boolean", str: "string", list: "array", dict: "object", type(None): "null"}
    return names.get(type(value), "number")


def wrong_type(expected: str, value: Any, path: Path) -> IssuesError:
    received = kind_of(value)
    message = "Required" if value is UNDEFINED else f"Expected {expected}, received {received}"
    issue = {"code": "invalid_type", "expected": expected, "received": received, "path": list(path)}
    return IssuesError([issue | {"message": message}])


def wrong_text(validation: str, message: str, path: Path) -> IssuesError:
    issue = {"validation": validation, "code": "invalid_string", "message": message, "path": list(path)}
    return IssuesError([issue], aborted=False)


def wrong_choice(value: str, options: tuple[str, ...], path: Path) -> IssuesError:
    expected = " | ".join(f"'{option}'" for option in options)
    message = f"Invalid enum value. Expected {expected}, received '{value}'"
    issue = {"received": value, "code": "invalid_enum_value", "options": list(options)}
    return IssuesError([issue | {"path": list(path), "message": message}])


def too_small(kind: str, minimum: int, path: Path) -> IssuesError:
    return _out_of_range("too_small", "minimum", kind, minimum, path)


def too_big(kind: str, maximum: int, path: Path) -> IssuesError:
    return _out_of_range("too_big", "maximum", kind, maximum, path)


def _out_of_range(code: str, bound: str, kind: str, limit: int, path: Path) -> IssuesError:
    word = "at least" if bound == "minimum" else "at most"
    messages = {
        "string": f"String must contain {word} {limit} character(s)",
        "array": f"Array must contain {word} {limit} element(s)",
        "number": f"Number must be {'greater' if bound == 'minimum' else 'less'} than or equal to {limit}",
    }
    issue: Json = {"code": code, bound: limit, "type": kind, "inclusive": True, "exact": False}
    return IssuesError([issue | {"message": messages[kind], "path": list(path)}], aborted=False)
