"""Every address of the API with everybody who may not use it, against a table that is written by hand here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from settings_app.api.routes import api
from tests.api.caller import App

READ, WRITE, SECURITY = "account:read", "account:write", "account:security"
# Method and address, as the description has it, with the scope that is needed.
TABLE = {
    "GET /api/account": READ,
    "PATCH /api/account": WRITE,
}
ARGUMENTS: dict[str, str] = {}


def every_address() -> list[str]:
    paths = api.get_openapi_schema()["paths"]
    return [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]


def ask(app: App, entry: str, **headers: str) -> tuple[int, str]:
    method, path = entry.split()
    for name, value in ARGUMENTS.items():
        path = path.replace(f"{{{name}}}", value)
    answer = app.call(method, path.removeprefix("/api"), None if method == "GET" else {}, **headers)
    assert answer["Content-Type"] == "application/problem+json", (entry, answer.content)
    return answer.status_code, answer.json()["code"]


def test_every_address_stands_in_the_table() -> None:
    assert sorted(every_address()) == sorted(TABLE)


@pytest.mark.parametrize("entry", sorted(TABLE))
def test_nobody_else_gets_in(app: App, entry: str, subtests: pytest.Subtests) -> None:
    now = int(app.logto.state.now())
    wrong: dict[str, dict[str, Any]] = {
        "expired": {"exp": now - 7200},
        "of another audience": {"aud": "https://billing.fernhill.example"},
        "an ID token": {"aud": "fernhillmobile0000001", "client_id": None, "scope": None},
        "of an organization": {"aud": "urn:logto:organization:okaforstudio"},
        "of a machine": {"sub": "fernhillmobile0000001"},
    }
    with subtests.test("without a token"):
        assert ask(app, entry, Authorization="") == (401, "token.missing")
    with subtests.test("an opaque one"):
        assert ask(app, entry, Authorization="Bearer kZu3mQx1yWv8") == (401, "token.invalid")
    for name, told in wrong.items():
        with subtests.test(name):
            code = "token.expired" if name == "expired" else "token.invalid"
            assert ask(replace(app, told=told), entry) == (401, code)
    with subtests.test("without the scope"):
        others = " ".join({READ, WRITE, SECURITY} - {TABLE[entry]})
        assert ask(replace(app, scope=others), entry) == (403, "token.scope")
    with subtests.test("of another company's app"):
        assert ask(replace(app, told={"client_id": "ledgerly0000000000001"}), entry) == (403, "application.refused")
    app.logto.state.person("ada").user["isSuspended"] = True
    with subtests.test("of somebody who is suspended"):
        assert ask(app, entry) == (401, "account.suspended")
