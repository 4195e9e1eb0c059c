"""A fresh sign-in at Logto by which a signed-in person confirms who they are."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.person import Browser, authorize
from settings_app.session import end_sessions_of_sid
from settings_app.shell import verification
from tests.signin.ways import (
    begin,
    begin_step_up,
    come_back,
    query_of,
    request_of,
    session_of,
    sign_in,
    tampering,
    title_of,
    who,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def subject(client: Client, logto: Logto) -> str:
    """Ada has signed in in this browser."""
    sign_in(client, logto)
    session = session_of(client)
    del session["verified"]  # as when that was a while ago
    session.save()
    return who(client)


def verified(client: Client) -> bool:
    return verification.verified_until(request_of(client)) is not None


def test_it_asks_logto_to_ask_again(client: Client, subject: str) -> None:
    asked = query_of(begin_step_up(client, subject))
    assert asked["prompt"] == "login"
    assert asked["max_age"] == "0"
    assert asked["scope"] == "openid roles"


def test_a_fresh_sign_in_confirms_under_a_new_session_id(client: Client, logto: Logto, subject: str) -> None:
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    answer = come_back(client, logto, "ada", begin_step_up(client, subject, "/profile/"))
    assert answer["Location"] == "/profile/"
    assert verified(client)
    assert who(client) == subject
    assert session_of(client)["verified"]["how"] == "sign-in"
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before


@pytest.mark.parametrize(("posted", "asked"), [({}, True), ({"forgotten": "on"}, False)])
def test_a_fresh_sign_in_stands_for_the_password_only_where_it_was_said_to_be_forgotten(
    client: Client, logto: Logto, subject: str, posted: dict[str, str], asked: bool
) -> None:
    away = client.post("/sign-in/again/?next=/password/change/", posted)["Location"]
    come_back(client, logto, "ada", away)
    assert ("Current password" in client.get("/password/change/").content.decode()) is asked


def test_a_sign_in_asks_for_its_time_and_for_nothing_else(client: Client, logto: Logto) -> None:
    asked = query_of(begin(client))
    assert "prompt" not in asked
    assert int(asked["max_age"]) > 30 * 86_400


def test_who_has_just_signed_in_is_not_asked_to_confirm_again(client: Client, logto: Logto) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        sign_in(client, logto)
        assert session_of(client)["verified"]["how"] == "sign-in"
        clock.shift(timedelta(seconds=settings.VERIFIED_SECONDS - 5))
        assert verified(client)
        clock.shift(timedelta(seconds=10))
        assert not verified(client)


@pytest.mark.parametrize("seconds_ago", [settings.VERIFIED_SECONDS, 86_400])
def test_a_sign_in_answered_from_an_older_one_at_logto_confirms_nothing(
    client: Client, logto: Logto, seconds_ago: int
) -> None:
    tampering(logto).claims = {"auth_time": int(datetime.now(UTC).timestamp()) - seconds_ago}
    sign_in(client, logto)
    assert who(client)
    assert "verified" not in session_of(client)


def test_what_is_left_of_the_ten_minutes_counts_from_the_sign_in_at_logto(client: Client, logto: Logto) -> None:
    tampering(logto).claims = {"auth_time": int(datetime.now(UTC).timestamp()) - settings.VERIFIED_SECONDS + 60}
    sign_in(client, logto)
    assert verified(client)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=65)):
        assert not verified(client)


@pytest.mark.parametrize("auth_time", [None, True, "now", -1, 10**12])
def test_a_sign_in_without_a_time_that_can_be_confirms_nothing(client: Client, logto: Logto, auth_time: object) -> None:
    tampering(logto).claims = {"auth_time": auth_time}
    sign_in(client, logto)
    assert who(client)
    assert not verified(client)


def test_one_from_before_a_second_factor_was_added_confirms_nothing(client: Client, logto: Logto) -> None:
    added = (datetime.now(UTC) + timedelta(seconds=2)).isoformat().replace("+00:00", "Z")
    factor = {"id": "a-new-factor", "type": "Totp", "createdAt": added, "secret": "A" * 32}
    logto.state.person("ada").factors.append(factor)
    sign_in(client, logto)
    assert not verified(client)


def test_where_the_factors_cannot_be_read_a_sign_in_confirms_nothing(client: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users/*/mfa-verifications")
    sign_in(client, logto)
    assert not verified(client)


def test_a_hanging_management_api_holds_nobody_up_who_signs_in(
    client: Client, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "LOOK_SECONDS", 0.1)
    address = begin(client)
    logto.faults.add("latency", path="/api/*", seconds=1)
    began = time.monotonic()
    come_back(client, logto, "ada", address)
    assert time.monotonic() - began < 0.9
    logto.faults.clear()
    assert who(client)
    assert not verified(client)


def test_who_confirms_waits_for_a_slow_list_of_factors_or_would_be_asked_again_and_again(
    client: Client, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "LOOK_SECONDS", 0.05)
    logto.faults.add("latency", path="/api/users/*/mfa-verifications", seconds=0.2)
    sign_in(client, logto, "amara")
    assert not verified(client)
    come_back(client, logto, "amara", begin_step_up(client, who(client)))
    assert len(session_of(client)["verified"]["factors"]) == len(logto.state.person("amara").factors)


def test_who_confirms_as_somebody_else_is_told_so_though_logto_ended_the_session_first(
    client: Client, logto: Logto, subject: str
) -> None:
    callback = logto.authorize("amara", begin_step_up(client, subject))
    end_sessions_of_sid(tenant=settings.SITES[0].tenant, sid=session_of(client)["sid"])
    answer = client.get(callback)
    assert title_of(answer) == "You’ve been signed out"
    assert "different account" in answer.content.decode()
    assert who(client) == ""


def test_a_step_up_of_a_session_that_ended_signs_nobody_in(client: Client, logto: Logto, subject: str) -> None:
    callback = logto.authorize("ada", begin_step_up(client, subject))
    end_sessions_of_sid(tenant=settings.SITES[0].tenant, sid=session_of(client)["sid"])
    answer = client.get(callback)
    assert "You were away too long" in answer.content.decode()
    assert who(client) == ""


@pytest.mark.parametrize("auth_time", [None, 0, True, "now", -1])
def test_without_the_time_of_the_sign_in_nothing_is_confirmed(
    client: Client, logto: Logto, subject: str, auth_time: object
) -> None:
    tampering(logto).claims = {"auth_time": auth_time}
    answer = come_back(client, logto, "ada", begin_step_up(client, subject))
    assert answer.status_code == 403
    assert title_of(answer) == "We couldn’t confirm it’s you"
    assert 'href="/profile/"' in answer.content.decode()
    assert not verified(client)
    assert who(client) == subject


def test_a_sign_in_from_before_the_request_confirms_nothing(client: Client, logto: Logto, subject: str) -> None:
    tampering(logto).claims = {"auth_time": int(datetime.now(UTC).timestamp()) - 5}
    come_back(client, logto, "ada", begin_step_up(client, subject))
    assert not verified(client)


def test_stripping_the_parameters_from_the_address_confirms_nothing(client: Client, logto: Logto, subject: str) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5)):
        address = begin_step_up(client, subject).replace("&prompt=login", "").replace("max_age=0", "max_age=3600")
        answer = come_back(client, logto, "ada", address)
        assert title_of(answer) == "We couldn’t confirm it’s you"
        assert not verified(client)


@pytest.mark.parametrize("seconds", [-45, 45])
def test_clocks_need_not_agree_to_the_second(client: Client, logto: Logto, subject: str, seconds: int) -> None:
    now = int(datetime.now(UTC).timestamp()) + seconds
    tampering(logto).claims = {"iat": now, "exp": now + 3600, "auth_time": now}
    come_back(client, logto, "ada", begin_step_up(client, subject))
    assert verified(client)


def test_a_slow_clock_at_logto_makes_no_old_sign_in_fresh(client: Client, logto: Logto, subject: str) -> None:
    now = int(datetime.now(UTC).timestamp()) + 45
    tampering(logto).claims = {"iat": now, "exp": now + 3600, "auth_time": now - 20}
    come_back(client, logto, "ada", begin_step_up(client, subject))
    assert not verified(client)


def test_another_person_ends_the_session(client: Client, logto: Logto, subject: str) -> None:
    answer = come_back(client, logto, "amara", begin_step_up(client, subject))
    assert answer.status_code == 403
    assert title_of(answer) == "You’ve been signed out"
    assert "different account" in answer.content.decode()
    assert who(client) == ""


def test_it_counts_for_nobody_who_signed_in_meanwhile(client: Client, logto: Logto, subject: str) -> None:
    address = begin_step_up(client, subject)
    session = session_of(client)
    session["subject"] = logto.state.person("amara").id
    session.save()
    come_back(client, logto, "ada", address)
    assert who(client) == ""


def test_coming_back_without_a_session_signs_nobody_in(client: Client, logto: Logto, subject: str) -> None:
    callback = logto.authorize("ada", begin_step_up(client, subject, "/profile/"))
    session = session_of(client)
    session.pop("subject")
    session.save()
    answer = client.get(callback)
    assert answer.status_code == 403
    assert title_of(answer) == "You’ve been signed out"
    assert 'href="/sign-in/?next=%2Fprofile%2F"' in answer.content.decode()
    assert who(client) == ""


def test_from_then_on_the_session_follows_the_new_one_of_logto(client: Client, logto: Logto, subject: str) -> None:
    before = session_of(client)["sid"]
    elsewhere = Browser(logto)
    client.get(authorize(logto, "ada", begin_step_up(client, subject), browser=elsewhere))
    assert session_of(client)["sid"] not in ("", before)
    assert verified(client)


def test_a_refused_step_up_leads_back_to_trying_again(client: Client, logto: Logto, subject: str) -> None:
    tampering(logto).error = "access_denied"
    answer = come_back(client, logto, "ada", begin_step_up(client, subject, "/profile/"))
    assert "Try again" in answer.content.decode()
    assert 'href="/profile/"' in answer.content.decode()
    assert who(client) == subject
