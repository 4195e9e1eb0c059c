"""Our own parts beside the database: a mail server that is down or slow, and a clock that is an hour wrong."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.web import Answer
from settings_app.mails import outbox
from settings_app.models import AuditEntry, Lease, Notice
from tests.faults.calls import Call, Recorder
from tests.faults.results import Results
from tests.faults.stage import Stage, held
from tests.faults.writes import WRITES, Write
from tests.faults.wrongs import PLAYED
from tests.pages import VISITS, Visit

HOUR = 3600
SAYS_HALF_DONE = re.compile("no longer work|may have lost their access already")
ADDRESS = {"address": "ada@second.example"}
MOVED = [write for write in WRITES if PLAYED != "few" or write.id in ("email_confirm-ada", "sign_in_callback")]
LOCKED = [write for write in WRITES if PLAYED != "few" or write.id == "connections_remove-amara"]
OPENED = VISITS if PLAYED != "few" else VISITS[::40]


@contextmanager
def mail_server(*, answers: bool) -> Iterator[int]:
    """One that refuses every connection, or takes them and says nothing."""
    listener = socket.create_server(("127.0.0.1", 0))
    port: int = listener.getsockname()[1]
    if not answers:
        listener.close()
    try:
        yield port
    finally:
        listener.close()


@pytest.mark.parametrize("is_slow", [False, True], ids=["down", "slow"])
def test_a_mail_server_that_fails_is_told_and_delays_no_change(
    verified_ada: Client, logto: Logto, settings: Settings, results: Results, is_slow: bool
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 0.5
    with mail_server(answers=is_slow) as settings.EMAIL_PORT:
        began = time.monotonic()
        changed = verified_ada.post("/username/change/", {"username": "countess"})
        wanted = verified_ada.post("/alerts/address/change/", ADDRESS)
        outbox.send_due()
    assert time.monotonic() - began < 20
    assert (changed.status_code, logto.state.person("ada").user["username"]) == (302, "countess")
    assert (wanted.status_code, wanted["Retry-After"]) == (503, "30")
    assert ADDRESS["address"] in wanted.content.decode()
    waiting = Notice.objects.filter(change="username-changed")
    assert [row.sent_at for row in waiting] == [None]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(time.time() + HOUR):
        outbox.send_due()
    assert Notice.objects.get(change="username-changed").sent_at is not None
    seen = "the change is done, its mail waits and goes out later; a mail with a code: 503, what was typed is kept"
    results.add("own", "mail server", "", "slow" if is_slow else "down", seen)


@contextmanager
def our_clock_moved(logto: Logto, seconds: int) -> Iterator[None]:
    """Logto's own clock stays."""
    real = logto.state.now
    with time_machine.travel(time.time() + seconds):
        logto.state.now = lambda: time.time() - seconds
        try:
            yield
        finally:
            logto.state.now = real


@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["fast", "slow"])
@pytest.mark.parametrize("visit", OPENED, ids=lambda visit: visit.id)
def test_a_page_is_honest_with_a_clock_that_is_an_hour_wrong(
    db: None, logto: Logto, recorder: Recorder, results: Results, visit: Visit, seconds: int
) -> None:
    with visit.on_its_site():
        client, path = visit.arrive(logto)
        with our_clock_moved(logto, seconds):
            answer = client.get(path)
    results.add("clock", visit.id, "", f"our clock {seconds:+} s", str(answer.status_code))
    assert answer.status_code in {200, 302, 400, 403, 404, 503}
    assert answer.content or answer.status_code == 302


@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["fast", "slow"])
@pytest.mark.parametrize("write", MOVED, ids=lambda write: write.id)
def test_a_change_is_whole_or_not_made_with_a_clock_that_is_an_hour_wrong(
    db: None, logto: Logto, recorder: Recorder, results: Results, write: Write, seconds: int
) -> None:
    with write.page.on_its_site():
        client, path, values = write.arrive(logto)
        stage, known = Stage(logto, client), AuditEntry.objects.count()
        with stage.play():
            before = held(logto.state)
            write.send(client, path, values)
            after = held(logto.state)
        with stage.play(), our_clock_moved(logto, seconds):
            answer = write.send(client, path, values)
            now, ends = held(logto.state), {row.outcome for row in AuditEntry.objects.order_by("id")[known:]}
    results.add("clock", write.id, "", f"our clock {seconds:+} s", str(answer.status_code))
    assert answer.status_code in {200, 302, 400, 403, 404, 409, 429, 502, 503}
    assert now in (before, after)
    assert AuditEntry.Outcome.STARTED not in ends


@pytest.mark.timeout(600)
@pytest.mark.parametrize("write", LOCKED, ids=lambda write: write.id)
def test_a_change_whose_lock_is_lost_is_whole_or_not_made_or_ends_when_tried_again(
    db: None, logto: Logto, recorder: Recorder, results: Results, write: Write
) -> None:
    """The row of the lease goes after one call, as when it ran out and somebody else took and released it."""
    with write.page.on_its_site():
        client, path, values = write.arrive(logto)
        stage, known, locked = Stage(logto, client), AuditEntry.objects.count(), list[Call]()

        def noted(call: Call) -> Answer:
            if call.is_about_somebody and is_ours() and Lease.objects.exists():
                locked.append(call)
            return call.answer

        with stage.play():
            before, recorder.change = held(logto.state), noted
            recorder.seen.clear()
            write.send(client, path, values)
            after, recorder.change = held(logto.state), None
        for last in locked:
            with stage.play():
                recorder.seen.clear()
                recorder.change = lambda call: lost_after(last, call)  # noqa: B023  # used up before the next one
                answer = write.send(client, path, values)
                recorder.change = None
                now, ends = held(logto.state), {row.outcome for row in AuditEntry.objects.order_by("id")[known:]}
                is_whole = (
                    answer.status_code < 500 and now in (before, after) and AuditEntry.Outcome.STARTED not in ends
                )
                state = "done" if now == after else "untouched" if now == before else "half done"
                seen = f"{answer.status_code}, {state}"
                if answer.status_code == 503 and state == "half done":
                    shown = {} if write.to else write.hidden(client.get(path))
                    seen = f"{seen}, then {write.send(client, path, values | shown).status_code}"
                    is_whole = SAYS_HALF_DONE.search(answer.content.decode()) is not None
                    is_whole = is_whole and held(logto.state) == after
                results.add("lease", write.id, last.name, "lock lost", seen, "" if is_whole else "not whole")
    assert results.missed == []


def is_ours() -> bool:
    """Whether this is the thread of the test: the others have no part in its transaction."""
    return threading.current_thread() is threading.main_thread()


def lost_after(last: Call, call: Call) -> Answer:
    if call == last and is_ours():
        Lease.objects.all().delete()
    return call.answer
