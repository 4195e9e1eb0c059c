"""The logos of providers on the page, and the address of this site that they come from."""

from __future__ import annotations

import re
from base64 import b64encode

import pytest
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.shell import logos


def named(logto: Logto, content: bytes) -> None:
    logto.state.connectors["connectorgithub000001"]["logo"] = f"data:;base64,{b64encode(content).decode()}"


def test_the_row_shows_the_providers_own_logo(amara: Client) -> None:
    page = amara.get("/security/").content.decode()
    found = re.search(r'src="(/connections/github/logo/\?\w+)"', page)
    assert found
    answer = Client().get(found[1])
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"#24292f" in answer.content


def test_nothing_in_a_logo_runs_when_it_is_opened_by_itself(db: None, logto: Logto) -> None:
    policy = Client().get("/connections/github/logo/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert Client().get("/connections/github/logo/")["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"<html></html>", b"plain", b""])
def test_what_is_no_picture_is_not_served(db: None, logto: Logto, content: bytes) -> None:
    named(logto, content)
    assert Client().get("/connections/github/logo/").status_code == 404


@pytest.mark.parametrize("target", ["mock-social", "nothing", "smtp"])
def test_only_logos_of_connectors_that_are_offered_are_served(db: None, logto: Logto, target: str) -> None:
    assert Client().get(f"/connections/{target}/logo/").status_code == 404


def test_a_connector_without_a_logo_has_its_letter(amara: Client, logto: Logto) -> None:
    logto.state.connectors["connectorgithub000001"]["logo"] = ""
    page = amara.get("/security/").content.decode()
    assert "/connections/github/logo/" not in page
    assert "<span>G</span>" in page


def test_few_logos_are_fetched_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logos, "FETCH_SECONDS", 0.01)
    for _ in range(logos.AT_A_TIME):
        logos._turns.acquire()
    try:
        assert logos.logo_of("data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' id='busy'/>") is None
    finally:
        logos._turns.release(logos.AT_A_TIME)
