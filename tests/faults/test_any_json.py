"""Whatever JSON Logto puts anywhere into any answer: an honest page, never a traceback, and the same page twice."""

from __future__ import annotations

import copy
import json
import time
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.web import Answer
from settings_app.models import AuditEntry
from tests.faults.calls import Call, Recorder
from tests.faults.judging import words_of
from tests.faults.stage import Stage
from tests.faults.writes import WRITES, Write
from tests.faults.wrongs import PLAYED
from tests.pages import VISITS, Visit

READ = {visit.id: visit for visit in VISITS if visit.id in {
    "overview-amara", "check_up-amara", "profile-amara", "profile_change-ada-address", "profile_photo-amara",
    "security-amara", "security-enterprise", "email_change-ada", "password_change-ada", "two_step_turn_on-amara",
    "connections_connect-amara", "connections_remove-amara", "sessions-amara", "sessions_end-amara", "activity-amara",
    "delete-amara", "organizations-ada-proven", "organizations_join-ada", "apps-amara", "apps_details-amara",
    "tokens-ada", "verify-amara", "secure-amara-locked", "undo-nobody", "not_me-nobody", "sign_in-nobody",
    "admin_people-admin-found", "admin_apps_edit-admin", "overview-admin-preview",
}}  # fmt: skip
EXAMPLES = {"few": 6, "turn": 60, "all": 400}[PLAYED]
CHOSEN_PAGES = sorted(READ) if PLAYED != "few" else ["security-amara", "apps_details-amara"]
CHANGES = [write for write in WRITES if PLAYED != "few" or write.id in ("username_change-ada", "sign_in_callback")]
ODD = st.sampled_from(
    [
        *(
            "",
            " ",
            "\u200b",
            "\u202ex",
            "x" * 3000,
            "https://[",
            "javascript:alert(1)",
            "9999-12-31",
            "1e5",
            "+",
            "{{ 1 }}",
        ),
        *("Edit", "Off", "Mandatory", "Totp", "BackupCode", "Social", "ready", "Pending", "\ud800", "\x00", "a/b?c#d"),
        *(0, -1, 1.5, 1e25, 1e308, 253402300799000, -62135596800000, 2**63, 10**400, float("inf"), float("nan")),
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
SETTINGS = settings(
    derandomize=PLAYED == "few",
    max_examples=EXAMPLES,
    print_blob=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HONEST = {200, 302, 400, 403, 404, 409, 429, 502, 503}  # 502 where nobody can be signed in


@dataclass(frozen=True)
class Meddler:
    """Puts values into the answers to one call, at places that are named by numbers."""

    at: int
    changes: list[tuple[int, Any]]

    def choose(self, seen: list[Call]) -> Call:
        return seen[self.at % len(seen)]

    def answer(self, chosen: Call, call: Call) -> Answer:
        if (call.method, call.path) != (chosen.method, chosen.path):
            return call.answer
        try:
            found = json.loads(call.answer.body)
        except ValueError:
            return call.answer
        for place, value in self.changes:
            found = changed(found, place, value)
        body = json.dumps(found).encode()
        return Answer(call.answer.status, (("content-type", "application/json"),), body)


def changed(found: Any, place: int, value: Any) -> Any:
    """The same with `value` in one of its places; the first is the whole."""
    found = copy.deepcopy(found)
    places: list[tuple[Any, Any]] = []
    collect(found, places)
    number = place % (len(places) + 1)
    if number == 0:
        return value
    holder, name = places[number - 1]
    holder[name] = value
    return found


def collect(found: Any, places: list[tuple[Any, Any]]) -> None:
    for name in list(found) if isinstance(found, dict) else range(len(found)) if isinstance(found, list) else ():
        places.append((found, name))
        collect(found[name], places)


MEDDLERS = st.builds(
    Meddler, st.integers(0, 40), st.lists(st.tuples(st.integers(0, 200), ANYTHING), min_size=1, max_size=3)
)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("visit", [READ[name] for name in CHOSEN_PAGES], ids=lambda visit: visit.id)
def test_a_page_takes_any_answer(db: None, logto: Logto, recorder: Recorder, visit: Visit) -> None:
    with visit.on_its_site():
        client, path = visit.arrive(logto)
        stage = Stage(logto, client)
        with stage.play():
            recorder.seen.clear()
            visit.ask(client, path)
            seen = list(recorder.seen)

        @SETTINGS
        @given(MEDDLERS)
        def play(meddler: Meddler) -> None:
            chosen, shown, now = meddler.choose(seen), [], time.time()
            for _time in range(2):
                with stage.play(changes=False), time_machine.travel(now, tick=False):
                    recorder.seen.clear()
                    recorder.change = lambda call: meddler.answer(chosen, call)
                    try:
                        answer = visit.ask(client, path)
                    finally:
                        recorder.change = None
                    assert answer.status_code in HONEST
                    shown.append((answer.status_code, words_of(answer)))
            assert shown[0] == shown[1]

        play()


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("write", CHANGES, ids=lambda write: write.id)
def test_a_change_takes_any_answer(db: None, logto: Logto, recorder: Recorder, write: Write) -> None:
    with write.page.on_its_site():
        client, path, values = write.arrive(logto)
        stage, known = Stage(logto, client), AuditEntry.objects.count()
        with stage.play():
            recorder.seen.clear()
            write.send(client, path, values)
            seen = list(recorder.seen)

        @settings(SETTINGS, max_examples=max(EXAMPLES // 4, 4))
        @given(MEDDLERS)
        def play(meddler: Meddler) -> None:
            chosen = meddler.choose(seen)
            with stage.play():
                recorder.change = lambda call: meddler.answer(chosen, call)
                try:
                    answer = write.send(client, path, values)
                finally:
                    recorder.change = None
                assert answer.status_code in HONEST
                started = AuditEntry.objects.order_by("id")[known:]
                assert AuditEntry.Outcome.STARTED not in {row.outcome for row in started}

        play()
