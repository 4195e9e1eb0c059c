"""The API apart from the pages: off by default, no cookie, exact origins, limits, and JSON whatever happens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from settings_app.actor import Actor
from settings_app.logto.tenant import Tenant
from settings_app.safeguards.limits import TABLE, Limit, Rule, Scope
from settings_app.sites import Site, read_site
from tests.api.caller import App
from tests.people import client_of

OURS = "https://app.fernhill.example"
FRESH_SITE = {
    "base_url": "https://account.example.com",
    "endpoint": "https://auth.example.com",
    "app_id": "a",
    "app_secret": "b",
    "m2m_app_id": "c",
    "m2m_app_secret": "d",
}


def test_a_site_has_no_api_unless_it_is_turned_on() -> None:
    site, problems = read_site(FRESH_SITE, "A site")
    assert isinstance(site, Site)
    assert problems == []
    assert site.api_enabled is False
    assert site.api_audience == "https://account.example.com/api"


@pytest.mark.parametrize("path", ["/api/account", "/api/", "/api/nothing", "/api/account/"])
def test_without_it_nothing_is_there(app: App, settings: Settings, path: str) -> None:
    settings.SITES = (replace(settings.SITES[0], api_enabled=False),)
    answer = app.client.get(path, headers={"Authorization": f"Bearer {app.token()}", "Origin": OURS})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert not answer.has_header("Access-Control-Allow-Origin")


def test_no_cookie_is_read_and_none_is_set(ada: Client) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = ada.get("/api/account")
    assert (answer.status_code, answer.json()["code"]) == (401, "token.missing")
    assert not [one["sql"] for one in asked if "settings_app_session" in one["sql"]]
    assert "Cookie" not in answer["Vary"]
    assert not answer.cookies


def test_a_form_of_another_site_does_nothing_with_the_cookie(verified_ada: Client, logto: Logto) -> None:
    """There is no check against forged forms, because no cookie counts."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = verified_ada.cookies
    answer = client.patch("/api/account", '{"name": "Mallory"}', content_type="text/plain", headers={"If-Match": "x"})
    assert answer.status_code == 401
    assert logto.state.person("ada").user["name"] == "Ada Winterbourne"


def cors(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("Access-Control")}


def test_pages_of_a_listed_origin_may_call_it_and_read_the_answer(app: App) -> None:
    asked = {"Origin": OURS, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "if-match"}
    preflight = app.client.options("/api/account", headers=asked)
    assert preflight.status_code == 204
    allowed = cors(preflight)
    assert allowed["Access-Control-Allow-Origin"] == OURS
    assert {"If-Match", "Idempotency-Key", "Confirmation"} <= set(allowed["Access-Control-Allow-Headers"].split(", "))
    answer = app.get("/account", Origin=OURS)
    assert answer["Access-Control-Allow-Origin"] == OURS
    assert "ETag" in answer["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer
    assert app.client.get("/api/account", headers={"Origin": OURS})["Access-Control-Allow-Origin"] == OURS


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "https://fernhill.example",
        "https://app.fernhill.example.evil.example",
        "http://app.fernhill.example",
    ],
)
def test_no_other_origin_may(app: App, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    assert cors(app.client.options("/api/account", headers=asked)) == {}
    answer = app.get("/account", Origin=origin)
    assert cors(answer) == {}
    assert "Origin" in answer["Vary"]


def test_addresses_and_methods_that_there_are_not(app: App) -> None:
    assert app.get("/nothing").json()["code"] == "not_found"
    refused = app.delete("/account")
    assert (refused.status_code, refused.json()["code"], set(refused["Allow"].split(", "))) == (
        405,
        "method.refused",
        {"GET", "PATCH"},
    )


@pytest.mark.parametrize("scope", [Scope.PERSON, Scope.NETWORK, Scope.APPLICATION])
def test_calls_are_limited_by_person_network_and_app(app: App, monkeypatch: pytest.MonkeyPatch, scope: Scope) -> None:
    monkeypatch.setitem(TABLE, Limit.API, (Rule(scope, 1, 60),))
    assert app.get("/account").status_code == 200
    refused = app.get("/account")
    assert (refused.status_code, refused.json()["code"]) == (429, "limit.api")
    assert 0 < int(refused["Retry-After"]) <= 60


def test_writes_count_together_with_those_on_pages(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, Limit.POST, (Rule(Scope.PERSON, 1, 60),))
    client_of(app.logto, "ada").post("/profile/name/change/", {"name": "Ada"})
    refused = app.patch("/account", {"name": "New"}, If_Match=app.version())
    assert (refused.status_code, refused.json()["code"]) == (429, "limit.post")


def test_changes_count_together_with_those_on_pages(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, Limit.CHANGE, (Rule(Scope.PERSON, 1, 60),))
    client_of(app.logto, "ada").post("/profile/name/change/", {"name": "Ada"})
    refused = app.patch("/account", {"name": "New"}, If_Match=app.version())
    assert (refused.status_code, refused.json()["code"]) == (429, "limit.change")


def test_where_logto_is_down_nothing_of_it_is_told(app: App, logto: Logto) -> None:
    app.get("/account")
    logto.faults.add("500", path="/api/users/*")
    answer = app.get("/account")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer["Retry-After"]
    assert "isn’t responding" in answer.json()["detail"]


def test_without_a_database_the_answer_is_a_problem_too(transactional_db: None, logto: Logto) -> None:
    app = App(logto, "ada")
    app.get("/account")

    def away(*_sent: Any) -> Any:
        raise OperationalError("gone")

    with connection.execute_wrapper(away):
        answer = app.get("/account")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["code"] == "unavailable"


def test_a_fault_of_this_site_is_a_problem_with_a_reference(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("settings_app.api.account.told", broken)
    client = Client(raise_request_exception=False)
    answer = client.get("/api/account", headers={"Authorization": f"Bearer {app.token()}"})
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")
    assert answer.json()["request"] == answer["X-Request-ID"]


def test_a_body_that_is_too_large_is_not_read(app: App) -> None:
    assert app.patch("/account", {"name": "x" * 1_100_000}, If_Match="x").status_code == 413


def test_codes_of_one_app_are_no_codes_of_another(app: App, settings: Settings, logto: Logto) -> None:
    account = Tenant.of(settings.SITES[0]).account(logto.state.person("ada").id)
    actors = [Actor(settings.SITES[0], account, account.person(), "en", application=one) for one in ("", "a", "b")]
    assert len({actor.binding for actor in actors}) == 3
