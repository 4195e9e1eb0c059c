"""The way back from a provider: whose answer is believed, what is passed on, and the words for every other end."""

from __future__ import annotations

import html
import logging
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.functional import Promise
from pytest_django import Settings

from accountsite.sandbox.api import identities as identities_of_the_sandbox
from accountsite.sandbox.logto import Logto
from settings_app.logto.errors import LogtoError, Misconfigured, Refused, Unavailable
from settings_app.logto.tenant import Tenant
from settings_app.models import AuditEntry, Notice, OneTimeState
from settings_app.safeguards import connect_states
from settings_app.safeguards.audit import Outcome
from settings_app.sections.connections import words
from tests.people import client_of
from tests.safeguards.conftest import Asking, asking

__all__ = ["asking"]

CALLBACK = "http://testserver/connections/callback/"
UNKNOWN = "This was already finished, or it began in another browser."
ROBIN = {"id": "robin-1", "name": "Robin Example", "email": "robin@github.example"}


@pytest.fixture
def amara(db: None, logto: Logto) -> Client:
    return client_of(logto, "amara", verified=True)


def begun(client: Client, target: str = "github") -> str:
    """Presses "Continue" and returns the state that the provider was given."""
    shown = client.get(f"/connections/{target}/connect/").content.decode()
    replaces = re.search(r'name="replaces" value="(\w+)"', shown)
    answer = client.post(f"/connections/{target}/connect/", {"replaces": replaces[1] if replaces else ""})
    found = re.search(r'href="(http://localhost:3301/provider/[^"]*)"', answer.content.decode())
    assert found
    return parse_qs(urlsplit(html.unescape(found[1])).query)["state"][0]


def code(logto: Logto, target: str = "github", account: dict[str, str] | None = None, back: str = CALLBACK) -> str:
    """What the provider answers when the person approves as `account`."""
    return str(logto.state.new_social_code(target, back, account or ROBIN))


def come_back(client: Client, **answer: Any) -> str:
    """The provider sends the browser back; the words on the page where that ends."""
    landed = client.get("/connections/callback/", answer, follow=True, headers={"Sec-Fetch-Site": "cross-site"})
    assert landed.redirect_chain[-1][0].startswith("/security/")
    return html.unescape(landed.content.decode())


def connected(logto: Logto, handle: str = "ada") -> dict[str, str]:
    return {target: one["userId"] for target, one in logto.state.person(handle).user["identities"].items()}


def calls(logto_mock: Any) -> list[str]:
    return [call.request.path_url for call in logto_mock.calls if call.request.path_url.endswith("/identities")]


def outcome(change: str) -> list[tuple[str, str]]:
    return [(row.outcome, row.reason) for row in AuditEntry.objects.filter(change=change)]


def test_an_account_is_connected_announced_and_the_offer_made(verified_ada: Client, logto: Logto) -> None:
    shown = come_back(verified_ada, state=begun(verified_ada), code=code(logto))
    assert connected(logto)["github"] == "robin-1"
    assert "GitHub connected. You can now sign in with it." in shown
    assert "robin@github.example" in shown
    assert 'href="/secure/sign-out-others/"' in shown
    assert outcome("connection-added") == [(Outcome.DONE, "")]
    assert Notice.objects.filter(entry__change="connection-added").exists()


def test_the_code_does_not_stay_in_the_address(verified_ada: Client, logto: Logto) -> None:
    answer = verified_ada.get("/connections/callback/", {"state": begun(verified_ada), "code": code(logto)})
    assert answer["Location"] == "/security/?changed=1"


def test_every_parameter_of_the_provider_is_passed_on(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    state, given = begun(verified_ada), code(logto)
    come_back(verified_ada, state=state, code=given, scope="read:user", iss="https://github.example")
    body = next(one.request.body for one in logto_mock.calls if one.request.path_url.endswith("/identities"))
    for part in (given, state, "read:user", "https://github.example", CALLBACK):
        assert part.encode() in body


def test_another_account_replaces_the_old_one_and_both_are_named(amara: Client, logto: Logto) -> None:
    state = begun(amara, "google")
    assert connected(logto, "amara") == {"google": "amara-google"}
    shown = come_back(amara, state=state, code=code(logto, "google", {"id": "g-2", "email": "second@gmail.example"}))
    assert connected(logto, "amara") == {"google": "g-2"}
    assert "You now sign in with second@gmail.example instead of amara.okafor@gmail.example." in shown
    assert outcome("connection-replaced") == [(Outcome.DONE, "")]


def test_accounts_that_look_the_same_are_told_apart(amara: Client, logto: Logto) -> None:
    given = code(logto, "google", {"id": "g-2", "email": "amara.okafor@gmail.example"})
    shown = come_back(amara, state=begun(amara, "google"), code=given)
    assert "with amara.okafor@gmail.example (g-2) instead of amara.okafor@gmail.example (amara-google)." in shown


def test_the_same_account_again_is_no_replacement(amara: Client, logto: Logto) -> None:
    shown = come_back(amara, state=begun(amara, "google"), code=code(logto, "google", {"id": "amara-google"}))
    assert "You’ve already connected that Google account." in shown
    assert outcome("connection-replaced") == [(Outcome.REFUSED, "connection.same")]
    assert not Notice.objects.filter(entry__change="connection-replaced").exists()


# Attacks on the state.


def test_state_missing(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    begun(verified_ada)
    assert str(words.NO_STATE) in come_back(verified_ada, code=code(logto))
    assert str(words.NO_STATE) in come_back(verified_ada, code=code(logto), state="")
    assert calls(logto_mock) == []


def test_state_made_up(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    begun(verified_ada)
    assert UNKNOWN in come_back(verified_ada, code=code(logto), state="made-up")
    assert calls(logto_mock) == []


def test_state_replayed(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    state = begun(verified_ada)
    come_back(verified_ada, state=state, code=code(logto))
    assert UNKNOWN in come_back(verified_ada, state=state, code=code(logto, account={"id": "mallory"}))
    assert connected(logto)["github"] == "robin-1"
    assert len(calls(logto_mock)) == 1


def test_state_given_twice(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    state = begun(verified_ada)
    assert str(words.NO_STATE) in come_back(verified_ada, state=[state, state], code=code(logto))
    assert calls(logto_mock) == []


def test_state_from_another_session_of_the_same_person(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    other = client_of(logto, "ada", verified=True, binding="another browser")
    assert UNKNOWN in come_back(verified_ada, state=begun(other), code=code(logto))
    assert calls(logto_mock) == []


def test_state_of_somebody_else(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    mallory = client_of(logto, "amara", verified=True)
    assert UNKNOWN in come_back(verified_ada, state=begun(mallory), code=code(logto, account={"id": "mallory"}))
    assert calls(logto_mock) == []
    assert "github" not in connected(logto)


def test_state_of_another_person_in_the_same_browser(db: None, logto: Logto, logto_mock: Any) -> None:
    state = begun(client_of(logto, "amara", verified=True, binding="this browser"))
    ada = client_of(logto, "ada", verified=True, binding="this browser")
    assert UNKNOWN in come_back(ada, state=state, code=code(logto))
    assert calls(logto_mock) == []


def test_state_from_another_site(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    state = begun(verified_ada)
    OneTimeState.objects.update(site="other.example")
    assert UNKNOWN in come_back(verified_ada, state=state, code=code(logto))
    assert calls(logto_mock) == []


def test_state_expired(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    state = begun(verified_ada)
    OneTimeState.objects.update(started_at=timezone.now() - timedelta(minutes=10, seconds=1))
    assert str(connect_states.EXPIRED) in come_back(verified_ada, state=state, code=code(logto))
    assert calls(logto_mock) == []


def test_state_kept_for_something_else(asking: Asking, logto: Logto, logto_mock: Any) -> None:
    request = asking("ada")
    kept = connect_states.keep(
        request, purpose="other", connector_id="connectorgithub000001", redirect_uri=CALLBACK, target="github"
    )
    ada = client_of(logto, "ada", verified=True, binding=request.browser["binding"])
    assert UNKNOWN in come_back(ada, state=kept, code=code(logto))
    assert calls(logto_mock) == []


def test_connector_swapped(verified_ada: Client, logto: Logto) -> None:
    """Naming another connector in the answer changes nothing: the recorded one is asked, and does not know the code."""
    shown = come_back(
        verified_ada,
        state=begun(verified_ada),
        code=code(logto, "google"),
        connectorId="connectorgoogle000001",
        connector_id="connectorgoogle000001",
        target="google",
    )
    assert "Your confirmation from GitHub has expired" in shown
    assert connected(logto).keys().isdisjoint({"github"})


def test_redirect_uri_swapped(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    """A code that was got for another address is refused, whatever address the answer claims."""
    evil = "https://evil.example/"
    given = code(logto, back=evil)
    shown = come_back(verified_ada, state=begun(verified_ada), code=given, redirectUri=evil, redirect_uri=evil)
    assert "Your confirmation from GitHub has expired" in shown
    assert "github" not in connected(logto)


def test_answer_with_two_codes(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    shown = come_back(verified_ada, state=begun(verified_ada), code=[code(logto), code(logto)])
    assert "GitHub sent an answer we couldn’t use" in shown
    assert calls(logto_mock) == []


# What must still be so on the way back.


def test_confirmation_that_ran_out_meanwhile(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    state, given = begun(verified_ada), code(logto)
    verified_ada.post("/verify/end/")
    assert str(words.CONFIRM_AGAIN) in come_back(verified_ada, state=state, code=given)
    assert calls(logto_mock) == []


def test_confirmation_older_than_the_state(verified_ada: Client, logto: Logto) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=9)):
        state = begun(verified_ada)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert str(words.CONFIRM_AGAIN) in come_back(verified_ada, state=state, code=code(logto))


def test_tenant_that_stopped_leaving_it_to_people(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    state = begun(verified_ada)
    Tenant.forget_all()
    logto.state.account_center["fields"]["social"] = "ReadOnly"
    answer = verified_ada.get("/connections/callback/", {"state": state, "code": code(logto)})
    assert answer.status_code == 403
    assert calls(logto_mock) == []


def test_signed_out_meanwhile_keeps_the_code_out_of_the_address(db: None, logto: Logto) -> None:
    answer = Client().get("/connections/callback/", {"state": "s", "code": "secret"})
    assert answer["Location"] == "/sign-in/?next=%2Fconnections%2Fcallback%2F"


def test_a_suspended_person_connects_nothing(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    state = begun(verified_ada)
    logto.state.person("ada").user["isSuspended"] = True
    answer = verified_ada.get("/connections/callback/", {"state": state, "code": code(logto)})
    assert answer.status_code == 403
    assert calls(logto_mock) == []


def test_only_get_comes_back(verified_ada: Client) -> None:
    assert verified_ada.post("/connections/callback/", {"state": "s"}).status_code == 405
    assert verified_ada.head("/connections/callback/", {"state": "s"}).status_code == 405


# Two tabs at once.


def test_two_tabs_for_two_providers_both_connect(verified_ada: Client, logto: Logto) -> None:
    github, google = begun(verified_ada), begun(verified_ada, "facebook")
    come_back(verified_ada, state=google, code=code(logto, "facebook", {"id": "f-1"}))
    come_back(verified_ada, state=github, code=code(logto))
    assert connected(logto) == {"github": "robin-1", "facebook": "f-1"}


def test_two_tabs_for_one_provider_do_not_replace_each_others(verified_ada: Client, logto: Logto) -> None:
    first, second = begun(verified_ada), begun(verified_ada)
    come_back(verified_ada, state=first, code=code(logto))
    shown = come_back(verified_ada, state=second, code=code(logto, account={"id": "another"}))
    assert "This changed in another window." in shown
    assert connected(logto)["github"] == "robin-1"


def test_an_account_removed_in_another_tab_is_not_replaced(amara: Client, logto: Logto) -> None:
    state = begun(amara, "google")
    amara.post("/connections/google/remove/")
    shown = come_back(amara, state=state, code=code(logto, "google", {"id": "g-2"}))
    assert "This changed in another window." in shown
    assert connected(logto, "amara") == {}


# Other ends.


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"error": "access_denied"}, "You cancelled at GitHub."),
        ({"error": "access_denied", "code": "x"}, "You cancelled at GitHub."),
        ({"error": "user_cancelled_login"}, "You cancelled at GitHub."),
        ({"error": "temporarily_unavailable"}, "GitHub can’t do this right now."),
        ({"error": "server_error"}, "GitHub can’t do this right now."),
        ({"error": "<b>unauthorized_client</b>"}, "GitHub didn’t allow it."),
        ({"error_code": "1349048", "error_message": "x"}, "GitHub didn’t allow it."),
    ],
)
def test_errors_of_a_provider_end_it(verified_ada: Client, logto_mock: Any, answer: dict[str, str], said: str) -> None:
    shown = come_back(verified_ada, state=begun(verified_ada), **answer)
    assert said in shown
    assert "<b>" not in shown
    assert calls(logto_mock) == []


def test_an_account_that_belongs_to_somebody_else(verified_ada: Client, logto: Logto) -> None:
    shown = come_back(
        verified_ada, state=begun(verified_ada, "google"), code=code(logto, "google", {"id": "amara-google"})
    )
    assert "That Google account belongs to a different Fernhill account. Sign in with it to manage it." in shown
    assert "google" not in connected(logto)
    assert connected(logto, "amara") == {"google": "amara-google"}
    assert outcome("connection-added") == [(Outcome.REFUSED, "user.identity_already_in_use")]


def test_a_code_that_was_used_or_expired(verified_ada: Client, logto: Logto, logto_mock: Any) -> None:
    shown = come_back(verified_ada, state=begun(verified_ada), code="used")
    assert "Your confirmation from GitHub has expired or was already used." in shown
    assert len(calls(logto_mock)) == 1  # a 401 that is not about this site's token is not tried again


def test_an_answer_without_a_code(verified_ada: Client) -> None:
    assert "GitHub sent an answer we couldn’t use." in come_back(verified_ada, state=begun(verified_ada))


def test_an_answer_that_says_nothing_of_the_account(verified_ada: Client, logto: Logto) -> None:
    shown = come_back(verified_ada, state=begun(verified_ada), code=code(logto, account={"name": "Nobody"}))
    assert "GitHub sent an answer we couldn’t use." in shown


def test_a_connector_removed_meanwhile(verified_ada: Client, logto: Logto) -> None:
    state = begun(verified_ada)
    del logto.state.connectors["connectorgithub000001"]
    assert "You can no longer connect GitHub." in come_back(verified_ada, state=state, code=code(logto))


def test_a_connector_that_turns_out_not_to_link(
    verified_ada: Client, logto: Logto, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = begun(verified_ada)
    monkeypatch.setattr(identities_of_the_sandbox, "NEED_A_HOSTED_SESSION", frozenset({"github-universal"}))
    shown = come_back(verified_ada, state=state, code=code(logto))
    assert "You can’t connect GitHub from this page." in shown
    assert 'href="/connections/github/elsewhere/"' in shown


def test_a_provider_that_is_down(verified_ada: Client, logto: Logto) -> None:
    logto.state.social_provider_reachable = False
    shown = come_back(verified_ada, state=begun(verified_ada), code=code(logto))
    assert "GitHub isn’t responding. Nothing was changed." in shown
    assert [one for one, _reason in outcome("connection-added")] == [Outcome.FAILED]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Unavailable("POST", "/x", sent=False, code="connection.failed"), words.LOGTO_DOWN),
        (Unavailable("POST", "/x", sent=False, code="breaker.open"), words.LOGTO_DOWN),
        (Unavailable("GET", "/x", code="answer.late"), words.LOGTO_DOWN),
        (Unavailable("POST", "/x", code="answer.late"), words.NOT_CONFIRMED),
        (Unavailable("POST", "/x", status=503), words.NOT_CONFIRMED),
        (Misconfigured("POST", "/x", status=403), words.LOGTO_DOWN),
        (Refused("POST", "/x", status=401, code="connector.social_invalid_id_token"), words.CODE_REFUSED),
        (Refused("POST", "/x", status=401, code="connector.authorization_failed"), words.CODE_REFUSED),
        (Refused("POST", "/x", status=422, code="session.invalid_connector_id"), words.GONE),
        (Refused("POST", "/x", status=400, code="connector.unheard_of"), words.UNUSABLE),
    ],
)
def test_what_logto_answers_has_its_words(error: LogtoError, said: Promise) -> None:
    assert words.linking_failed(error) == said


def test_logto_down_for_the_person_too(verified_ada: Client, logto: Logto) -> None:
    state = begun(verified_ada)
    logto.faults.add("refused", path="/api/users/*", times=9)
    answer = verified_ada.get("/connections/callback/", {"state": state, "code": code(logto)})
    assert answer.status_code == 503
    assert state not in answer.content.decode()
    assert "github" not in connected(logto)


def test_too_many_requests(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("429", path="/api/users/*/identities", method="POST")
    shown = come_back(verified_ada, state=begun(verified_ada), code=code(logto))
    assert "Too many requests right now. Nothing was changed." in shown


def test_an_answer_that_was_lost_is_read_again_and_told_as_done(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path="/api/users/*/identities", method="POST", after=True)
    shown = come_back(verified_ada, state=begun(verified_ada), code=code(logto))
    assert "GitHub connected." in shown
    assert outcome("connection-added") == [(Outcome.DONE, "")]


def test_an_answer_that_was_lost_with_nothing_done_is_not_called_done(verified_ada: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path="/api/users/*/identities", method="POST")
    shown = come_back(verified_ada, state=begun(verified_ada), code=code(logto))
    assert "we can’t tell yet whether GitHub was connected" in shown
    assert [one for one, _reason in outcome("connection-added")] == [Outcome.UNKNOWN]


def test_nothing_of_the_providers_answer_is_logged(
    verified_ada: Client, logto: Logto, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    state = begun(verified_ada)
    come_back(verified_ada, state=state, code="a-secret-code", error_description="a-secret-word")
    come_back(verified_ada, state=state, code="a-secret-code")
    ours = "\n".join(one.getMessage() for one in caplog.records if one.name.startswith("settings_app"))
    assert "a-secret" not in ours
    assert state not in ours
    assert "a-secret" not in str(list(AuditEntry.objects.values()))


def test_another_site_of_the_same_tenant_takes_no_state_of_this_one(
    verified_ada: Client, logto: Logto, settings: Settings
) -> None:
    state = begun(verified_ada)
    other = replace(settings.SITES[0], base_url="http://other.example")
    settings.SITES = (settings.SITES[0], other)
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    query = {"state": state, "code": code(logto)}
    answer = verified_ada.get("/connections/callback/", query, headers={"Host": "other.example"})
    assert answer["Location"].startswith("/sign-in/")
    assert "github" not in connected(logto)
