"""A gunicorn worker that is killed (-9) at any call of any change: nothing is claimed, and trying again ends it."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import time_machine
from django.core import mail

from settings_app.mails import outbox
from settings_app.models import AuditEntry, Lease, Notice, Restoration
from settings_app.safeguards.changes import Change, Mailed
from tests.faults.calls import Call
from tests.faults.results import Results
from tests.faults.served import Beginning, Browser, Served, served_in
from tests.faults.stage import held
from tests.faults.writes import WRITES, Write
from tests.faults.wrongs import PLAYED

# A worker of its own reaches no invented host.
NOT_OVER_SOCKETS = {"profile_photo_choose"}
CHANGES = [write for write in WRITES if write.id not in NOT_OVER_SOCKETS]
LATER = 180  # seconds, after which the mail about a change that was cut off goes out


@pytest.fixture(scope="session")
def serving(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_in(tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.mark.timeout(600)
@pytest.mark.parametrize("write", CHANGES, ids=lambda write: write.id)
def test_nothing_is_claimed_by_a_worker_that_is_killed(
    transactional_db: None, serving: Served, results: Results, write: Write
) -> None:
    with serving.playing(write.page.on_its_site):
        client, path, values = write.arrive(serving.logto)
        beginning, known = Beginning(serving), AuditEntry.objects.count()
        cookies = copy.deepcopy(client.cookies)
        before = held(serving.logto.state)
        serving.line.begin()
        usual = write.send(Browser(serving.address, client), path, values)
        after, ends = held(serving.logto.state), trail(known)
        for call, is_after in moments(list(serving.line.seen)):
            beginning.again()
            client.cookies = copy.deepcopy(cookies)
            browser = Browser(serving.address, client)
            serving.line.begin(at=call, after=is_after)
            told = answer_of(write, browser, path, values)
            serving.line.begin()
            seconds = serving.gunicorn.wait_until_ready()
            now, rows = held(serving.logto.state), trail(known)
            missed = list(claimed(told, usual, rows, ends, now, (before, after)))
            missed += mailed(known)
            Lease.objects.all().delete()  # what a killed process held ends by time, as does this:
            Restoration.objects.update(claimed_until=None)
            opened = browser.get(path)
            again = write.send(browser, path, values if write.to else values | write.hidden(opened.text))
            missed += [f"status {one.status_code} afterwards" for one in (opened, again) if one.status_code >= 500]
            if not write.leads_back and held(serving.logto.state) not in (before, after):
                missed.append("tried again, it ends otherwise")
            state = "untouched" if now == before else "done" if now == after else "half done"
            said = "no answer" if told is None else f"answered {told.status_code}"
            moment = "after it" if is_after else "before it"
            results.add(
                "sigkill", write.id, f"{call.name}, {moment}", "killed -9", f"{said}, {state}", ", ".join(missed)
            )
            assert seconds < 30
        beginning.close()
    assert results.missed == []


def moments(seen: list[Call]) -> Iterator[tuple[Call, bool]]:
    """Before and after each write; of a change that writes nothing to Logto, after the last call."""
    writing = [call for call in seen if call.method != "GET" and call.path != "/oidc/token"]
    for call in writing:
        yield call, True
        if PLAYED == "all" or call is writing[-1]:
            yield call, False
    if seen and not writing:
        yield seen[-1], True


def answer_of(write: Write, browser: Browser, path: str, values: dict[str, Any]) -> requests.Response | None:
    """None where the connection ended without one."""
    try:
        answer: requests.Response = write.send(browser, path, values)
    except requests.ConnectionError:
        return None
    return answer


def trail(known: int) -> list[tuple[str, str]]:
    return [(row.change, row.outcome) for row in AuditEntry.objects.order_by("id")[known:]]


def claimed(
    told: requests.Response | None,
    usual: requests.Response,
    rows: list[tuple[str, str]],
    ends: list[tuple[str, str]],
    now: Any,
    states: tuple[Any, Any],
) -> Iterator[str]:
    """What was said to be done, by an answer or in the trail, and is not so at Logto."""
    _before, after = states
    is_answered = told is not None and told.status_code == usual.status_code and rows == ends
    if is_answered and now != after:
        yield "says that it is done"
    if told is None and rows and rows == ends and now != after:
        yield "the trail says that it is done"
    if told is not None and told.status_code >= 500:
        yield f"status {told.status_code}"


def mailed(known: int) -> list[str]:
    """Of each change that was cut off and is announced, a mail goes out a little later."""
    mail.outbox.clear()
    cut_off = AuditEntry.objects.filter(outcome=AuditEntry.Outcome.STARTED).order_by("id")
    waiting = [row for row in Notice.objects.filter(entry__in=cut_off) if not is_told_in_bursts(row)]
    with time_machine.travel(time.time() + LATER):
        outbox.send_due()
    held_back = [row.change for row in waiting if Notice.objects.get(pk=row.pk).sent_at is None]
    return [f"no mail about {change}" for change in held_back]


def is_told_in_bursts(notice: Notice) -> bool:
    """Failed confirmations are told of when there are many."""
    return Change(notice.change).words.mailed is Mailed.AFTER_FAILURES
