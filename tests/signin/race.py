"""Run by test_race.py in a process of its own: many processes come back with the same sign-in at the same moment.

Prints how many of them were let in.
"""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.synchronize import Barrier
from typing import Any

import django
from django.db import connection, connections
from django.test import RequestFactory

PROCESSES = 12


def request_of(browser: str) -> Any:
    from settings_app.session import BROWSER
    from tests.signin.ways import site

    request: Any = RequestFactory().get("/sign-in/callback/")
    request.site = site()
    request.session = {BROWSER: browser}
    return request


def come_back(barrier: Barrier, state: str, browser: str, results: Any) -> None:
    from settings_app.signin import states
    from settings_app.signin.failures import SignInFailed

    barrier.wait()
    try:
        states.take(request_of(browser), state)
    except SignInFailed as failure:
        results.put(failure.reason.value)
    else:
        results.put("in")


def main() -> None:
    django.setup()
    from settings_app.signin import states
    from settings_app.signin.states import Flow

    connection.settings_dict["TEST"].setdefault("NAME", None)
    connection.settings_dict["TEST"]["NAME"] = connection.settings_dict["TEST"]["NAME"] or f"race_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    state, _ = states.keep(request_of("this-browser"), flow=Flow.SIGN_IN, person="", target="/")
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    barrier, results = fork.Barrier(PROCESSES), fork.Queue()
    workers = [fork.Process(target=come_back, args=(barrier, state, "this-browser", results)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    ends = sorted(results.get(timeout=60) for _ in workers)
    for worker in workers:
        worker.join()
    connection.creation.destroy_test_db("unused", verbosity=0)
    print(*ends)


if __name__ == "__main__":
    main()
