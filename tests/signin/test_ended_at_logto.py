"""A session that was ended at Logto through its API, which sends no logout token (docs/logto.md 23)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accountsite.sandbox.logto import Logto
from tests.signin.ways import sign_in, watch, who

pytestmark = pytest.mark.django_db
LIST = "/sessions"


@pytest.fixture
def ada_here(client: Client, logto: Logto) -> Client:
    """Ada has signed in by Logto in this browser."""
    sign_in(client, logto)
    return client


def end_at_logto(logto: Logto) -> None:
    ada = logto.state.person("ada").id
    for uid in [uid for uid, one in logto.state.sessions.items() if one.payload["accountId"] == ada]:
        del logto.state.sessions[uid]


def in_seconds(seconds: int) -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds))


def test_a_session_that_was_ended_at_logto_ends_here_within_a_minute(ada_here: Client, logto: Logto) -> None:
    end_at_logto(logto)
    with in_seconds(61):
        answer = ada_here.get("/profile/")
        assert answer["Location"] == "/sign-in/?next=%2Fprofile%2F&reason=ended"
    assert who(ada_here) == ""


def test_nothing_is_written_in_it(ada_here: Client, logto: Logto) -> None:
    before = dict(logto.state.person("ada").user["profile"])
    end_at_logto(logto)
    with in_seconds(61):
        answer = ada_here.post("/profile/nickname/change/", {"nickname": "Intruder"})
    assert answer["Location"].startswith("/sign-in/?next=")
    assert logto.state.person("ada").user["profile"] == before


def test_one_that_goes_on_there_goes_on_here(ada_here: Client) -> None:
    for seconds in (61, 130, 200):
        with in_seconds(seconds):
            assert ada_here.get("/profile/").status_code == 200


def test_the_list_is_read_once_a_minute(ada_here: Client, logto: Logto) -> None:
    seen = watch(logto)
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        for _time in range(4):
            ada_here.get("/profile/")
            clock.shift(timedelta(seconds=30))
    assert sum(request.path.endswith(LIST) for request in seen) == 1


def test_a_list_that_cannot_be_read_ends_nothing(ada_here: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users/*/sessions", times=99)
    with in_seconds(61):
        assert ada_here.get("/profile/").status_code == 200
        assert ada_here.post("/profile/nickname/change/", {"nickname": "Countess"}).status_code == 302
    assert who(ada_here)


def test_where_id_tokens_name_no_session_nothing_is_looked_at(client: Client, logto: Logto) -> None:
    for application in logto.state.applications.values():
        application["oidcClientMetadata"].pop("backchannelLogoutSessionRequired", None)
    sign_in(client, logto)
    end_at_logto(logto)
    with in_seconds(61):
        assert client.get("/profile/").status_code == 200
