"""A state is used up once, also when many processes are given it at the same moment."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.signin.race import PROCESSES

pytestmark = pytest.mark.timeout(180)  # many processes on a busy machine


@pytest.mark.slow
@pytest.mark.parametrize("variable", ["", "TEST_POSTGRES_URL"], ids=["sqlite", "postgresql"])
def test_of_many_returns_at_once_one_gets_in(variable: str) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    if variable and not os.environ.get(variable):
        pytest.skip(f"{variable} names no PostgreSQL server")
    if variable:
        environment["TEST_DATABASE_URL"] = os.environ[variable]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.signin.race"], env=environment, capture_output=True, text=True, timeout=120
    )
    assert ran.stdout.split() == ["in", *["state_unknown"] * (PROCESSES - 1)], ran.stderr
