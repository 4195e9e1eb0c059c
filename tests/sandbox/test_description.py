"""The sandbox's good answers fit Logto's own API description."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from accountsite.sandbox import api
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import HOOK_ID
from accountsite.sandbox.seed_people import add_session
from tests.sandbox.conftest import CallSandbox
from tests.sandbox.description import Description
from tests.sandbox.examples import EXAMPLES, SILENT

# Where the server differs from its own description, with the section of docs/logto.md that says so.
DIFFERENT: dict[tuple[str, str], str] = {
    (
        "GET /api/users/{userId}/grants",
        r"/payload/openid: not described",
    ): "8.2: what was granted stands in payload.openid",
    ("GET /api/applications", r"/redirectUris/\d+: str instead of object"): "14.1: addresses are texts",
    ("GET /api/applications", r"/postLogoutRedirectUris/\d+: str instead of object"): "14.1: addresses are texts",
    (
        "PATCH /api/applications/{id}",
        r"/redirectUris/\d+: str instead of object",
    ): "14.1: addresses are texts",
    ("GET /api/logs", r"/payload/\w+: not described"): "9: what a row holds depends on its key",
    ("GET /api/logs/{id}", r"/payload/\w+: not described"): "9: what a row holds depends on its key",
}
# Operations without an example: nothing in their answers to compare, or none but the person's own API has it.
WITHOUT_BODY = {("GET", "/api/status"), ("GET", "/api/my-account"), ("POST", "/api/verifications/password")}
# What Logto's own pages call; the description of the Management API leaves it out.
NOT_DESCRIBED = ("/api/experience", "/api/interaction/")


@pytest.fixture(scope="module")
def description() -> Description:
    return Description(json.loads(Path(os.environ["LOGTO_OPENAPI"]).read_text()))


@pytest.mark.needs_description
@pytest.mark.parametrize(("method", "path", "address", "body"), EXAMPLES, ids=[f"{e[0]} {e[1]}" for e in EXAMPLES])
def test_answer_fits(
    sandbox: Logto, call: CallSandbox, description: Description, method: str, path: str, address: str, body: Any
) -> None:
    state = sandbox.state
    ids = {person.handle: person.id for person in state.people.values()}
    ids["session"] = add_session(state, state.person("ada")).uid
    ids["invitation"] = next(each["id"] for each in state.invitations.values() if each["status"] == "Pending")
    ids |= {"hook": HOOK_ID, "log": state.logs[0]["id"]}
    filled = json.loads(_fill(json.dumps(body), ids))
    answer = call(method, _fill(address, ids), filled)
    assert 200 <= answer.status < 300, answer.body
    schema = description.body_schema(method, path, answer.status)
    assert schema is not None
    problems = list(description.problems(schema, json.loads(answer.body)))
    assert [problem for problem in problems if not _is_known(method, path, problem)] == []


def test_every_operation_with_a_body_has_an_example() -> None:
    routes = {(route.method, _bare(route.pattern)) for route in api.routes.routes if route.method != "DELETE"}
    routes = {(method, path) for method, path in routes if not path.startswith(NOT_DESCRIBED)}
    examples = {(method, _bare(path)) for method, path, _, _ in EXAMPLES}
    assert routes - examples - SILENT - WITHOUT_BODY == set()


def _is_known(method: str, path: str, problem: str) -> bool:
    return any(re.search(pattern, problem) for (at, pattern) in DIFFERENT if at == f"{method} {path}")


def _fill(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)


def _bare(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)
