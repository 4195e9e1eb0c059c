"""Coming back from Logto: who gets in, and what everybody else is told."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import SITE_APP_ID
from settings_app.models import OneTimeState, Session
from settings_app.safeguards.one_time import StateKind
from settings_app.signin.states import SIGN_INS
from tests.people import values_kept
from tests.signin.ways import begin, come_back, query_of, session_of, sign_in, site, tampering, title_of, who

pytestmark = pytest.mark.django_db


def test_signing_in_leads_on_to_where_one_wanted_to_go(client: Client, logto: Logto) -> None:
    answer = sign_in(client, logto, "ada", "/profile/?a=b")
    assert answer.status_code == 302
    assert answer["Location"] == "/profile/?a=b"
    assert answer["Cache-Control"] == "no-store"
    assert who(client) == logto.state.person("ada").id


def test_signing_in_renews_the_token_of_forms(client: Client, logto: Logto) -> None:
    sign_in(client, logto)
    before = session_of(client)["_csrftoken"]
    client.cookies.clear()
    address = begin(client)
    session = session_of(client)
    session["_csrftoken"] = before
    session.save()
    come_back(client, logto, "ada", address)
    assert session_of(client).get("_csrftoken") not in (None, before)


def test_the_session_keeps_what_is_needed_and_no_token(client: Client, logto: Logto) -> None:
    sign_in(client, logto)
    session = session_of(client)
    at_logto = [
        held.payload["authorizations"].get(SITE_APP_ID, {}).get("sid") for held in logto.state.sessions.values()
    ]
    assert session["sid"] in at_logto
    assert set(session.keys()) <= {
        "subject",
        "verified",
        "sid",
        "signed_in_at",
        "ends_at",
        "binding",
        "_csrftoken",
        "browser",
    }


def test_signing_in_gives_the_session_a_new_id_and_the_old_one_opens_nothing(client: Client, logto: Logto) -> None:
    address = begin(client)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    come_back(client, logto, "ada", address)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    client.cookies[settings.SESSION_COOKIE_NAME] = before
    assert who(client) == ""


def test_two_tabs_can_sign_in_at_once(client: Client, logto: Logto) -> None:
    first, second = begin(client, "/profile/"), begin(client, "/?tab=2")
    assert come_back(client, logto, "ada", second)["Location"] == "/?tab=2"
    assert come_back(client, logto, "ada", first)["Location"] == "/profile/"
    assert who(client) == logto.state.person("ada").id


def test_another_person_signing_in_replaces_the_session(client: Client, logto: Logto) -> None:
    first, second = begin(client), begin(client)
    come_back(client, logto, "ada", first)
    session = session_of(client)
    session["verified"] = {"at": datetime.now(UTC).timestamp(), "how": "password"}
    session.save()
    come_back(client, logto, "amara", second)
    assert who(client) == logto.state.person("amara").id
    assert "verified" not in session_of(client)
    assert not Session.objects.filter(subject=logto.state.person("ada").id, rotated=False).exists()


def test_a_state_is_good_once(client: Client, logto: Logto) -> None:
    callback = logto.authorize("ada", begin(client))
    client.get(callback)
    client.post("/sign-out/")
    again = client.get(callback)
    assert again.status_code == 400
    assert title_of(again) == "This sign-in no longer works"
    assert who(client) == ""


def test_of_two_returns_at_the_same_moment_one_counts(
    client: Client, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    callback = logto.authorize("ada", begin(client))
    found = SIGN_INS.find(query_of(callback)["state"])
    OneTimeState.objects.all().delete()  # the other request was quicker, after this one had looked
    monkeypatch.setattr(StateKind, "find", lambda *_of: found)
    assert title_of(client.get(callback)) == "This sign-in no longer works"


def test_a_state_of_another_browser_is_not_taken(client: Client, logto: Logto) -> None:
    callback = logto.authorize("ada", begin(client))
    other = Client()
    begin(other)
    answer = other.get(callback)
    assert answer.status_code == 400
    assert title_of(answer) == "This sign-in no longer works"
    assert who(other) == ""
    assert OneTimeState.objects.count() == 2  # and cannot be used up from there either


def test_a_state_of_another_site_is_not_taken(client: Client, logto: Logto, settings: Settings) -> None:
    settings.SITES = (site(), replace(site(), base_url="http://other.test"))
    callback = logto.authorize("ada", begin(client))
    row = OneTimeState.objects.get()
    row.site = "other.test"
    row.save()
    assert title_of(client.get(callback)) == "This sign-in no longer works"


def test_an_invented_state_is_not_taken(client: Client, logto: Logto) -> None:
    answer = client.get("/sign-in/callback/", {"code": "x", "state": "y", "iss": site().issuer})
    assert answer.status_code == 400
    assert title_of(answer) == "This sign-in no longer works"


def test_after_a_quarter_of_an_hour_it_took_too_long(client: Client, logto: Logto) -> None:
    callback = logto.authorize("ada", begin(client, "/profile/"))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=15, seconds=1)):
        answer = client.get(callback)
    assert answer.status_code == 400
    assert title_of(answer) == "That took too long"
    assert 'href="/sign-in/?next=%2Fprofile%2F"' in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        ("access_denied", 403, "You weren’t signed in"),
        ("invalid_scope", 502, "There’s a problem with sign-in"),
        ("login_required", 403, "You need to sign in again"),
        ("consent_required", 403, "You need to sign in again"),
        ("interaction_required", 403, "You need to sign in again"),
        ("unauthorized_client", 502, "There’s a problem with sign-in"),
        ("server_error", 503, "We can’t reach the sign-in service right now"),
        ("temporarily_unavailable", 503, "We can’t reach the sign-in service right now"),
        ("something_new", 502, "Signing in didn’t work"),
    ],
)
def test_each_refusal_has_its_own_page(client: Client, logto: Logto, error: str, status: int, title: str) -> None:
    tampering(logto).error = error
    answer = sign_in(client, logto, "ada", "/profile/")
    assert answer.status_code == status
    assert title_of(answer) == title
    assert 'href="/sign-in/?next=%2Fprofile%2F"' in answer.content.decode()
    assert who(client) == ""


def test_cancelling_on_the_consent_page_is_no_error(client: Client, logto: Logto) -> None:
    callback = logto.authorize("ada", begin(client), cancel=True)
    assert query_of(callback) == {}
    answer = client.get(callback)
    assert answer.status_code == 200
    assert title_of(answer) == "You didn’t finish signing in"
    assert 'href="/sign-in/"' in answer.content.decode()


def test_neither_code_nor_error_is_no_sign_in(client: Client, logto: Logto) -> None:
    tampering(logto).parameters = {"code": None}
    assert title_of(sign_in(client, logto)) == "Signing in didn’t work"


def test_a_code_logto_does_not_know_is_refused(client: Client, logto: Logto) -> None:
    tampering(logto).parameters = {"code": "invented"}
    answer = sign_in(client, logto)
    assert answer.status_code == 502
    assert title_of(answer) == "We couldn’t confirm your sign-in"
    assert who(client) == ""


def test_a_wrong_secret_of_the_application_is_for_the_operator(
    client: Client, logto: Logto, settings: Settings
) -> None:
    settings.SITES = (replace(site(), app_secret="wrong"),)
    answer = sign_in(client, logto)
    assert answer.status_code == 502
    assert title_of(answer) == "There’s a problem with sign-in"


@pytest.mark.parametrize("kind", ["refused", "timeout", "500", "html", "truncated"])
def test_logto_failing_at_the_last_step_has_its_own_page(client: Client, logto: Logto, kind: str) -> None:
    callback = logto.authorize("ada", begin(client, "/profile/"))
    logto.faults.add(kind, path="/oidc/token")
    answer = client.get(callback)
    assert answer.status_code == 503
    assert title_of(answer) == "We can’t reach the sign-in service right now"
    assert who(client) == ""


@pytest.mark.parametrize("seconds", [-3700, 3700])
def test_clocks_that_differ_are_named_as_the_reason(client: Client, logto: Logto, seconds: int) -> None:
    now = int(datetime.now(UTC).timestamp()) + seconds
    tampering(logto).claims = {"iat": now, "exp": now + 3600}
    answer = sign_in(client, logto)
    assert answer.status_code == 502
    assert title_of(answer) == "There’s a problem with our clocks"
    assert who(client) == ""


@pytest.mark.parametrize(("seconds", "gets_in"), [(50, True), (70, False)])
def test_a_minute_between_the_clocks_is_borne(client: Client, logto: Logto, seconds: int, gets_in: bool) -> None:
    tampering(logto).claims = {"iat": int(datetime.now(UTC).timestamp()) + seconds}
    sign_in(client, logto)
    assert bool(who(client)) is gets_in


@pytest.mark.parametrize(("seconds", "gets_in"), [(50, True), (70, False)])
def test_a_token_that_just_ran_out_is_borne_for_a_minute(
    client: Client, logto: Logto, seconds: int, gets_in: bool
) -> None:
    now = int(datetime.now(UTC).timestamp())
    tampering(logto).claims = {"iat": now - 600, "exp": now - seconds}
    sign_in(client, logto)
    assert bool(who(client)) is gets_in


def test_asking_only_for_the_headers_uses_nothing_up(client: Client, logto: Logto) -> None:
    callback = logto.authorize("ada", begin(client))
    assert client.head(callback).status_code == 405
    client.get(callback)
    assert who(client) == logto.state.person("ada").id


def test_a_session_id_chosen_by_somebody_else_is_not_kept(client: Client, logto: Logto) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "chosen-by-somebody-else-000000000"
    sign_in(client, logto)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != "chosen-by-somebody-else-000000000"
    assert who(client)


def test_no_secret_reaches_the_log(client: Client, logto: Logto, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    address = begin(client)
    kept = values_kept()
    callback = logto.authorize("ada", address)
    client.get(callback)
    tampering(logto).parameters = {"code": "no-such-code-invented-here"}
    sign_in(Client(), logto)
    of_the_sandbox = ("authlib.oauth2.rfc6749.grants", "accountsite")
    not_ours = ("django.db", *of_the_sandbox)
    ours = "\n".join(entry.getMessage() for entry in caplog.records if not entry.name.startswith(not_ours))
    kept_out = (
        query_of(callback)["code"],
        query_of(address)["state"],
        kept["nonce"],
        kept["code_verifier"],
        site().app_secret,
    )
    assert "sign-in on testserver by ada0000000ab from 127.0.0.1" in ours
    assert "sign-in on testserver from 127.0.0.1 failed" in ours
    assert "invalid_grant" in ours
    assert "no-such-code" not in ours
    assert [secret for secret in kept_out if secret in ours] == []
