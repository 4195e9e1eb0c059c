"""Every page, with each thing that can go wrong at each call it makes to Logto."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from accountsite.sandbox.faults import FaultKind
from accountsite.sandbox.logto import Logto
from tests.faults.calls import Call, Recorder, cases, set_up
from tests.faults.judging import Seen, difference, is_aside, seen_of_page, words_of
from tests.faults.results import Results
from tests.faults.stage import Stage
from tests.faults.wrongs import PLAYED, Wrong
from tests.pages import VISITS, Visit

BROKEN_ANYWAY = {"down", "failed", "suspended"}
PAGES = [visit for visit in VISITS if visit.state not in BROKEN_ANYWAY and not visit.pressed]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("visit", PAGES if PLAYED != "few" else PAGES[::12], ids=lambda visit: visit.id)
def test_a_page_is_honest_whatever_fails(
    db: None, logto: Logto, recorder: Recorder, results: Results, visit: Visit
) -> None:
    with visit.on_its_site():
        client, path = visit.arrive(logto)
        person = logto.state.person(visit.person).id if visit.person else ""
        stage = Stage(logto, client)
        with stage.play():
            recorder.seen.clear()
            usual = visit.ask(client, path)
            seen = list(recorder.seen)
        assert not writes(seen)
        for turn, (call, wrong) in enumerate(cases(visit.id, seen)):
            with stage.play(changes=wrong.is_meanwhile):
                set_up(logto, call, wrong, person, turn)
                recorder.seen.clear()
                try:
                    answer = visit.ask(client, path)
                except Exception as error:
                    results.add("pages", visit.id, call.name, wrong.name, "traceback", repr(error))
                    continue
                what = seen_of_page(answer, usual)
                missed = ", ".join(dishonest(what, answer, usual, call, wrong, visit.address) + writes(recorder.seen))
                results.add("pages", visit.id, call.name, wrong.name, what, missed)
    assert results.missed == []


def writes(seen: list[Call]) -> list[str]:
    """What was written, though a page was only opened."""
    return [f"wrote by {call.name}" for call in seen if call.method != "GET" and call.path != "/oidc/token"]


def dishonest(
    what: Seen, answer: HttpResponse, usual: HttpResponse, call: Call, wrong: Wrong, address: str
) -> list[str]:
    if answer.status_code >= 500 and what is not Seen.UNAVAILABLE:
        return [f"status {answer.status_code}"]
    if what in (Seen.UNAVAILABLE, Seen.WAIT) and not answer.has_header("Retry-After"):
        return ["no Retry-After"]
    all_from_then_on = wrong.kind is FaultKind.TOKEN_DOWN
    aside = is_aside(address, call.name, all_from_then_on=all_from_then_on)
    if what is Seen.OTHER and wrong.is_plain and not aside:
        return [f"says nothing of what is missing: {difference(words_of(usual), words_of(answer))}"]
    if what is Seen.LED and wrong.is_plain:
        return [f"led to {answer.get('Location')}"]
    return []
