"""Every change, with each thing that can go wrong at each call it makes to Logto; then it is tried again."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.models import AuditEntry
from tests.faults.calls import Recorder, cases, set_up
from tests.faults.judging import CLAIMS_NOTHING, Seen, difference, words_of
from tests.faults.results import Results
from tests.faults.stage import Stage, forget_process, held, sent
from tests.faults.writes import NEVER_KEPT, WRITES, Values, Write
from tests.faults.wrongs import PLAYED, Wrong

Holdings = dict[str, Any]

UNAVAILABLE = {502, 503}  # 502 where nobody can be signed in


@dataclass(frozen=True)
class Usual:
    """What happens when nothing fails: the answer, what the tenant held before and holds after, the trail."""

    answer: Any
    before: Holdings
    after: Holdings
    messages: list[tuple[str, str]]
    trail: list[tuple[str, str]]

    @property
    def is_done(self) -> bool:
        return all(outcome == AuditEntry.Outcome.DONE for _change, outcome in self.trail)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("write", WRITES if PLAYED != "few" else WRITES[::9], ids=lambda write: write.id)
def test_a_change_is_done_once_or_not_at_all_whatever_fails(
    db: None, logto: Logto, recorder: Recorder, results: Results, write: Write
) -> None:
    with write.page.on_its_site():
        client, path, values = write.arrive(logto)
        person = logto.state.person(write.page.person).id if write.page.person else ""
        stage, known = Stage(logto, client), AuditEntry.objects.count()
        with stage.play():
            before = held(logto.state)
            recorder.seen.clear()
            answer = write.send(client, path, values)
            usual = Usual(answer, before, held(logto.state), sent(logto.state), trail(known))
            seen = list(recorder.seen)
        for turn, (call, wrong) in enumerate(cases(write.id, seen)):
            with stage.play():
                set_up(logto, call, wrong, person, turn)
                try:
                    answer = write.send(client, path, values)
                except Exception as error:
                    results.add("writes", write.id, call.name, wrong.name, "traceback", repr(error))
                    continue
                what = seen_of_write(answer, usual, known)
                missed = list(dishonest(logto, answer, usual, wrong, known))
                missed += typed_again(client, path, answer, write) if what is not Seen.DONE else []
                if is_told_of_the_rest(logto, client, answer, usual):
                    missed, what = [], Seen.PART
                elif not wrong.is_meanwhile:
                    missed += tried_again(logto, client, path, values, write, usual)
                results.add("writes", write.id, call.name, wrong.name, what, ", ".join(missed))
    assert results.missed == []


def trail(known: int) -> list[tuple[str, str]]:
    rows: QuerySet[AuditEntry] = AuditEntry.objects.order_by("id")[known:]
    return [(row.change, row.outcome) for row in rows]


def seen_of_write(answer: Any, usual: Usual, known: int) -> Seen:
    outcomes = {outcome for _change, outcome in trail(known)}
    if AuditEntry.Outcome.UNKNOWN in outcomes:
        return Seen.UNCONFIRMED
    if answer.status_code == usual.answer.status_code and trail(known) == usual.trail:
        return Seen.DONE if usual.is_done else Seen.REFUSED
    by_status = {502: Seen.UNAVAILABLE, 503: Seen.UNAVAILABLE, 429: Seen.WAIT, 403: Seen.GONE, 302: Seen.LED}
    return by_status.get(answer.status_code, Seen.REFUSED)


def dishonest(logto: Logto, answer: Any, usual: Usual, wrong: Wrong, known: int) -> Iterator[str]:
    """What is said, by the page and in the trail, against what the tenant holds now."""
    now = held(logto.state)
    if answer.status_code >= 500 and answer.status_code not in UNAVAILABLE:
        yield f"status {answer.status_code}"
    if AuditEntry.Outcome.STARTED in {outcome for _change, outcome in trail(known)}:
        yield "a row of the trail has no end"
    if wrong.is_meanwhile:
        return
    says = words_of(answer) if not answer.streaming else ""
    if CLAIMS_NOTHING.search(says) and now != usual.before:
        yield f"says that nothing was changed: {changed(usual.before, now)}"
    is_said_done = answer.status_code == usual.answer.status_code == 302 and trail(known) == usual.trail
    if is_said_done and usual.is_done and now != usual.after and not wrong.spoils_values:
        yield f"says that it is done: {changed(usual.after, now)}"
    untouched = {AuditEntry.Outcome.FAILED, AuditEntry.Outcome.REFUSED}
    if usual.is_done and trail(known) and {outcome for _, outcome in trail(known)} <= untouched and now != usual.before:
        yield f"the trail says that it failed: {changed(usual.before, now)}"


def is_told_of_the_rest(logto: Logto, client: Client, answer: Any, usual: Usual) -> bool:
    """Whether the next page warns that something of the change is still to be done, and how."""
    if answer.status_code != 302 or held(logto.state) in (usual.before, usual.after):
        return False
    logto.faults.clear()
    forget_process()
    cookies = copy.deepcopy(client.cookies)
    warned = "banner--warn" in client.get(answer["Location"]).content.decode()
    client.cookies = cookies
    return warned


def typed_again(client: Client, path: str, answer: Any, write: Write) -> list[str]:
    """What somebody typed and would have to type again."""
    if answer.status_code not in (200, 429, 503) or write.leads_back or answer.streaming:
        return []
    typed = [
        value for name, value in write.typed.items() if isinstance(value, str) and name not in NEVER_KEPT and value
    ]
    source = answer.content.decode()
    if all(value in source for value in typed):
        return []
    if answer.status_code == 200 and not write.typed:
        return []
    forget_process()
    cookies = copy.deepcopy(client.cookies)
    again = client.get(path)
    client.cookies = cookies
    lost = [value for value in typed if value not in again.content.decode()] if again.status_code == 200 else []
    return [f"has to be typed again: {lost}"] if lost else []


def tried_again(logto: Logto, client: Client, path: str, values: Values, write: Write, usual: Usual) -> list[str]:
    """Once nothing fails any more, pressing again ends as it would have at once, and nothing is there twice."""
    logto.faults.clear()
    forget_process()
    again = write.send(client, path, values if write.to else values | write.hidden(client.get(path)))
    if again.status_code >= 500:
        return [f"status {again.status_code} when tried again"]
    if write.leads_back:  # a code is good once: what begins anew is another one
        return []
    now = held(logto.state)
    return (
        [] if now in (usual.after, usual.before) else [f"tried again, it ends otherwise: {changed(usual.after, now)}"]
    )


def changed(before: Holdings, now: Holdings) -> str:
    parts = [name for name in before if before[name] != now[name]]
    return "; ".join(f"{name}: {difference(str(before[name]), str(now[name]))}" for name in parts)[:300]
