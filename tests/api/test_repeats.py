"""`Idempotency-Key`: what was sent twice happens once, and nobody gets another one's answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from settings_app.models import AuditEntry, IdempotentRequest
from settings_app.safeguards import idempotency
from tests.api.caller import App

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


def rename(app: App, name: str, key: str = KEY, **headers: str) -> Any:
    return app.patch("/account", {"name": name}, Idempotency_Key=key, **({"If_Match": app.version()} | headers))


def test_the_same_request_gets_the_same_answer_and_runs_once(app: App, logto: Logto) -> None:
    seen = app.version()
    first = rename(app, "New", If_Match=seen)
    logto.state.person("ada").user["name"] = "Newer"
    second = rename(app, "New", If_Match=seen)
    assert (second.status_code, second.content, second["ETag"]) == (200, first.content, first["ETag"])
    assert ("Idempotency-Replayed" in first, second["Idempotency-Replayed"]) == (False, "true")
    assert logto.state.person("ada").user["name"] == "Newer"
    assert AuditEntry.objects.count() == 1


def test_a_refusal_is_repeated_too(app: App) -> None:
    first, second = rename(app, "a\u0000b"), rename(app, "a\u0000b")
    assert (first.status_code, second.status_code) == (422, 422)
    assert json.loads(first.content) == json.loads(second.content)


def test_a_key_is_good_for_one_request(app: App, logto: Logto) -> None:
    rename(app, "New")
    reused = rename(app, "Newer")
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency.reused")
    assert logto.state.person("ada").user["name"] == "New"


def test_a_request_that_still_runs_is_not_run_again(app: App, logto: Logto) -> None:
    rename(app, "New")
    IdempotentRequest.objects.update(status=0)
    running = rename(app, "New")
    assert (running.status_code, running.json()["code"]) == (409, "idempotency.running")
    IdempotentRequest.objects.update(started_at=timezone.now() - idempotency.RUNS_AT_MOST)
    assert rename(app, "New").status_code == 200  # it was cut off


def test_keys_are_of_one_person_and_one_app(app: App, settings: Settings) -> None:
    rename(app, "New")
    other_person = rename(replace(app, handle="amara"), "New")
    assert "Idempotency-Replayed" not in other_person
    settings.SITES = (replace(settings.SITES[0], api_third_party_apps=("ledgerly0000000000001",)),)
    other_app = rename(replace(app, told={"client_id": "ledgerly0000000000001"}), "New")
    assert "Idempotency-Replayed" not in other_app


def test_what_passes_is_not_kept(app: App, logto: Logto) -> None:
    seen = app.version()
    logto.faults.add("500", method="PATCH", times=1)
    assert rename(app, "New", If_Match=seen).status_code == 503
    assert rename(app, "New", If_Match=seen).status_code == 200


def test_after_a_day_the_key_is_forgotten(app: App) -> None:
    rename(app, "New")
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=False):
        assert idempotency.delete_old() == 1


@pytest.mark.parametrize("key", ["a b", "ä", "x" * 256])
def test_keys_that_are_none(app: App, key: str) -> None:
    answer = rename(app, "New", key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.key")


def test_what_is_kept_cannot_be_read_in_the_database(app: App) -> None:
    rename(app, "Unmistakable")
    row = IdempotentRequest.objects.get()
    assert "Unmistakable" not in "".join(str(value) for value in vars(row).values())
