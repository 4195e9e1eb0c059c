"""What a target that needs one has: a database in memory, and a sandbox under requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import requests
import responses
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import setup_test_environment

from accountsite.sandbox.logto import Logto
from settings_app.logto import transport
from tests.conftest import METHODS, carry
from tests.faults.stage import snapshot


@cache
def sandbox() -> Logto:
    """One for the whole process, at the address of the tests' tenant."""
    setup_test_environment(debug=False)
    connection.settings_dict["TEST"] |= {"NAME": ":memory:", "MIGRATE": False}
    connection.creation.create_test_db(verbosity=0)
    transport.PAUSE_SECONDS = 0
    logto = Logto(settings.SITES[0].endpoint, site_url=settings.SITES[0].base_url, seed=1)

    def answer(sent: requests.PreparedRequest) -> Any:
        return carry(logto, sent)

    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    mock.start()
    for method in METHODS:
        mock.add_callback(method, re.compile(re.escape(logto.endpoint) + "/.*"), answer)
    return logto


@contextmanager
def rolled_back() -> Iterator[None]:
    """What happens within leaves nothing behind, in the database or in the tenant."""
    logto = sandbox()
    state = logto.state
    logto.state = snapshot(logto, state)
    try:
        block = transaction.atomic()
        block._from_testcase = True  # type: ignore[attr-defined]  # as Django's own tests have it: inside, one may be the outermost
        with block:
            yield
            transaction.set_rollback(True)
    finally:
        logto.state = state
