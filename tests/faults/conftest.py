"""What every table of faults needs: how much of it is played, and where what was seen is written down."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from accountsite.sandbox.logto import Logto
from settings_app.logto import transport
from tests.faults.calls import Recorder
from tests.faults.results import Results


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
        found.write(Path(folder), request.node.name)
