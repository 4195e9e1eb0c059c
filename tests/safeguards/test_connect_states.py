"""States of connecting an account: this person, this session, once, ten minutes, a few at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from settings_app.actor import Actor
from settings_app.models import OneTimeState
from settings_app.safeguards import connect_states, one_time
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.one_time import StateKind
from settings_app.sites import Site

from .conftest import Asking


def keep(actor: Actor, connector_id: str = "github-id") -> str:
    return connect_states.keep(
        actor, purpose="connect", connector_id=connector_id, redirect_uri="http://testserver/back/", target="github"
    )


def why(actor: Actor, state: str, purpose: str = "connect") -> str:
    with pytest.raises(Declined) as refused:
        connect_states.take(actor, state, purpose=purpose)
    return refused.value.code


def test_it_gives_back_what_was_kept_once(asking: Asking) -> None:
    state = keep(asking("ada"))
    row = connect_states.take(asking("ada"), state, purpose="connect")
    assert (row.connector_id, row.redirect_uri, row.target) == ("github-id", "http://testserver/back/", "github")
    assert why(asking("ada"), state) == "state.unknown"


def test_it_is_taken_by_one_of_two(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    state = keep(asking("ada"))
    seen = connect_states.CONNECTING.find(state)
    connect_states.take(asking("ada"), state)
    monkeypatch.setattr(StateKind, "find", lambda *_of: seen)  # as a request saw it that came a moment before
    assert why(asking("ada"), state) == "state.unknown"


def test_it_belongs_to_one_session(asking: Asking) -> None:
    assert why(asking("ada", browser="second"), keep(asking("ada"))) == "state.unknown"


def test_it_belongs_to_one_person(asking: Asking) -> None:
    state = keep(asking("ada"))
    request = asking("amara")
    request.browser["binding"] = asking("ada").browser["binding"]
    assert why(request, state) == "state.unknown"


def test_it_belongs_to_one_site(asking: Asking) -> None:
    state = keep(asking("ada"))
    request = replace(asking("ada"), site=Site("http://other.example", "http://localhost:3301", "a", "b", "c", "d"))
    assert why(request, state) == "state.unknown"


def test_it_belongs_to_one_purpose(asking: Asking) -> None:
    assert why(asking("ada"), keep(asking("ada")), purpose="replace") == "state.unknown"


def test_it_lives_for_ten_minutes(asking: Asking) -> None:
    state = keep(asking("ada"))
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert why(asking("ada"), state) == "state.expired"


def test_an_unknown_one_is_refused(asking: Asking) -> None:
    assert why(asking("ada"), "made-up") == "state.unknown"


def test_only_the_four_newest_of_a_session_are_kept(asking: Asking) -> None:
    first, *others = [keep(asking("ada"), f"connector-{number}") for number in range(5)]
    assert why(asking("ada"), first) == "state.unknown"
    assert [connect_states.take(asking("ada"), state).connector_id for state in others] == [
        f"connector-{n}" for n in range(1, 5)
    ]


def test_the_parameter_itself_is_not_stored(asking: Asking) -> None:
    state = keep(asking("ada"))
    assert state not in str(OneTimeState.objects.values())


def test_retention(asking: Asking) -> None:
    keep(asking("ada"))
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert one_time.delete_old() == 0  # a late return is told that it took too long
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert one_time.delete_old() == 1
