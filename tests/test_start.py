"""What a process loads when it starts: every worker holds it, and nobody is answered meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.processes import ROOT, environment

LATER = {"ninja", "coloraide", "PIL"}
TOLD = "import json, sys, accountsite.wsgi; print(json.dumps(sorted(sys.modules)))"


@pytest.mark.parametrize(
    ("more", "loaded"),
    [
        pytest.param({}, set(), id="for pages alone"),
        pytest.param(
            {"API_ENABLED": "true", "API_RESOURCE": "https://account.example.com/api"}, {"ninja"}, id="with the API"
        ),
    ],
)
def test_a_start_loads_what_every_page_needs(tmp_path: Path, more: dict[str, str], loaded: set[str]) -> None:
    started = {**environment(tmp_path, "https://auth.example.com"), **more}
    told = subprocess.run([sys.executable, "-c", TOLD], cwd=ROOT, env=started, check=True, stdout=subprocess.PIPE)  # noqa: S603  # our own module
    assert LATER & set(json.loads(told.stdout.splitlines()[-1])) == loaded
