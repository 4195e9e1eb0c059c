"""The committed description is that of the code, and what the API answers is described."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from pytest_django.fixtures import Settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accountsite.sandbox.logto import Logto
from settings_app.api.request import SCOPES
from settings_app.api.routes import api
from tests.api.caller import App
from tests.api.test_every_address import TABLE

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


def test_the_committed_one_is_that_of_the_code() -> None:
    """`manage.py openapi > docs/openapi.json` brings it up to date."""
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == json.loads(json.dumps(api.described()))


def test_each_address_names_the_scope_that_it_needs() -> None:
    paths = api.described()["paths"]
    named = {
        f"{method.upper()} {path}": one["x-required-scope"] for path, of in paths.items() for method, one in of.items()
    }
    assert named == TABLE
    assert set(named.values()) == set(SCOPES)


EXAMPLES = int(os.environ.get("API_EXAMPLES", "3"))  # more of them on demand
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
PURPOSES = {"organizations": "organizations", "identities": "identities", "apps": "apps", "sessions": "sessions"}
PURPOSES |= {"second-steps": "second-steps", "export": "export", "deletion": "deletion", "alerts": "alerts"}
PURPOSES |= {"personal-access-tokens": "personal-access-tokens"}
DESCRIPTION = schemathesis.openapi.from_dict(json.loads(COMMITTED.read_text(encoding="utf-8")))


def carried(sent: requests.PreparedRequest) -> schemathesis.Response:
    """Answered by the site without a socket."""
    told_elsewhere = ("host", "content-length", "accept-encoding")
    headers = {name: str(value) for name, value in sent.headers.items() if name.lower() not in told_elsewhere}
    kind = headers.pop("Content-Type", "application/octet-stream")
    answer = Client().generic(str(sent.method), sent.path_url, sent.body or b"", kind, headers=headers)
    told = {name.lower(): [value] for name, value in answer.headers.items()}
    return schemathesis.Response(answer.status_code, told, answer.content, sent, 0.0, verify=False)


def purpose_of(path: str) -> str:
    names = path.split("/")[2:]
    purpose = names[1] if names[0] == "account" and len(names) > 1 else PURPOSES.get(names[0], "email")
    return "email" if purpose == "avatar" else purpose


# schemathesis itself does so
@pytest.mark.filterwarnings("ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning")
@pytest.mark.parametrize("entry", sorted(TABLE))
def test_no_answer_is_a_fault_or_undescribed(db: None, logto: Logto, entry: str) -> None:
    """Requests made from the description, by somebody with a good token and a good confirmation."""
    method, path = entry.split()
    app = App(logto, "ada")
    headers = {"Authorization": f"Bearer {app.token()}", "Confirmation": app.confirmed(purpose_of(path))}

    @hypothesis.settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=DESCRIPTION[path][method].as_strategy())
    def asked(case: Any) -> None:
        sent = headers | ({"If-Match": app.version()} if method == "PATCH" else {})
        asking = requests.Request(**case.as_transport_kwargs(base_url="http://testserver", headers=sent))
        case.validate_response(carried(asking.prepare()), checks=CHECKS)

    asked()


def test_the_demo_shows_it_as_a_page_of_our_own_files_alone(logto: Logto) -> None:
    answer = Client().get("/api/docs")
    page = answer.content.decode()
    assert answer["Content-Type"].startswith("text/html")
    assert all(entry in page for entry in TABLE)
    assert set(re.findall(r'(?:src|href)="([^"]+)"', page)) == {"/static/site.css"}
    assert "<script" not in page


def test_no_other_site_does(logto: Logto, settings: Settings) -> None:
    settings.API_DOCS = False
    assert Client().get("/api/docs").status_code == 404
