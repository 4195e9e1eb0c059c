"""The site in a real gunicorn, beside a sandbox with a socket, on the test's own database: its worker can be killed."""

from __future__ import annotations

import http.client
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from accountsite.sandbox.faults import ResetError
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.server import SandboxServer
from accountsite.sandbox.web import Answer, Request
from settings_app.session import SessionStore
from tests.faults.calls import Call
from tests.faults.stage import forget_process, snapshot
from tests.guards import ROOT
from tests.rehearsal.tenants import LOOPBACK, free_port

SECONDS = 60  # for an answer, or for a process to be gone
STARTING_SECONDS = 300  # on a busy machine


@dataclass
class Line:
    """What the sandbox's server asks: it notes each call, and kills the worker at one, before or after its effect."""

    logto: Logto
    kill: Callable[[], None]
    seen: list[Call] = field(default_factory=list)
    at: Call | None = None
    after: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, *, at: Call | None = None, after: bool = False) -> None:
        self.seen, self.at, self.after = [], at, after

    def answer(self, request: Request) -> Answer:
        with self._lock:
            nth = sum((one.method, one.path) == (request.method, request.path) for one in self.seen)
            call = Call(request.method, request.path, nth, Answer(0, (), b""))
            self.seen.append(call)
        is_here = call == self.at
        if is_here and not self.after:
            self.kill()
            raise ResetError
        answer = self.logto.answer(request)
        if is_here:
            self.kill()
        return answer


class Browser:
    """Speaks to the site over a socket, with the cookies that a test's client has."""

    def __init__(self, site: str, client: Client) -> None:
        self.site = site
        self._cookies = {name: morsel.value for name, morsel in client.cookies.items() if morsel.value}

    def get(self, path: str, values: dict[str, Any] | None = None) -> requests.Response:
        return self._asked("GET", path, params=values)

    def post(self, path: str, values: dict[str, Any]) -> requests.Response:
        files = {name: (one.name, one.read(), one.content_type) for name, one in values.items() if hasattr(one, "read")}
        fields = {name: one for name, one in values.items() if name not in files}
        return self._asked("POST", path, data=fields, files=files or None, headers={"X-CSRFToken": self._token()})

    def _asked(self, method: str, path: str, **more: Any) -> requests.Response:
        answer = requests.request(
            method, self.site + path, cookies=self._cookies, allow_redirects=False, timeout=SECONDS, **more
        )
        self._cookies |= answer.cookies.get_dict()
        return answer

    def _token(self) -> str:
        store = SessionStore(self._cookies.get(settings.SESSION_COOKIE_NAME), site=settings.SITES[0].host)
        return str(store.get("_csrftoken", ""))


@dataclass
class Gunicorn:
    """The site with one worker, as `environment` sets it up."""

    log: Path
    port: int
    environment: dict[str, str]
    running: subprocess.Popen[bytes] | None = None

    def manage(self, *words: str) -> None:
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, check=True)  # noqa: S603  # our own

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "--bind", f"{LOOPBACK}:{self.port}"]
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)  # noqa: S603  # as above

    @property
    def is_running(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def worker(self) -> int | None:
        assert self.running
        below = Path(f"/proc/{self.running.pid}/task/{self.running.pid}/children").read_text(encoding="ascii")
        return next((int(word) for word in below.split()), None)

    def kill_worker(self) -> None:
        """-9; out once it is gone."""
        worker = self.worker()
        if worker is None:
            return
        os.kill(worker, signal.SIGKILL)
        until = time.monotonic() + SECONDS
        while self.worker() == worker and time.monotonic() < until:
            time.sleep(0.005)

    def wait_until_ready(self) -> float:
        """Says how long it took."""
        began = time.monotonic()
        while self.status("/readyz") != 200:
            if time.monotonic() - began > STARTING_SECONDS or not self.is_running:
                raise TimeoutError(self.log.read_text(encoding="utf-8")[-2000:])
            time.sleep(0.02)
        return time.monotonic() - began

    def status(self, path: str) -> int:
        asked = http.client.HTTPConnection(LOOPBACK, self.port, timeout=SECONDS)
        try:
            asked.request("GET", path, headers={"Host": f"localhost:{self.port}"})
            return asked.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            asked.close()

    def end(self) -> None:
        if self.running:
            self.running.terminate()
            self.running.wait(SECONDS)


@dataclass
class Served:
    """A gunicorn on the database of the tests. Each new worker reads the sites anew."""

    folder: Path
    gunicorn: Gunicorn
    sandbox: SandboxServer
    line: Line = field(init=False)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.gunicorn.port}"

    @property
    def logto(self) -> Logto:
        return self.line.logto

    @contextmanager
    def playing(self, site_of: Callable[[], AbstractContextManager[Any]]) -> Iterator[None]:
        """A fresh Logto, and a fresh worker that serves the site as `site_of` has it."""
        endpoint = f"http://localhost:{self.sandbox.server_port}"
        self.line = Line(Logto(endpoint, site_url=self.address, seed=1), self.gunicorn.kill_worker)
        self.sandbox.logto = self.line  # type: ignore[assignment]  # of it the server only wants answers
        mine = replace(settings.SITES[0], base_url=self.address, endpoint=endpoint)
        with override_settings(SITES=(mine,), ALLOWED_HOSTS=["localhost"]), site_of():
            (self.folder / "sites").write_bytes(pickle.dumps(settings.SITES))
            forget_process()
            if self.gunicorn.is_running:
                self.gunicorn.kill_worker()
            else:
                self.gunicorn.start()
            self.gunicorn.wait_until_ready()
            yield
            forget_process()


def served_environment(folder: Path, database_url: str) -> dict[str, str]:
    """Of a gunicorn that reads its sites in `folder`."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.faults.served_settings",
        "TEST_DATABASE_URL": database_url,
        "SERVED_SITES": str(folder / "sites"),
        "SERVED_MAILS": str(folder / "mails"),
        "WEB_CONCURRENCY": "1",
    }


@contextmanager
def served_in(folder: Path) -> Iterator[Served]:
    sandbox, port = SandboxServer(Logto(), 0), free_port()
    sandbox.start()
    environment = served_environment(folder, f"sqlite:///{connection.settings_dict['NAME']}")
    gunicorn = Gunicorn(folder / "log", port, environment)
    try:
        yield Served(folder, gunicorn, sandbox)
    finally:
        gunicorn.end()
        sandbox.shutdown()
        sandbox.server_close()


class Beginning:
    """What the tenant and the database hold now, to begin from again."""

    def __init__(self, served: Served) -> None:
        self._served, self._state = served, snapshot(served.logto)
        self._rows = sqlite3.connect(":memory:")
        with opened_database() as live:
            live.backup(self._rows)

    def again(self) -> None:
        self._served.logto.state = snapshot(self._served.logto, self._state)
        forget_process()
        with opened_database() as live:
            self._rows.backup(live)

    def close(self) -> None:
        self._rows.close()


@contextmanager
def opened_database() -> Iterator[sqlite3.Connection]:
    live = sqlite3.connect(connection.settings_dict["NAME"], timeout=20)
    try:
        yield live
    finally:
        live.close()
