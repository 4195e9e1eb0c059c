"""What every table of faults needs: how much of it is played, and where what was seen is written down."""

from __future__ import annotations

import json
import logging
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import responses
from django.db import connection

from accountsite.sandbox.logto import Logto
from settings_app.logto import transport
from tests.faults.calls import Recorder
from tests.faults.results import Results
from tests.faults.wrongs import PLAYED

# Real processes that are killed, and a PostgreSQL of their own: minutes that only `make faults` has.
collect_ignore = ["test_worker_killed.py", "test_postgresql.py"] if PLAYED == "few" else []


def pytest_collection_finish(session: pytest.Session) -> None:
    """How many pages and changes there are, so that the table can say how many of them were played."""
    if folder := os.environ.get("FAULTS_RESULTS"):
        files = Counter(item.path.stem.removeprefix("test_") for item in session.items)
        there = {part: files[part] for part in ("pages", "writes")}
        if not files["pages"]:
            return
        Path(folder, "there.json").write_text(json.dumps(there), encoding="utf-8")


@pytest.fixture
def recorder(logto: Logto, logto_mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Notes every call; a read is tried again at once, and nothing is logged: thousands of lines would say the same."""
    monkeypatch.setattr(transport, "PAUSE_SECONDS", 0)
    logging.disable(logging.CRITICAL)
    yield Recorder(logto, logto_mock)
    logging.disable(logging.NOTSET)


@pytest.fixture
def results(request: pytest.FixtureRequest) -> Iterator[Results]:
    """What was seen, kept in the folder that FAULTS_RESULTS names."""
    found = Results()
    yield found
    if folder := os.environ.get("FAULTS_RESULTS"):
        found.write(Path(folder), f"{connection.vendor} {request.node.name}")
