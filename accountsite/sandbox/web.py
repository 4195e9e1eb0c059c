"""The two plain values that pass between the sandbox and whoever carries them (HTTP server, `responses`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Request:
    """One request, free of HTTP machinery. `headers` have lower-case names; `query` is the raw string after "?"."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def params(self) -> dict[str, list[str]]:
        return parse_qs(self.query, keep_blank_values=True)

    @cached_property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @property
    def cookies(self) -> dict[str, str]:
        pairs = (part.partition("=")[::2] for part in self.headers.get("cookie", "").split("; ") if "=" in part)
        return dict(pairs)


@dataclass(frozen=True)
class Answer:
    """One answer. `headers` is a list because Set-Cookie may repeat."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @classmethod
    def json(cls, status: int, value: Any, *headers: tuple[str, str]) -> Answer:
        # Half a surrogate pair is written as its escape, as JavaScript does.
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
        return cls(status, (("content-type", "application/json; charset=utf-8"), *headers), body)

    @classmethod
    def text(cls, status: int, text: str, *headers: tuple[str, str]) -> Answer:
        return cls(status, (("content-type", "text/plain; charset=utf-8"), *headers), text.encode())

    @classmethod
    def html(cls, status: int, text: str, *headers: tuple[str, str]) -> Answer:
        return cls(status, (("content-type", "text/html; charset=utf-8"), *headers), text.encode())

    @classmethod
    def redirect(cls, location: str, *headers: tuple[str, str]) -> Answer:
        return cls(303, (("location", location), *headers))
