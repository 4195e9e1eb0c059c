"""Devices: the list, signing out one, signing out all others."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
import time_machine
from django.core import mail
from django.test import Client
from requests import PreparedRequest
from responses import CallbackResponse, RequestsMock

from accountsite.sandbox import making
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.state import Session as LogtoSession
from settings_app.mails import outbox
from settings_app.models import AuditEntry
from tests.conftest import carry
from tests.people import client_of

THIS = "sid-of-this-browser"
SESSIONS = "/api/users/*/sessions"
ONE = "/api/users/*/sessions/*"
WAITS = """hx-request='{"timeout":60000}'"""
BOTH = ("refused", "500", "429")


@pytest.fixture
def ada(db: None, logto: Logto) -> Client:
    return client_of(logto, "ada", sid=THIS)


@pytest.fixture
def verified_ada(db: None, logto: Logto) -> Client:
    return client_of(logto, "ada", sid=THIS, verified=True)


@pytest.fixture
def here(logto: Logto) -> LogtoSession:
    """The session at Logto through which Ada's browser came in."""
    return making.add_session(
        logto.state, logto.state.person("ada"), sid=THIS, hours_ago=30, city="Stockholm", country="SE", ip="192.0.2.1"
    )


@pytest.fixture
def there(logto: Logto) -> LogtoSession:
    """Another one, on a phone."""
    return making.add_session(
        logto.state, logto.state.person("ada"), sid="sid-there", user_agent=making.SAFARI, hours_ago=2
    )


def shown(client: Client, address: str = "/sessions/") -> str:
    return client.get(address).content.decode()


def banners(source: str) -> list[tuple[str, str]]:
    """The kind and the first sentence of what the page tells of what was done."""
    found = re.findall(r'banner--(\w+)" data-announce>.*?<div>\s*([^<]+)', source, re.DOTALL)
    return [(kind, text.partition(". ")[0].strip().rstrip(".") + ".") for kind, text in found]


def titles(source: str) -> list[str]:
    return re.findall(r'item__title">\s*<bdi>([^<]+)', source)


def new_ones(source: str) -> list[str]:
    return re.findall(r'<bdi>([^<]+)</bdi><span class="badge badge--warn">New', source)


def left(logto: Logto, handle: str = "ada") -> set[str]:
    person = logto.state.person(handle)
    return {one.uid for one in logto.state.sessions.values() if one.account_id == person.id}


def with_sid(logto: Logto, sid: str) -> Client:
    """Another browser of Ada's, which came in to this site through another session."""
    return client_of(logto, "ada", sid=sid, binding="binding-of-another-browser")


def test_an_ipv4_address_is_shown_as_one_however_logto_wrote_it(verified_ada: Client, logto: Logto) -> None:
    making.add_session(logto.state, logto.state.person("ada"), sid="sid-mapped", ip="::ffff:203.0.113.9")
    source = shown(verified_ada)
    assert ("203.0.113.9" in source, "::ffff:" in source) == (True, False)


def test_show_names_device_place_address_and_apps(ada: Client, here: object) -> None:
    source = shown(ada)
    assert "Firefox on macOS" in source
    assert "<bdi>Stockholm, Sweden</bdi>" in source
    assert '<bdi dir="ltr">192.0.2.1</bdi>' in source
    assert "Used in Fernhill Account" in source


def test_show_puts_this_device_first_and_offers_no_way_to_end_it(
    ada: Client, here: LogtoSession, there: object
) -> None:
    source = shown(ada)
    assert titles(source)[:2] == ["Firefox on macOS", "Safari on iPhone"]
    assert source.count("This device") == 1
    assert f"/sessions/{here.uid}/end/" not in source


def test_show_says_when_it_cannot_tell_which_one_this_is(ada: Client, there: object) -> None:
    source = shown(ada)
    assert "We can’t tell which of these is the device you’re using." in source
    assert "This device" not in source


def test_show_leaves_out_sessions_that_no_browser_holds(logto: Logto, db: None) -> None:
    source = shown(client_of(logto, "curious"))
    assert "192.0.2.9" in source
    assert "192.0.2.10" not in source  # re-keyed
    assert "Unknown device" in source  # a sign-in that is not finished, where a browser does hold the cookie


def test_show_folds_forty_sessions(logto: Logto, db: None) -> None:
    source = shown(client_of(logto, "heavy"))
    above, older = source.split("Show 35 older")
    assert titles(above) == ["Firefox on macOS", "Safari on iPhone", "Chrome on Windows"]
    assert len(titles(older)) == 35
    told = re.findall(r'Sign out<span class="visually-hidden"> ([^<]+)</span>', source)
    assert len(set(told)) == len(told) == 38  # who hears a list of links hears which is which


def test_show_reads_what_it_needs_at_once_and_nothing_for_each_row(
    logto: Logto, db: None, logto_mock: RequestsMock
) -> None:
    heavy = client_of(logto, "heavy")
    shown(heavy)
    before = len(logto_mock.calls)
    shown(heavy)
    paths = [call.request.path_url.partition("?")[0] for call in list(logto_mock.calls)[before:]]
    person = f"/api/users/{logto.state.person('heavy').id}"
    assert sorted(paths) == ["/api/logs", person, f"{person}/sessions"]
    sent: list[Any] = [call.request for call in logto_mock.calls]
    waits = {str(one.path_url).partition("?")[0]: one.req_kwargs["timeout"] for one in sent}
    assert waits["/api/logs"][1] <= 2.0 < waits[person][1]  # nobody waits long for the mark of a new device


def test_show_marks_what_is_new_as_far_as_the_log_goes_back(logto: Logto, db: None) -> None:
    source = shown(client_of(logto, "amara"))
    assert new_ones(source) == ["Chrome on Windows"]
    overview = shown(client_of(logto, "amara"), "/")
    assert "Check a new device" in overview
    assert "Chrome on Windows in Gothenburg, Sweden, signed in" in overview


def test_show_calls_nothing_new_that_it_cannot_know(logto: Logto, db: None, subtests: pytest.Subtests) -> None:
    """The very first sign-in, one of last week, one whose place alone is unknown, and a log that cannot be read."""
    amara = logto.state.person("amara")
    rows = [row for row in logto.state.logs if row["payload"].get("userId") == amara.id]
    rows = [row for row in rows if row["key"] == "Interaction.SignIn.Submit"]
    (new,) = (row for row in rows if row["payload"].get("userAgent") == making.CHROME)
    with subtests.test("nothing came before it"):
        logto.state.logs = [new]
        assert "Chrome on Windows" not in new_ones(shown(client_of(logto, "amara")))
    with subtests.test("it came before, from the same place"):
        earlier = {**new, "id": "earlier", "createdAt": new["createdAt"] - 30 * making.DAY_MS}
        logto.state.logs = [*rows, earlier]
        assert "Chrome on Windows" not in new_ones(shown(client_of(logto, "amara")))
    with subtests.test("a week later"):
        logto.state.logs = rows
        session = next(one for one in logto.state.sessions.values() if one.account_id == amara.id)
        session.payload["loginTs"] -= 8 * 24 * 3600
        with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
            assert "Chrome on Windows" not in new_ones(shown(client_of(logto, "amara")))
    with subtests.test("the log cannot be read"):
        logto.faults.add("500", path="/api/logs")
        source = shown(client_of(logto, "amara"))
        assert "Chrome on Windows" in source
        assert new_ones(source) == []


def test_show_takes_the_list_that_is_read_beside_the_person(
    ada: Client, here: object, logto: Logto, logto_mock: RequestsMock
) -> None:
    shown(ada)
    before = len(logto_mock.calls)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        shown(ada)
    paths = [str(call.request.path_url) for call in list(logto_mock.calls)[before:]]
    assert len([path for path in paths if path.endswith("/sessions")]) == 1


def test_show_says_what_could_not_be_loaded(ada: Client, logto: Logto) -> None:
    logto.faults.add("500", path=SESSIONS)
    answer = ada.get("/sessions/")
    assert answer.status_code == 200
    assert "We couldn’t load your devices" in answer.content.decode()


def test_show_does_without_the_names_of_apps(ada: Client, logto: Logto, here: object) -> None:
    logto.faults.add("500", path="/api/applications*")
    source = shown(ada)
    assert "Firefox on macOS" in source
    assert "Used in" not in source


def test_show_says_that_there_is_nothing_else(ada: Client, logto: Logto) -> None:
    for uid in left(logto):
        del logto.state.sessions[uid]
    assert "You’re not signed in anywhere else" in shown(ada)


def test_no_cookie_of_logtos_reaches_the_page(ada: Client, logto: Logto, here: LogtoSession) -> None:
    source = shown(ada)
    assert str(here.payload["jti"]) not in source
    assert THIS not in source


def test_end_asks_first(verified_ada: Client, there: LogtoSession, here: object) -> None:
    source = shown(verified_ada, f"/sessions/{there.uid}/end/")
    assert "Sign out Safari on iPhone?" in source
    assert "Keep it signed in" in source


@pytest.mark.parametrize("ends", ["one", "others"])
def test_ending_says_that_apps_allowed_there_lose_their_access(
    verified_ada: Client, there: LogtoSession, here: object, ends: str
) -> None:
    page = verified_ada.get("/sessions/end-others/" if ends == "others" else f"/sessions/{there.uid}/end/")
    assert "apps you allowed there lose their access" in page.content.decode()


def test_end_ends_it_at_logto_with_its_grants_and_here(
    verified_ada: Client, logto: Logto, here: LogtoSession, there: LogtoSession
) -> None:
    person = logto.state.person("ada")
    grant = making.add_grant(logto.state, person, "ledgerly0000000000001", "openid offline_access", session=there)
    phone = with_sid(logto, "sid-there")
    answer = verified_ada.post(f"/sessions/{there.uid}/end/")
    assert answer["Location"] == "/sessions/"
    assert there.uid not in left(logto)
    assert here.uid in left(logto)
    assert grant.id not in logto.state.grants
    assert phone.get("/")["Location"].startswith("/sign-in/")
    assert "Signed out." in shown(verified_ada)


def test_end_leaves_what_came_through_other_sessions(verified_ada: Client, logto: Logto, there: LogtoSession) -> None:
    other = with_sid(logto, "sid-of-a-third")
    verified_ada.post(f"/sessions/{there.uid}/end/")
    assert other.get("/").status_code == 200


def test_end_also_ends_what_nobody_can_tell_apart(verified_ada: Client, logto: Logto, there: LogtoSession) -> None:
    unnamed = with_sid(logto, "")
    verified_ada.post(f"/sessions/{there.uid}/end/")
    assert unnamed.get("/")["Location"].startswith("/sign-in/")
    assert verified_ada.get("/").status_code == 200


def test_end_of_this_one_signs_out_here(verified_ada: Client, logto: Logto, here: LogtoSession) -> None:
    assert "Sign out here?" in shown(verified_ada, f"/sessions/{here.uid}/end/")
    answer = verified_ada.post(f"/sessions/{here.uid}/end/", follow=True)
    assert answer.redirect_chain == [("/sign-out/", 302)]
    assert here.uid not in left(logto)
    assert verified_ada.get("/")["Location"].startswith("/sign-in/")


def test_end_is_recorded_and_announced(verified_ada: Client, there: LogtoSession) -> None:
    verified_ada.post(f"/sessions/{there.uid}/end/")
    outbox.send_due()
    assert (AuditEntry.objects.get().change, AuditEntry.objects.get().outcome) == ("session-ended", "done")
    assert "One of your devices was signed out" in str(mail.outbox[0].subject)


def test_end_pressed_twice_says_that_it_is_done(verified_ada: Client, there: LogtoSession) -> None:
    verified_ada.post(f"/sessions/{there.uid}/end/")
    verified_ada.get("/sessions/")
    verified_ada.post(f"/sessions/{there.uid}/end/")
    assert "That device is signed out already." in shown(verified_ada)


def test_end_never_ends_another_persons(verified_ada: Client, logto: Logto) -> None:
    before = left(logto, "amara")
    for uid in before:
        verified_ada.post(f"/sessions/{uid}/end/")
    assert left(logto, "amara") == before


@pytest.mark.parametrize("kind", BOTH)
def test_end_says_when_it_failed(verified_ada: Client, logto: Logto, there: LogtoSession, kind: str) -> None:
    logto.faults.add(kind, path=ONE, method="DELETE")
    answer = verified_ada.post(f"/sessions/{there.uid}/end/")
    assert answer.status_code == (429 if kind == "429" else 503)
    assert "<title>Error:" in answer.content.decode()
    is_known = kind != "refused"  # else it may have happened
    assert ("We can’t sign it out right now. Try again in a moment." in answer.content.decode()) is is_known
    assert there.uid in left(logto)
    assert AuditEntry.objects.get().outcome != "done"
    logto.faults.clear()
    verified_ada.post(f"/sessions/{there.uid}/end/")
    assert there.uid not in left(logto)


def test_end_whose_answer_was_lost_is_looked_up(verified_ada: Client, logto: Logto, there: LogtoSession) -> None:
    logto.faults.add("timeout", path=ONE, method="DELETE", after=True)
    assert verified_ada.post(f"/sessions/{there.uid}/end/")["Location"] == "/sessions/"
    assert AuditEntry.objects.get().outcome == "done"


def test_end_others_keeps_this_one(verified_ada: Client, logto: Logto, here: LogtoSession, there: object) -> None:
    phone = with_sid(logto, "sid-there")
    others = len(left(logto)) - 1
    word = "device" if others == 1 else "devices"
    asked = shown(verified_ada, "/sessions/end-others/")
    assert (f"Sign out {others} {word}" in asked, WAITS in asked) == (True, True)  # there may be forty
    assert verified_ada.post("/sessions/end-others/")["Location"] == "/sessions/"
    assert left(logto) == {here.uid}
    assert phone.get("/")["Location"].startswith("/sign-in/")
    assert banners(shown(verified_ada)) == [("ok", f"We signed out {others} other {word}.")]
    verified_ada.post("/sessions/end-others/")
    assert banners(shown(verified_ada)) == [("info", "You weren’t signed in anywhere else.")]


def test_end_others_asks_nothing_where_there_is_no_other(verified_ada: Client, here: LogtoSession) -> None:
    told = verified_ada.get("/sessions/end-others/", follow=True)
    assert told.redirect_chain == [("/sessions/", 302)]
    assert banners(told.content.decode()) == [("info", "You’re not signed in anywhere else.")]
    assert "Sign out all other devices?" not in told.content.decode()


def test_end_others_says_when_this_one_could_not_be_told(verified_ada: Client, logto: Logto, there: object) -> None:
    assert "We can’t tell which device is this one" in shown(verified_ada, "/sessions/end-others/")
    verified_ada.post("/sessions/end-others/")
    assert left(logto) == set()
    assert "We can’t tell which device is this one" in shown(verified_ada)


def test_end_others_does_not_count_what_no_browser_held(logto: Logto, db: None) -> None:
    heavy = client_of(logto, "heavy", verified=True)
    heavy.post("/sessions/end-others/")
    assert left(logto, "heavy") == set()
    assert "We signed out 38 other devices." in shown(heavy)


@pytest.mark.parametrize("after", [0, 1, 20, 39])
def test_end_others_interrupted_anywhere_and_pressed_again_ends_right(
    logto: Logto, logto_mock: RequestsMock, db: None, after: int
) -> None:
    """The process is killed right after one of its forty calls."""
    heavy = client_of(logto, "heavy", verified=True)
    done: list[str] = []

    def answer(sent: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        answered = carry(logto, sent)
        done.append(str(sent.url))
        if len(done) == after + 1:
            raise KeyboardInterrupt
        return answered

    anywhere = re.compile(re.escape(logto.endpoint) + "/.*")
    logto_mock.replace(CallbackResponse(responses.DELETE, anywhere, answer))
    with pytest.raises(KeyboardInterrupt):
        heavy.post("/sessions/end-others/")
    assert len(left(logto, "heavy")) == 39 - after
    heavy.post("/sessions/end-others/")
    assert left(logto, "heavy") == set()


@pytest.mark.parametrize("center", ["ReadOnly", "Off"])
def test_a_tenant_can_keep_this_to_itself(verified_ada: Client, logto: Logto, there: LogtoSession, center: str) -> None:
    logto.state.account_center["fields"]["session"] = center
    source = shown(verified_ada)
    assert "Only Fernhill can change this." in source
    assert "/end" not in source
    assert verified_ada.post(f"/sessions/{there.uid}/end/").status_code == 403
    assert verified_ada.post("/sessions/end-others/").status_code == 403
    assert there.uid in left(logto)


def test_one_that_cannot_be_named_in_an_address_says_why(ada: Client, there: LogtoSession) -> None:
    there.payload["uid"] = "an odd/one"
    source = shown(ada)
    assert "We can’t sign this one out. It ends by itself on" in source


def test_the_overview_counts_devices(ada: Client, logto: Logto, here: object) -> None:
    total = len(left(logto))
    source = shown(ada, "/")
    assert f"Review {total} device" in source
    assert "This device" in source
