"""What each resource tells and takes, beyond what `test_like_the_pages.py` compares."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from accountsite.sandbox import making
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.making import PASSWORD
from settings_app.models import AuditEntry, IdempotentRequest, OneTimeState
from tests.api.caller import App

NEW_PASSWORD = "quiet Orchard 7 walks"


@pytest.fixture
def amara(db: None, logto: Logto) -> App:
    return App(logto, "amara")


def do(app: App, method: str, path: str, purpose: str, body: Any = None, **headers: str) -> Any:
    return app.call(method, path, body, Confirmation=app.confirmed(purpose), **headers)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_an_email_changes_with_a_code_and_no_other(app: App, logto: Logto) -> None:
    sent = do(app, "POST", "/account/email", "email", {"email": "ada@new.example"})
    assert (sent.status_code, sent.json()["sentTo"]) == (202, "ad•••@new.example")
    wrong = do(app, "POST", "/account/email/code", "email", {"code": "000000"})
    assert code_of(wrong) == (422, "code.wrong")
    right = logto.state.latest_message("ada@new.example").code
    assert do(app, "POST", "/account/email/code", "email", {"code": right}).json() == {"value": "ada@new.example"}
    assert logto.state.person("ada").user["primaryEmail"] == "ada@new.example"
    assert code_of(do(app, "POST", "/account/email/code", "email", {"code": right})) == (422, "code.used")


def test_what_somebody_else_has_looks_like_any_other(app: App, logto: Logto) -> None:
    taken = do(app, "POST", "/account/email", "email", {"email": "amara@okafor.example"})
    assert taken.status_code == 202
    assert code_of(do(app, "POST", "/account/email/code", "email", {"code": "123456"})) == (422, "code.wrong")


@pytest.mark.parametrize(
    ("email", "code"),
    [("no-address", "invalid"), ("x@blocked.example", "blocked"), ("ada@winterbourne.example", "unchanged")],
)
def test_emails_that_are_not_taken(app: App, email: str, code: str) -> None:
    answer = do(app, "POST", "/account/email", "email", {"email": email})
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/email", code)]


def test_a_username_that_somebody_has_is_told_in_our_word(app: App) -> None:
    answer = do(app, "PUT", "/account/username", "username", {"username": "amara_o"})
    assert code_of(answer) == (422, "username.taken")
    assert answer.json()["errors"][0]["pointer"] == "/username"
    assert "Someone else uses that username." in answer.json()["detail"]


def test_the_current_password_is_asked_for_unless_it_confirmed(app: App, logto: Logto) -> None:
    missing = do(app, "PUT", "/account/password", "password", {"password": NEW_PASSWORD})
    assert missing.status_code == 422
    assert missing.json()["errors"][0]["pointer"] == "/current_password"
    confirmation = app.post("/confirmations", {"for": "password", "password": PASSWORD}).json()["id"]
    changed = app.put("/account/password", {"password": NEW_PASSWORD}, Confirmation=confirmation)
    assert changed.status_code == 204
    again = app.put("/account/password", {"password": "another Orchard 7"}, Confirmation=confirmation)
    assert code_of(again) == (403, "confirmation.required")


def test_sessions_say_what_the_page_says(amara: App, logto: Logto) -> None:
    listed = amara.get("/sessions").json()
    assert {"Chrome on Windows", "Safari on iPhone"} <= {one["device"] for one in listed}
    assert any(one["place"] == "Stockholm, Sweden" for one in listed)
    assert code_of(do(amara, "DELETE", "/sessions/nobodys", "sessions")) == (404, "not_found")


def test_ending_sessions_ends_the_token_that_did_it(app: App, logto: Logto) -> None:
    there = making.add_session(logto.state, logto.state.person("ada"), hours_ago=3)
    token = app.token()
    headers = {"Authorization": f"Bearer {token}", "Confirmation": app.confirmed("sessions")}
    assert app.call("DELETE", f"/sessions/{there.uid}", **headers).status_code == 204
    assert there.uid not in logto.state.sessions
    assert code_of(app.get("/account", Authorization=f"Bearer {token}")) == (401, "token.ended")


def test_apps_are_those_of_other_companies(amara: App, logto: Logto) -> None:
    listed = {one["id"]: one for one in amara.get("/apps").json()}
    assert listed["ledgerly0000000000001"]["name"] == "Ledgerly"
    assert "fernhillforum00000001" not in listed
    assert code_of(do(amara, "DELETE", "/apps/fernhillforum00000001", "apps")) == (404, "not_found")


def test_organizations_and_roles_are_told(app: App) -> None:
    (club,) = app.get("/organizations").json()
    assert (club["id"], club["name"], club["organizationRoles"]) == ("rowingclub01", "Rowing Club", ["Member"])
    wrong = do(app, "POST", "/organizations/rowingclub01/leave", "organizations", {"name": "Other"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/name")


def test_second_steps_are_told_without_a_secret(amara: App) -> None:
    told = amara.get("/second-steps")
    assert told.json()["isAsked"] is True
    assert [one["type"] for one in told.json()["factors"]] == ["Totp", "WebAuthn", "WebAuthn", "BackupCode"]
    assert "secret" not in told.content.decode()


def test_removing_the_last_factor_takes_the_codes_with_it(amara: App, logto: Logto) -> None:
    for factor in ("factoramarapasskey001", "factoramarapasskey002", "factoramaratotp000001"):
        assert do(amara, "DELETE", f"/second-steps/{factor}", "second-steps").status_code == 204
    assert logto.state.person("amara").factors == []


def test_there_is_nothing_to_ask_for_without_a_factor(app: App) -> None:
    answer = do(app, "PUT", "/second-steps", "second-steps", {"isAsked": True})
    assert code_of(answer) == (409, "second_steps.none")


def test_secrets_are_not_kept_for_repeats(amara: App) -> None:
    confirmation = amara.confirmed("second-steps")
    made = amara.post("/second-steps/backup-codes", Confirmation=confirmation, Idempotency_Key="once")
    assert len(made.json()["codes"]) == 10
    amara.post("/confirmations", {"for": "email", "password": PASSWORD}, Idempotency_Key="twice")
    confirmation = amara.confirmed("password")
    typed = {"currentPassword": PASSWORD, "password": NEW_PASSWORD}
    assert amara.put("/account/password", typed, Confirmation=confirmation, Idempotency_Key="3").status_code == 204
    assert not IdempotentRequest.objects.exists()


def test_a_provider_answers_to_listed_addresses_only(app: App, settings: Settings) -> None:
    listed = "com.fernhill.mobile:/connected"
    settings.SITES = (replace(settings.SITES[0], api_redirect_uris=(listed,)),)
    for address in ("https://evil.example/", listed + "/x", ""):
        answer = do(app, "POST", "/identities/github", "identities", {"redirectUri": address})
        assert code_of(answer) == (422, "redirect_uri.refused")
    assert do(app, "POST", "/identities/line", "identities", {"redirectUri": listed}).status_code == 404
    assert not OneTimeState.objects.filter(kind="connect").exists()


def test_an_answer_without_our_state_connects_nothing(app: App, logto: Logto) -> None:
    answer = do(app, "POST", "/identities", "identities", {"parameters": {"state": "x", "code": "y"}})
    assert code_of(answer) == (422, "state.unknown")
    assert logto.state.person("ada").user["identities"] == {}


def test_identities_are_told_in_the_providers_words(amara: App) -> None:
    listed = {one["target"]: one for one in amara.get("/identities").json()}
    google = listed["google"]
    assert (google["isConnected"], google["account"]) == (True, "amara.okafor@gmail.example")
    assert (listed["line"]["isConnected"], listed["line"]["canBeConnected"]) == (False, False)


def test_activity_goes_on_page_by_page(amara: App) -> None:
    first = amara.get("/activity").json()
    assert first["events"]
    assert first["events"] == sorted(first["events"], key=lambda one: -one["at"])
    wrong = amara.get("/activity?since=yesterday")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/since")
    assert amara.get("/activity?kind=everything").status_code == 422


def test_the_copy_of_ones_data_is_the_file_of_the_page(app: App) -> None:
    file = do(app, "POST", "/export", "export")
    assert (file.status_code, file["Content-Type"]) == (200, "application/json")
    assert (file.json()["format"], file.json()["complete"]) == ("account-data", True)


def test_deleting_at_once(app: App, logto: Logto) -> None:
    state = app.get("/deletion").json()
    assert state == {"waitsUntil": None, "dueAt": None, "blockers": [], "typed": "ada@winterbourne.example"}
    assert do(app, "POST", "/deletion", "deletion", {"typed": "someone@else.example"}).status_code == 422
    answer = do(app, "POST", "/deletion", "deletion", {"typed": state["typed"]}, Idempotency_Key="once")
    assert answer.status_code == 204
    assert "ada" not in {person.user["username"] for person in logto.state.people.values()}
    assert not IdempotentRequest.objects.exists()


def test_a_deletion_that_waits_is_stopped(app: App, settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], deletion_grace_days=7),)
    asked = do(app, "POST", "/deletion", "deletion", {"typed": "ada@winterbourne.example"})
    assert (asked.status_code, asked.json()["waitsUntil"] is not None) == (202, True)
    again = do(app, "POST", "/deletion", "deletion", {"typed": "ada@winterbourne.example"})
    assert code_of(again) == (409, "deletion.asked_before")
    assert app.delete("/deletion").status_code == 204
    assert app.get("/deletion").json()["waitsUntil"] is None
    assert AuditEntry.objects.filter(change="deletion-cancelled", outcome="done").count() == 1
