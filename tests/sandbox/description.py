"""Reads Logto's own API description and says where an answer does not fit it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@dataclass(frozen=True)
class Description:
    """The description as it was published: OpenAPI 3.0, with `nullable` and without `allOf`."""

    document: dict[str, Any]

    def body_schema(self, method: str, path: str, status: int) -> Schema | None:
        """The schema of an answer's body; None when the description has no body for it. KeyError: no such operation."""
        answer = self.document["paths"][path][method.lower()]["responses"][str(status)]
        content = answer.get("content", {}).get("application/json", {})
        schema: Schema | None = content.get("schema")
        return schema

    def problems(self, schema: Schema, value: Any, where: str = "") -> Iterator[str]:
        """One sentence per place that does not fit. A key the description does not name is such a place."""
        if "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        if value is None:
            if not schema.get("nullable") and schema:
                yield f"{where}: null"
            return
        if "oneOf" in schema:
            alternatives = [list(self.problems(each, value, where)) for each in schema["oneOf"]]
            yield from min(alternatives, key=len)
            return
        kind = schema.get("type")
        if kind and not _is(value, kind):
            yield f"{where}: {type(value).__name__} instead of {kind}"
            return
        yield from _plain_problems(schema, value, where)
        if isinstance(value, list) and "items" in schema:
            for index, item in enumerate(value):
                yield from self.problems(schema["items"], item, f"{where}/{index}")
        if isinstance(value, dict) and kind == "object":
            yield from self._object_problems(schema, value, where)

    def _object_problems(self, schema: Schema, value: dict[str, Any], where: str) -> Iterator[str]:
        properties: dict[str, Schema] = schema.get("properties", {})
        others = schema.get("additionalProperties", not properties)
        for key in set(schema.get("required", [])) - set(value):
            yield f"{where}/{key}: missing"
        for key, item in value.items():
            if key in properties:
                yield from self.problems(properties[key], item, f"{where}/{key}")
            elif isinstance(others, dict):
                yield from self.problems(others, item, f"{where}/{key}")
            elif not others:
                yield f"{where}/{key}: not described"


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, TYPES[kind])


def _plain_problems(schema: Schema, value: Any, where: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)) or len(value) < schema.get("minLength", 0):
            yield f"{where}: {len(value)} characters long"
        if "pattern" in schema and not _matches(schema["pattern"], value):
            yield f"{where}: does not match {schema['pattern']}"


def _matches(pattern: str, value: str) -> bool:
    """The description writes patterns as JavaScript does, between slashes, perhaps with flags."""
    found = re.fullmatch(r"/(.*)/([a-z]*)", pattern)
    source, flags = (found[1], found[2]) if found else (pattern, "")
    return re.search(source, value, re.IGNORECASE if "i" in flags else 0) is not None
