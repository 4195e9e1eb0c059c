"""Every access token of an account ends, however often it has to be tried."""

from __future__ import annotations

import re

import pytest
import responses
from requests import PreparedRequest
from responses import CallbackResponse, RequestsMock

from accountsite.sandbox.logto import Logto
from settings_app.safeguards.access_tokens import revoke_all_tokens
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.perform import perform
from tests.conftest import carry
from tests.safeguards.conftest import Asking

DELETE = "/api/users/*/personal-access-tokens/delete"


def left(logto: Logto) -> list[str]:
    return [str(token["name"]) for token in logto.state.person("ada").tokens]


def test_all_go_and_a_second_time_finds_none(asking: Asking, logto: Logto) -> None:
    actor = asking("ada")
    assert perform(actor, Change.ACCESS_TOKENS_REMOVED, revoke_all_tokens) == 3
    assert left(logto) == []
    assert revoke_all_tokens(actor) == 0


def test_one_that_cannot_be_removed_protects_no_other_and_is_told(asking: Asking, logto: Logto) -> None:
    actor = asking("ada")
    logto.faults.add("500", path=DELETE, method="POST", times=1)
    with pytest.raises(Declined, match="some_left"):
        revoke_all_tokens(actor)
    assert left(logto) == ["notebook"]
    assert revoke_all_tokens(actor) == 1


def test_one_whose_name_cannot_be_read_is_not_taken_for_removed(asking: Asking, logto: Logto) -> None:
    """What it is called at Logto is not known; asked for a token without a name, Logto says that there is none."""
    actor = asking("ada")
    logto.faults.add("field_other_type", path="/api/users/*/personal-access-tokens", times=1)
    with pytest.raises(Declined, match="some_left"):
        revoke_all_tokens(actor)
    assert len(left(logto)) == 3


def test_a_list_that_cannot_be_read_is_told(asking: Asking, logto: Logto) -> None:
    actor = asking("ada")
    logto.faults.add("500", path="/api/users/*/personal-access-tokens")
    with pytest.raises(Declined, match="some_left"):
        revoke_all_tokens(actor)


@pytest.mark.parametrize("after", [1, 2, 3])
def test_killed_after_any_of_its_calls_and_done_again_nothing_is_left(
    asking: Asking, logto: Logto, logto_mock: RequestsMock, after: int
) -> None:
    actor, done = asking("ada"), []

    def answer(sent: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        answered = carry(logto, sent)
        done.append(str(sent.url))
        if len(done) == after:
            raise KeyboardInterrupt
        return answered

    anywhere = re.compile(re.escape(logto.endpoint) + "/.*")
    logto_mock.replace(CallbackResponse(responses.POST, anywhere, answer))
    assert actor.account.personal_access_tokens()
    done.clear()
    with pytest.raises(KeyboardInterrupt):
        revoke_all_tokens(actor)
    assert len(left(logto)) == 3 - after
    revoke_all_tokens(actor)
    assert left(logto) == []
