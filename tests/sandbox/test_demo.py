"""`make demo` without make: starts, says what is where, stops."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
STOPPED_SECONDS = 10


def free_ports() -> tuple[int, int]:
    """One for the site, and one for the sandbox whose neighbour, the post office's, is free as well."""
    for number in range(20000, 30000, 3):
        with ExitStack() as probes:
            try:
                for each in range(number, number + 3):
                    probes.enter_context(socket.socket()).bind(("127.0.0.1", each))
            except OSError:
                continue
            return number, number + 1
    raise AssertionError("no free ports")


@pytest.fixture
def demo() -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """The running demo and its two ports, once it has said that it is ready."""
    site, sandbox = free_ports()
    ports = {"DEMO_PORT": str(site), "SANDBOX_PORT": str(sandbox), "DJANGO_SETTINGS_MODULE": "accountsite.settings"}
    command = [sys.executable, "manage.py", "demo"]
    environment = os.environ | ports
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  our own command
        yield process, site, sandbox
        process.terminate()


@pytest.mark.slow
def test_the_demo_starts_and_stops(demo: tuple[subprocess.Popen[str], int, int]) -> None:
    process, site, sandbox = demo
    assert process.stdout is not None
    lines = []
    while "Ctrl-C" not in (line := process.stdout.readline()) and line:
        lines.append(line)
    said = "".join(lines)

    assert f"http://localhost:{site}\n" in said
    assert "Ada Winterbourne" in said
    assert f"http://localhost:{sandbox}/inbox" in said
    assert requests.get(f"http://localhost:{site}/sign-in/", timeout=10).status_code == 200
    assert requests.get(f"http://localhost:{sandbox}/", timeout=10).status_code == 200

    process.send_signal(signal.SIGINT)

    assert process.wait(STOPPED_SECONDS) == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://localhost:{site}/healthz", timeout=2)
