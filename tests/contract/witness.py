"""What the contract tests saw of each endpoint that the site calls, and what of the table they did not see."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import requests

from tests.contract.endpoints import ENDPOINTS

HERE = Path(__file__).parent
NAME = re.compile(r"\{\w+\}")
# Names in an address last: `/api/users/{id}/roles` is not `/api/users/{id}/{something}`.
PATTERNS = {
    endpoint: re.compile("[^/]+".join(re.escape(part) for part in NAME.split(endpoint)))
    for endpoint in sorted(ENDPOINTS, key=lambda endpoint: endpoint.count("{"))
}
seen: set[str] = set()


def note(method: str, path: str, answer: requests.Response) -> None:
    endpoint = endpoint_of(method, path)
    if endpoint is not None:
        seen.add(f"{endpoint} -> {told(answer)}")


def endpoint_of(method: str, path: str) -> str | None:
    """The row of this request; None when the site makes none like it."""
    asked = f"{method} {path.partition('?')[0]}"
    return next((endpoint for endpoint, pattern in PATTERNS.items() if pattern.fullmatch(asked)), None)


def told(answer: requests.Response) -> str:
    is_json = answer.headers.get("content-type", "").startswith("application/json")
    body = answer.json() if is_json and not answer.ok else None
    code = body.get("code") if isinstance(body, dict) else None
    return f"{answer.status_code} {code}" if code else str(answer.status_code)


def wanted() -> set[str]:
    return {f"{endpoint} -> {one}" for endpoint, answers in ENDPOINTS.items() for one in answers}


def is_judged(config: pytest.Config) -> bool:
    """Whether every contract test was to be run."""
    narrowed = config.getoption("keyword") or config.getoption("markexpr") or config.getoption("deselect")
    asked = {Path(str(argument).partition("::")[0]).resolve() for argument in config.args}
    is_whole = any(path == HERE or path in HERE.parents for path in asked) and "::" not in str(config.args)
    return is_whole and not narrowed and not config.getoption("lf", False) and not config.getoption("collectonly")


def verdict(found: set[str]) -> tuple[str, list[str], bool]:
    """In a sentence, what is missing, and whether that is a failure: a named tenant is not asked for everything."""
    missing = sorted(wanted() - found)
    words = f"{len(ENDPOINTS)} endpoints, {len(wanted()) - len(missing)} of {len(wanted())} answers seen"
    return words, missing, bool(missing) and not os.environ.get("CONTRACT_ENDPOINT")
