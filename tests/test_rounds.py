"""No page asks Logto for one thing after it has waited for another: what it needs is under way at the same time."""

from __future__ import annotations

import threading
import time

import pytest
from django.test import Client

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.web import Answer, Request
from bench.upstream import rounds
from tests.pages import VISITS, Visit

WAIT_SECONDS = 0.02  # for each answer; calls within it stand beside one another
LONG_WAIT_SECONDS = 0.4  # on a machine that has so much else to do that the other one tells nothing

# Nothing of other people is read before it is known that an administrator asks, and of whom.
OF_ADMINISTRATORS = {"admin": 2, "previewed": 3}
# The email says which invitations there are, and these say who sent them.
WITH_INVITATIONS = {"organizations-ada-proven": 3, "organizations_join-ada": 3, "organizations_decline-ada": 3}
PAGES = [one for one in VISITS if one.person and one.status == 200 and not one.pressed]


class Slow:
    """Lets each answer of Logto wait, and notes from when to when."""

    def __init__(self, logto: Logto) -> None:
        self.seconds, self.calls = 0.0, list[tuple[float, float]]()
        self.told = list[str]()
        self._answer, self._lock = logto.answer, threading.Lock()
        logto.answer = self.answer  # type: ignore[method-assign]  # of this one only

    def answer(self, request: Request) -> Answer:
        began = time.monotonic()
        time.sleep(self.seconds)
        answer = self._answer(request)
        with self._lock:
            self.calls.append((began, time.monotonic()))
            self.told.append(f"{request.method} {request.path}?{request.query}")
        return answer

    def rounds_of(self, visit: Visit, client: Client, path: str, seconds: float) -> int:
        self.seconds, self.calls, self.told = seconds, [], []
        visit.ask(client, path)
        return rounds(self.calls)


@pytest.mark.parametrize("visit", PAGES, ids=lambda visit: visit.id)
@pytest.mark.usefixtures("db")
def test_a_page_waits_for_logto_once(logto: Logto, visit: Visit) -> None:
    slow = Slow(logto)
    with visit.on_its_site():
        client, path = visit.arrive(logto)
        visit.ask(client, path)  # what the process keeps of the tenant is there from now on
        most = WITH_INVITATIONS.get(visit.id, 1)
        if path.startswith("/admin/"):
            most = OF_ADMINISTRATORS["previewed" if "/preview/" in path and "start" not in path else "admin"]
        found = slow.rounds_of(visit, client, path, WAIT_SECONDS)
        assert found <= most or slow.rounds_of(visit, client, path, LONG_WAIT_SECONDS) <= most, "\n".join(slow.told)
