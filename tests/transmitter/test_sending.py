"""Sending: at least once, in order for each person, and only to whom the operator named."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accountsite.sandbox.logto import Logto
from settings_app import metering, outside
from settings_app.models import AuditEntry, SecurityEvent
from settings_app.safeguards import audit, heartbeats, retention
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from settings_app.sites import Site
from settings_app.transmitter import sending
from settings_app.transmitter.push import Undelivered, push
from tests.people import client_of
from tests.safeguards.conftest import Asking

from .receiving import URL, Receiver

State = SecurityEvent.State
Reply = tuple[int, dict[str, str], bytes]


def changed(asking: Asking, handle: str, change: Change, outcome: AuditEntry.Outcome = Outcome.DONE) -> None:
    audit.finish(audit.start(asking(handle), change), outcome)


def states() -> list[str]:
    return list(SecurityEvent.objects.order_by("pk").values_list("state", flat=True))


def refusing(status: int, body: bytes = b"", **headers: str) -> Any:
    def answer(_claims: dict[str, Any]) -> Reply:
        return status, headers, body

    return answer


def test_a_change_on_a_page_is_told(
    telling: Site, receiver: Receiver, logto: Logto, db: None, settings: Settings
) -> None:
    ada = client_of(logto, "ada", verified=True)
    ada.post("/username/change/", {"username": "countess"})
    ada.post("/profile/nickname/change/", {"nickname": "Countess"})
    assert sending.send_due(receiver.connect) == 1
    assert receiver.told == [(logto.state.person("ada").id, "identifier-change")]
    assert receiver.paths == ["/events?tenant=1"]
    (headers,) = receiver.headers
    assert headers["content-type"] == "application/secevent+jwt"
    assert (headers["authorization"], headers["host"]) == ("Bearer receivers-own", "receiver.example")
    assert sending.send_due(receiver.connect) == 0
    assert len(receiver.tokens) == 1


def test_what_was_refused_or_failed_is_not_told(asking: Asking, telling: Site, receiver: Receiver) -> None:
    changed(asking, "ada", Change.PASSWORD_CHANGED, Outcome.REFUSED)
    changed(asking, "ada", Change.PASSWORD_CHANGED, Outcome.FAILED)
    assert SecurityEvent.objects.count() == 0


def test_a_site_without_receiver_stores_nothing(asking: Asking) -> None:
    changed(asking, "ada", Change.PASSWORD_CHANGED)
    assert SecurityEvent.objects.count() == 0


def test_a_process_that_is_killed_during_the_change_leaves_it_to_be_told_as_uncertain(
    asking: Asking, telling: Site, receiver: Receiver
) -> None:
    audit.start(asking("ada"), Change.PASSWORD_CHANGED)
    assert sending.send_due(receiver.connect) == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=2, seconds=1)):
        assert sending.send_due(receiver.connect) == 1
    (said,) = receiver.claims[0]["events"].values()
    assert said["confirmed"] is False


@pytest.mark.parametrize(("outcome", "left"), [(Outcome.DONE, 1), (Outcome.REFUSED, 0)])
def test_a_change_that_ends_late_and_was_not_told_yet_is_told_as_it_ended(
    asking: Asking, telling: Site, receiver: Receiver, outcome: AuditEntry.Outcome, left: int
) -> None:
    entry = audit.start(asking("ada"), Change.ACCOUNT_LOCKED)
    receiver.answers = refusing(503)
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        sending.send_due(receiver.connect)
        assert states() == [State.WAITING]
        audit.finish(entry, outcome)
        receiver.answers = refusing(202)
        assert sending.send_due(receiver.connect) == left
    said = [said for claims in receiver.claims[1:] for said in claims["events"].values()]
    assert ["confirmed" in one for one in said] == [False] * left


@pytest.mark.parametrize("when", ["before it was sent", "after it was taken"])
def test_a_process_that_is_killed_while_it_sends_loses_nothing(
    asking: Asking, telling: Site, receiver: Receiver, when: str
) -> None:
    class Killed(socket.socket):
        def makefile(self, *_how: Any, **_more: Any) -> Any:
            self.recv(1)  # the answer came
            raise KeyboardInterrupt

    def connect(host: str) -> socket.socket:
        if when == "before it was sent":
            raise KeyboardInterrupt
        real = receiver.connect(host)
        killed = Killed(real.family, real.type, fileno=real.detach())
        killed.settimeout(3)
        return killed

    changed(asking, "ada", Change.PASSWORD_CHANGED)
    changed(asking, "ada", Change.PASSKEY_ADDED)
    with pytest.raises(KeyboardInterrupt):
        sending.send_due(connect)
    taken = len(receiver.tokens)
    assert taken == (when == "after it was taken")
    assert sending.send_due(receiver.connect) == 0  # nobody overtakes it, and it may be under way
    with time_machine.travel(timezone.now() + sending.CLAIMED_FOR + timedelta(seconds=1)):
        assert sending.send_due(receiver.connect) == 2
    ids = [claims["jti"] for claims in receiver.claims]
    assert len(ids) == 2 + taken
    assert ids[: taken + 1] == [ids[0]] * (taken + 1)  # again under the same id


def test_of_one_person_nothing_overtakes_what_waits_and_others_go_on(
    asking: Asking, telling: Site, receiver: Receiver, logto: Logto
) -> None:
    ada, amara = (logto.state.person(name).id for name in ("ada", "amara"))
    changed(asking, "ada", Change.PASSWORD_CHANGED)
    changed(asking, "amara", Change.PASSKEY_ADDED)
    changed(asking, "ada", Change.TWO_STEP_OFF)

    def answer(claims: dict[str, Any]) -> Reply:
        is_first = "credential_type" in str(claims) and claims["sub_id"]["sub"] == ada
        return (400, {}, b'{"err": "invalid_request"}') if is_first else (202, {}, b"")

    receiver.answers = answer
    assert sending.send_due(receiver.connect) == 1
    assert [who for who, _what in receiver.told] == [ada, amara]
    assert states() == [State.WAITING, State.SENT, State.WAITING]
    receiver.answers = refusing(202)
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert sending.send_due(receiver.connect) == 2
    assert receiver.told[2:] == [(ada, "credential-change"), (ada, "two-step-verification-change")]


def test_a_change_that_has_not_ended_holds_up_what_the_same_person_did_after_it(
    asking: Asking, telling: Site, receiver: Receiver
) -> None:
    first = audit.start(asking("ada"), Change.ACCOUNT_LOCKED)
    changed(asking, "ada", Change.ALL_SESSIONS_ENDED)
    assert sending.send_due(receiver.connect) == 0
    audit.finish(first, Outcome.DONE)
    assert sending.send_due(receiver.connect) == 2
    assert [what for _who, what in receiver.told] == ["account-credential-change-required", "session-revoked"]


@pytest.mark.parametrize("status", [301, 302, 307, 401, 404, 429, 500, 503])
def test_a_receiver_that_takes_nothing_is_left_alone_for_a_while(
    asking: Asking, telling: Site, receiver: Receiver, status: int
) -> None:
    """And no redirect is followed: the token goes where the operator said."""
    changed(asking, "ada", Change.PASSWORD_CHANGED)
    changed(asking, "amara", Change.PASSWORD_CHANGED)
    receiver.answers = refusing(status, Location="https://receiver.example/elsewhere")
    assert sending.send_due(receiver.connect) == 0
    assert len(receiver.tokens) == 1
    assert receiver.paths == ["/events?tenant=1"]
    assert states() == [State.WAITING, State.WAITING]
    beat = heartbeats.last(heartbeats.EVENTS)
    assert beat is not None
    assert beat.trouble == f"status {status}"


def test_once_it_takes_something_again_nothing_waits_for_its_pause(
    asking: Asking, telling: Site, receiver: Receiver
) -> None:
    began = timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        for handle in ("ada", "amara", "empty"):
            changed(asking, handle, Change.PASSWORD_CHANGED)
        receiver.answers = refusing(503)
        for _round in range(6):
            sending.send_due(receiver.connect)
            clock.shift(timedelta(minutes=1))
        receiver.answers = refusing(202)
        clock.shift(timedelta(minutes=5))
        assert sending.send_due(receiver.connect) == 3


def test_pauses_grow_and_after_days_it_is_given_up(asking: Asking, telling: Site, receiver: Receiver) -> None:
    changed(asking, "ada", Change.PASSWORD_CHANGED)
    receiver.answers = refusing(500)
    pauses = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _time in range(200):
            sending.send_due(receiver.connect)
            row = SecurityEvent.objects.get()
            if row.state != State.WAITING:
                break
            pauses.append((row.due_at - timezone.now()).total_seconds())
            clock.move_to(row.due_at)
        assert row.made_at + timedelta(days=3) < timezone.now() < row.made_at + timedelta(days=3, hours=1)
    assert pauses[:8] == [30, 60, 120, 240, 480, 960, 1800, 1800]
    assert (row.state, row.trouble) == (State.GIVEN_UP, "status 500")


@pytest.mark.parametrize(
    ("body", "hours"),
    [
        (b'{"err": "invalid_request", "description": "planted"}', 11),
        (b"", 11),
        (b"\xff[", 11),
        (b'{"err": "planted"}', 11),
        (b'{"err": "invalid_key"}', 72),
        (b'{"err": "authentication_failed"}', 72),
    ],
)
def test_what_a_receiver_cannot_read_is_given_up_soon_and_what_the_operator_can_mend_is_not(
    asking: Asking, telling: Site, receiver: Receiver, caplog: pytest.LogCaptureFixture, body: bytes, hours: int
) -> None:
    changed(asking, "ada", Change.PASSWORD_CHANGED)
    receiver.answers = refusing(400, body)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        while SecurityEvent.objects.get().state == State.WAITING:
            clock.move_to(max(SecurityEvent.objects.get().due_at, timezone.now()))
            sending.send_due(receiver.connect)
        row = SecurityEvent.objects.get()
        assert timedelta(hours=hours - 1) < timezone.now() - row.made_at < timedelta(hours=hours + 1)
    assert "is given up after" in caplog.text
    assert "planted" not in caplog.text + row.trouble


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/", "https://localhost/"])
def test_a_private_address_is_not_connected_to(
    asking: Asking, telling: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    def never(*_given: object, **_more: object) -> None:
        raise AssertionError("this would have been connected to")

    changed(asking, "ada", Change.PASSWORD_CHANGED)
    settings.SITES = (replace(telling, events_url=url),)
    monkeypatch.setattr(socket, "create_connection", never)
    assert sending.send_due() == 0
    assert SecurityEvent.objects.get().trouble == "unreachable private"


@pytest.fixture
def dripping() -> Iterator[outside.Connect]:
    """A receiver that never ends its answer, and one byte at a time."""
    held: list[socket.socket] = []

    def connect(_host: str) -> socket.socket:
        here, there = socket.socketpair()
        here.settimeout(1)
        there.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\n")
        held.extend((here, there))
        return here

    yield connect
    for one in held:
        one.close()


def test_an_answer_that_does_not_end_and_one_that_is_huge_are_no_answers(
    telling: Site, receiver: Receiver, dripping: outside.Connect
) -> None:
    with pytest.raises(Undelivered, match="unreachable connection"):
        push(telling, "x", connect=dripping)
    receiver.answers = refusing(202, b"x" * 20_000)
    with pytest.raises(Undelivered, match="unreachable size"):
        push(telling, "a.e30", connect=receiver.connect)


def test_what_cannot_be_made_keeps_no_other_waiting(asking: Asking, telling: Site, receiver: Receiver) -> None:
    changed(asking, "ada", Change.PASSWORD_CHANGED)
    SecurityEvent.objects.update(change="of-a-later-release")
    changed(asking, "amara", Change.PASSWORD_CHANGED)
    assert sending.send_due(receiver.connect) == 1
    assert states() == [State.WAITING, State.SENT]


def test_a_receiver_that_was_taken_away_is_waited_for_as_long_as_others(
    asking: Asking, telling: Site, receiver: Receiver, settings: Settings
) -> None:
    changed(asking, "ada", Change.PASSWORD_CHANGED)
    settings.SITES = (replace(telling, events_url="", events_keys=()),)
    for days, state in ((2, State.WAITING), (4, State.GIVEN_UP)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            sending.send_due(receiver.connect)
        assert states() == [state]


def test_each_site_tells_its_own_receiver_alone(
    asking: Asking, telling: Site, receiver: Receiver, settings: Settings
) -> None:
    changed(asking, "ada", Change.PASSWORD_CHANGED)
    other = replace(telling, base_url="http://second.example", events_url="https://other.example/")
    settings.SITES = (other, telling)
    hosts: list[str] = []

    def connect(host: str) -> socket.socket:
        hosts.append(host)
        return receiver.connect(host)

    assert sending.send_due(connect) == 1
    assert hosts == ["receiver.example"]
    assert receiver.claims[0]["iss"] == telling.base_url


def test_the_operator_sees_what_waits_and_tries_it_again(
    asking: Asking, telling: Site, receiver: Receiver, capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    changed(asking, "ada", Change.PASSWORD_CHANGED)
    changed(asking, "amara", Change.PASSKEY_ADDED)
    receiver.answers = refusing(503)
    sending.send_due(receiver.connect)
    SecurityEvent.objects.filter(attempts=0).update(state=State.GIVEN_UP, trouble="refused")
    call_command("events", "list")
    told = capsys.readouterr().out
    assert f"testserver  to {URL} for https://receiver.example\n  1 wait, the oldest since 20" in told
    assert "  1 wait because of: status 503, next try at 20" in told
    assert "  1 were given up because of: refused\n" in told
    assert "bad  events: a receiver takes none (status 503)" in client.get("/statusz").content.decode()
    receiver.answers = refusing(202)
    call_command("events", "retry", "testserver")
    assert sending.send_due(receiver.connect) == 1
    call_command("events", "retry", "testserver", "--given-up")
    assert sending.send_due(receiver.connect) == 1
    assert "ok   events: 0 wait" in client.get("/statusz").content.decode()
    with pytest.raises(CommandError, match="events_url is not set"):
        call_command("events", "retry", "nowhere.example")


def test_a_loop_that_tells_nobody_is_told(telling: Site, client: Client, db: None) -> None:
    assert "bad  events: 0 wait" in client.get("/statusz").content.decode()
    with time_machine.travel(timezone.now() - timedelta(minutes=6)):
        heartbeats.beat(heartbeats.EVENTS)
    assert "bad  events: 0 wait" in client.get("/statusz").content.decode()


def test_they_are_counted_by_site(asking: Asking, telling: Site, receiver: Receiver) -> None:
    from settings_app.shell.exporter import exposition

    changed(asking, "ada", Change.PASSWORD_CHANGED)
    meters = metering.start()
    try:
        assert 'accountsite_events_waiting{site="testserver"} 1.0' in exposition(meters).decode()
        SecurityEvent.objects.update(state=State.GIVEN_UP)
        assert 'accountsite_events_given_up{site="testserver"} 1.0' in exposition(meters).decode()
        sending.send_due(receiver.connect)
        assert 'accountsite_heartbeat_timestamp_seconds{of="events"}' in exposition(meters).decode()
    finally:
        metering.stop()


def test_retention_takes_what_was_sent_after_a_week_and_nothing_that_waits(asking: Asking, telling: Site) -> None:
    for state in (State.SENT, State.WAITING, State.GIVEN_UP):
        changed(asking, "ada", Change.PASSWORD_CHANGED)
        SecurityEvent.objects.filter(state=State.WAITING, trouble="").update(state=state, trouble="x")
    for days, left in ((6, 3), (8, 2), (31, 1)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            retention.delete_old()
        assert len(states()) == left
    assert states() == [State.WAITING]


def test_the_verification_event_reaches_the_receiver(
    telling: Site, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(outside, "connected", receiver.connect)
    call_command("events", "verify", "testserver")
    assert "took the verification event" in capsys.readouterr().out
    assert json.dumps(receiver.claims[0]["events"]).count("verification") == 1
    receiver.answers = refusing(400, b'{"err": "invalid_audience"}')
    with pytest.raises(CommandError, match="refused invalid_audience"):
        call_command("events", "verify", "testserver")
