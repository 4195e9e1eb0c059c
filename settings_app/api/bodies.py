"""How bodies are read: JSON by its standard (RFC 8259), so that what was read can be answered and sent on."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser


class StrictParser(Parser):
    """ninja answers whatever this raises as a body that cannot be read."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(request.body, parse_constant=refuse)
        # Python reads half a letter (`"\\ud800"`), which can then be written nowhere.
        # guard: api-bodies-are-of-whole-letters
        json.dumps(found, ensure_ascii=False).encode()
        return found


def refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
