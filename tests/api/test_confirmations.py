"""Confirmations: by password, code or a fresh sign-in; for one purpose, person and app, and for ten minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.making import PASSWORD
from accountsite.sandbox.seed_people import TOTP_SECRET
from settings_app.models import AuditEntry
from settings_app.safeguards.limits import TABLE, Limit, Rule, Scope
from tests.api.caller import App
from tests.people import client_of

LEDGERLY = "ledgerly0000000000001"


def remove_username(app: App, confirmation: str) -> tuple[int, str]:
    answer = app.delete("/account/username", Confirmation=confirmation)
    return answer.status_code, "" if answer.status_code == 204 else answer.json()["code"]


REFUSED = (403, "confirmation.required")
DONE = (204, "")


def test_without_one_the_answer_says_how_to_get_it(app: App, logto: Logto) -> None:
    answer = app.delete("/account/username")
    assert (answer.status_code, answer.json()["code"]) == REFUSED
    told = answer.json()["confirmation"]
    assert told == {
        "for": "username",
        "methods": ["password", "email", "phone", "sign-in"],
        "page": "http://testserver/security/",
    }
    assert logto.state.person("ada").user["username"] == "ada"


def test_the_password_confirms(app: App) -> None:
    wrong = app.post("/confirmations", {"for": "username", "password": "not-hers"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "password.wrong")
    assert wrong.json()["errors"][0]["pointer"] == "/password"
    right = app.post("/confirmations", {"for": "username", "password": PASSWORD})
    assert (right.status_code, right.json()["for"]) == (201, "username")
    assert remove_username(app, right.json()["id"]) == DONE
    assert [row.change for row in AuditEntry.objects.order_by("pk")] == ["step-up", "step-up", "username-removed"]


def test_guesses_count_with_those_on_the_page(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, Limit.STEP_UP_PASSWORD, (Rule(Scope.PERSON, 0, 60),))
    refused = app.post("/confirmations", {"for": "username", "password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (429, "limit.step-up-password")


@pytest.mark.parametrize(("to", "shown"), [("email", "ad•••@winterbourne.example"), ("phone", "23")])
def test_a_code_confirms(app: App, logto: Logto, to: str, shown: str) -> None:
    sent = app.post("/confirmations/codes", {"to": to})
    assert sent.status_code == 202, sent.content
    assert shown in sent.json()["sentTo"]
    message = logto.state.latest_message({"email": "ada@winterbourne.example", "phone": "447700900123"}[to])
    confirmation = app.post("/confirmations", {"for": "username", "code": message.code}).json()["id"]
    assert remove_username(app, confirmation) == DONE


def test_a_wrong_code_is_told_and_counted(app: App) -> None:
    app.post("/confirmations/codes", {"to": "email"})
    wrong = app.post("/confirmations", {"for": "username", "code": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "code.wrong")
    assert app.post("/confirmations/codes", {"to": "email"}).json()["attemptsLeft"] == 4


def test_a_fresh_sign_in_confirms_once(app: App) -> None:
    begun = app.post("/confirmations/sign-ins").json()
    assert (begun["prompt"], begun["max_age"]) == ("login", 0)
    token = app.id_token(begun["nonce"])
    first = app.post("/confirmations", {"for": "username", "idToken": token})
    again = app.post("/confirmations", {"for": "email", "idToken": token})
    assert (first.status_code, again.status_code, again.json()["code"]) == (201, 422, "sign_in.nonce")
    assert remove_username(app, first.json()["id"]) == DONE


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"auth_time": None}, "sign_in.auth_time"),
        ({"auth_time": 1_600_000_000}, "sign_in.auth_time"),
        ({"auth_time": True}, "sign_in.auth_time"),
        ({"nonce": "made-up"}, "sign_in.nonce"),
        ({"nonce": None}, "sign_in.nonce"),
        ({"aud": LEDGERLY}, "sign_in.audience"),
        ({"sub": "k3v9q0zt8xw1"}, "sign_in.person"),
        ({"iss": "https://elsewhere.example/oidc"}, "sign_in.issuer"),
        ({"exp": 1_600_000_000}, "sign_in.token"),
    ],
)
def test_a_sign_in_that_proves_nothing(app: App, told: dict[str, Any], code: str) -> None:
    nonce = app.post("/confirmations/sign-ins").json()["nonce"]
    answer = app.post("/confirmations", {"for": "username", "idToken": app.id_token(nonce, told)})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_people_with_a_second_factor_need_the_fresh_sign_in(logto: Logto, db: None) -> None:
    app = App(logto, "amara")
    assert app.delete("/account/username").json()["confirmation"]["methods"] == ["sign-in"]
    weaker = app.post("/confirmations", {"for": "username", "password": PASSWORD})
    assert (weaker.status_code, weaker.json()["code"]) == (422, "step-up.needs_sign_in")
    assert app.post("/confirmations/codes", {"to": "email"}).json()["code"] == "step-up.needs_sign_in"
    assert remove_username(app, app.confirmed("username")) == DONE


def test_it_is_for_one_purpose(app: App) -> None:
    assert remove_username(app, app.confirmed("email")) == REFUSED
    assert (
        app.post("/account/email", {"email": "a@new.example"}, Confirmation=app.confirmed("phone")).status_code == 403
    )


def test_it_is_of_one_person_and_one_app(app: App, settings: Settings, logto: Logto) -> None:
    settings.SITES = (replace(settings.SITES[0], api_third_party_apps=(LEDGERLY,)),)
    confirmation = app.confirmed("username")
    assert remove_username(replace(app, told={"client_id": LEDGERLY}), confirmation) == REFUSED
    assert remove_username(replace(app, handle="amara"), confirmation) == REFUSED
    assert remove_username(app, "made-up") == REFUSED
    assert remove_username(app, confirmation) == DONE


def test_it_ends_after_ten_minutes(app: App) -> None:
    confirmation = app.confirmed("username")
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1), tick=False):
        assert remove_username(app, confirmation) == REFUSED


def test_a_second_factor_that_was_added_since_is_asked_for(app: App, logto: Logto) -> None:
    confirmation = app.confirmed("username")
    factor = {"id": "factorada000000000001", "type": "Totp", "createdAt": "2026-11-29T09:12:00.000Z"}
    logto.state.person("ada").factors = [factor | {"secret": TOTP_SECRET}]
    assert remove_username(app, confirmation) == REFUSED


def test_ending_everything_ends_it_too(app: App, logto: Logto) -> None:
    confirmation = app.confirmed("username")
    client_of(logto, "ada", verified=True).post("/secure/lock/")
    later = replace(app, told={"iat": int(logto.state.now()) + 2})
    assert remove_username(later, confirmation) == REFUSED


@pytest.mark.parametrize("body", [{"for": "username"}, {"for": "username", "password": "x", "code": "123456"}])
def test_one_method_has_to_be_named(app: App, body: dict[str, str]) -> None:
    answer = app.post("/confirmations", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "confirmation.method")


def test_a_purpose_that_there_is_not(app: App) -> None:
    assert app.post("/confirmations", {"for": "everything", "password": PASSWORD}).status_code == 422
