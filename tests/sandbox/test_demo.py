"""`make demo` without make: starts, says what is where, stops."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
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
    shown_as_in_production(f"http://localhost:{site}")

    process.send_signal(signal.SIGINT)

    assert process.wait(STOPPED_SECONDS) == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://localhost:{site}/healthz", timeout=2)


def test_run_sends_mails_as_the_demo_does(tmp_path: Path) -> None:
    """`make run` without make: the mail loop goes round, which check_logto and /statusz then know."""
    site, _sandbox = free_ports()
    environment = os.environ | {
        "ENV_FILE": os.devnull,
        "PORT": str(site),
        "SITE_URL": f"http://localhost:{site}",
        "LOGTO_ENDPOINT": "http://localhost:9",
        "LOGTO_APP_ID": "web",
        "LOGTO_APP_SECRET": "invented",
        "LOGTO_M2M_APP_ID": "machine",
        "LOGTO_M2M_APP_SECRET": "invented",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'run.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "accountsite.settings",
    }
    command = [sys.executable, "manage.py", "run"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True) as run:  # noqa: S603  our own command
        try:
            assert "ok   mail loop: went round" in said_by(f"http://localhost:{site}/statusz", "mail loop: went round")
        finally:
            os.killpg(run.pid, signal.SIGTERM)


def said_by(address: str, wanted: str) -> str:
    """What an address says once it says `wanted`, or after half a minute."""
    text = ""
    for _time in range(150):
        try:
            text = requests.get(address, timeout=5).text
        except requests.ConnectionError:
            pass
        if wanted in text:
            break
        time.sleep(0.2)
    return text


def shown_as_in_production(site: str) -> None:
    """The site's own error pages, and files with a name for each content, compressed and kept for ever."""
    missing = requests.get(f"{site}/nowhere/", timeout=10)
    assert missing.status_code == 404
    assert "Page not found" in missing.text
    assert "URLconf" not in missing.text
    style = re.search(r'href="(/static/site\.[0-9a-f]+\.css)"', requests.get(f"{site}/sign-in/", timeout=10).text)
    assert style
    answer = requests.get(site + style[1], timeout=10)
    assert answer.headers["Content-Encoding"] in ("br", "gzip")
    assert "immutable" in answer.headers["Cache-Control"]
