"""The client of the demo: what it does at the sandbox and at the site, without a socket."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import requests
import responses
from django.test import Client

from accountsite.sandbox.api_client import ApiClient, tour
from accountsite.sandbox.logto import Logto
from settings_app.models import AuditEntry

SITE = "http://testserver"


def answered_by_the_site(sent: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
    headers = {name: str(value) for name, value in sent.headers.items() if name not in ("Host", "Content-Length")}
    kind = headers.pop("Content-Type", "application/octet-stream")
    answer: Any = Client().generic(
        str(sent.method), urlsplit(str(sent.url)).path, sent.body or b"", kind, headers=headers
    )
    return answer.status_code, dict(answer.headers), answer.content


def test_the_tour_does_what_it_tells(logto: Logto, logto_mock: responses.RequestsMock, db: None) -> None:
    for method in (responses.GET, responses.POST, responses.PATCH):
        logto_mock.add_callback(method, re.compile(re.escape(SITE) + "/.*"), answered_by_the_site)
    lines: list[str] = []
    tour(ApiClient(SITE, logto.endpoint, lines.append))
    told = "\n".join(lines)
    statuses = re.findall(r"^(\d{3}) ", told, re.MULTILINE)
    assert statuses == ["200", "200", "202", "204", "200", "403", "201", "202", "200", "200"]
    assert "confirmation.required" in told
    user = logto.state.person("ada").user
    assert (user["name"], user["primaryEmail"]) == ("Ada King", "ada@new.example")
    assert AuditEntry.objects.filter(application="fernhillmobile0000001", outcome="done").count() == 6
    assert "eyJ" not in told.replace(re.findall(r"eyJ\S+…", told)[0], "")  # no whole token is shown
