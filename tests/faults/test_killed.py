"""A process that is killed after any one call of any change: tried again, it ends as it would have at once."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.web import Answer
from settings_app.logto.machine_token import TOKEN_PATH
from settings_app.models import Lease
from tests.faults.calls import Call, Recorder
from tests.faults.results import Results
from tests.faults.stage import Stage, forget_process, held
from tests.faults.writes import WRITES, Write
from tests.faults.wrongs import PLAYED

CHANGES = [write for write in WRITES if PLAYED != "few" or write.id in ("apps_remove-amara", "password_change-ada")]
# The token of a read that is begun ahead, and codes, which go out beside the page so that its time tells nothing.
NOBODY_WAITS = (TOKEN_PATH, "/api/verification-codes")


class Killed(BaseException):
    """Nothing of ours catches it."""


# Who is killed closes nothing: an upload is closed when its request goes.
@pytest.mark.filterwarnings("ignore:.*upload.png:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("write", CHANGES, ids=lambda write: write.id)
def test_a_change_that_was_cut_off_is_done_by_trying_again(
    db: None, logto: Logto, recorder: Recorder, results: Results, write: Write
) -> None:
    with write.page.on_its_site():
        client, path, values = write.arrive(logto)
        stage = Stage(logto, client)
        with stage.play():
            before = held(logto.state)
            recorder.seen.clear()
            write.send(client, path, values)
            after, calls = held(logto.state), [call for call in recorder.seen if call.is_about_somebody]
        for last in calls:
            with stage.play():
                recorder.seen.clear()
                recorder.change = lambda call: killed_after(last, call)  # noqa: B023  # used up before the next one
                try:
                    write.send(client, path, values)
                except Killed:
                    pass
                else:  # a call that was begun and that nobody looked at, so the change is whole
                    assert last.method == "GET" or last.path in NOBODY_WAITS, last
                    assert write.leads_back or held(logto.state) == after
                    continue
                finally:
                    recorder.change = None
                Lease.objects.all().delete()  # what a killed process held ends by time
                forget_process()
                now = held(logto.state)
                again = write.send(client, path, values if write.to else values | write.hidden(client.get(path)))
                missed = ends_otherwise(write, held(logto.state), before, after, again)
                state = "untouched" if now == before else "done" if now == after else "half done"
                results.add("killed", write.id, last.name, "killed after", f"{state}, then {again.status_code}", missed)
    gc.collect()  # here, where it is known what goes
    assert results.missed == []


def killed_after(last: Call, call: Call) -> Answer:
    if call == last:
        raise Killed
    return call.answer


def ends_otherwise(write: Write, now: Any, before: Any, after: Any, again: Any) -> str:
    if again.status_code >= 500:
        return f"status {again.status_code} when tried again"
    return "" if write.leads_back or now in (before, after) else "tried again, it ends otherwise"
