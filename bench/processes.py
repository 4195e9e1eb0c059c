"""The processes of a measurement: the replaying Logto, and the site with production settings under its own server."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.seed import M2M_APP_ID, M2M_APP_SECRET, SITE_APP_ID, SITE_APP_SECRET

ROOT = Path(__file__).resolve().parent.parent
HOST = "account.example.com"
SITE_URL = f"https://{HOST}"
SECONDS_TO_START = 60
GUNICORN = (sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "{workers}")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not answer")


@contextlib.contextmanager
def running(command: Sequence[str], port: int, **more: object) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, **more)  # type: ignore[call-overload]  # noqa: S603  # our own programs
    try:
        wait_for_port(port, process)
        yield process
    finally:
        process.terminate()
        process.wait()


@dataclass(frozen=True)
class Upstream:
    port: int

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, query: str = "") -> dict[str, int]:
        """What came since the last question: `calls`, and in how many `rounds` one after the other."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", f"/bench/{query}")
        answer: dict[str, int] = json.load(connection.getresponse())
        connection.close()
        return answer

    def delay(self, seconds: float) -> None:
        self.ask(f"?delay={seconds}")


@contextlib.contextmanager
def upstream() -> Iterator[Upstream]:
    port = free_port()
    command = [sys.executable, "-m", "bench.upstream", str(port), SITE_URL]
    with running(command, port, cwd=ROOT, stdout=subprocess.DEVNULL):
        yield Upstream(port)


@dataclass(frozen=True)
class Served:
    """A site that runs: where, which processes answer, and cookies of people who are signed in, by their name."""

    port: int
    process: subprocess.Popen[bytes]
    cookies: dict[str, str]

    @property
    def workers(self) -> list[int]:
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in found] or [self.process.pid]

    def cpu_seconds(self) -> float:
        """Of every thread of every worker, also of those that have ended."""
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in self.workers)

    def megabytes(self) -> list[float]:
        """Resident memory of each worker."""
        lines = [Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1] for pid in self.workers]
        return [int(line.split()[0]) / 1024 for line in lines]


def environment(folder: Path, endpoint: str) -> dict[str, str]:
    """A complete production configuration with invented values; nothing of this shell but its path."""
    return {
        "PATH": os.environ["PATH"],
        "ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "accountsite.settings",
        "SECRET_KEY": "invented-for-this-measurement-and-long-enough-to-pass-0123456789",
        "SITE_URL": SITE_URL,
        "LOGTO_ENDPOINT": endpoint,
        "LOGTO_APP_ID": SITE_APP_ID,
        "LOGTO_APP_SECRET": SITE_APP_SECRET,
        "LOGTO_M2M_APP_ID": M2M_APP_ID,
        "LOGTO_M2M_APP_SECRET": M2M_APP_SECRET,
        "MAIL_FROM": "account@example.com",
        "EMAIL_URL": "smtp://localhost:25",
        "TRUSTED_PROXIES": "1",
        "LOG_LEVEL": "WARNING",
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
    }


@contextlib.contextmanager
def site(
    logto: Upstream,
    people: Sequence[str] = (),
    *,
    workers: int = 1,
    command: Sequence[str] = GUNICORN,
    checkout: Path = ROOT,
    more: dict[str, str] | None = None,
) -> Iterator[Served]:
    """The site of `checkout` with a fresh database, in which these people of the sandbox are signed in.

    Without people it is left as it is: the bare site has neither a database nor files.
    """
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        settings = {**environment(folder, logto.endpoint), "PYTHONPATH": str(checkout), **(more or {})}
        cookies = signed_in(checkout, settings, logto, people) if people else {}
        filled = [part.format(port=port, workers=workers) for part in command]
        with running(filled, port, cwd=checkout, env=settings, stdout=subprocess.DEVNULL) as process:
            yield Served(port, process, cookies)


def signed_in(checkout: Path, settings: dict[str, str], logto: Upstream, people: Sequence[str]) -> dict[str, str]:
    """Makes the database and the static files, and gives each person a session; the cookies by name."""
    prepare(checkout, settings)
    state = Logto(logto.endpoint, site_url=SITE_URL, seed=1).state
    subjects = [state.person(one).id for one in people]
    script = [sys.executable, str(ROOT / "bench" / "sessions.py"), *subjects]
    told = subprocess.run(script, cwd=checkout, env=settings, check=True, stdout=subprocess.PIPE)  # noqa: S603  # ours
    return dict(zip(people, json.loads(told.stdout), strict=True))


def prepare(checkout: Path, settings: dict[str, str]) -> None:
    for words in (["migrate", "--verbosity", "0"], ["collectstatic", "--no-input", "--verbosity", "0"]):
        subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "manage.py", *words], cwd=checkout, env=settings, check=True
        )
