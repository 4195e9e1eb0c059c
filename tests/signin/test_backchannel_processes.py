"""A logout token that one process receives ends the session that another one serves: they share the database alone."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import requests

from accountsite.sandbox.environment import demo_environment
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.oidc.person import Browsers
from accountsite.sandbox.seed import SITE_APP_ID
from accountsite.sandbox.server import SandboxServer
from accountsite.sandbox.web import Request

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60
SERVE = [sys.executable, "-m", "gunicorn", "accountsite.wsgi", "--workers", "1", "--log-level", "warning", "--bind"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def two_processes(environment: dict[str, str], ports: tuple[int, int]) -> Iterator[None]:
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True)  # noqa: S603  # our own command
    started = [
        subprocess.Popen([*SERVE, f"127.0.0.1:{port}"], cwd=ROOT, env=environment)  # noqa: S603  # our own server
        for port in ports
    ]
    try:
        for port in ports:
            wait_until_ready(port)
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def wait_until_ready(port: int) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2)
        except (requests.ConnectionError, requests.Timeout):  # the port is there before the process has loaded the site
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing listens on {port}")


class Browser(requests.Session):
    """A browser whose every request one process answers, whatever the site's address says."""

    def __init__(self, site: str, port: int) -> None:
        super().__init__()
        self.trust_env = False
        self.headers.update({"Host": urlsplit(site).netloc, "Origin": site})
        self.port = port

    def ask(self, method: str, path: str, **form: str) -> requests.Response:
        address = f"http://localhost:{self.port}{path}"
        return self.request(method, address, data=form or None, allow_redirects=False, timeout=30)


def sessions_in(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM settings_app_session WHERE subject != ''").fetchone()
        return int(count)


def test_sign_out_at_logto_reaches_the_session_through_whichever_process_is_told(tmp_path: Path) -> None:
    told, serving, at_logto = free_port(), free_port(), free_port()
    site = f"http://localhost:{told}"
    logto = Logto(f"http://localhost:{at_logto}", site_url=site, seed=1)
    sandbox = SandboxServer(logto, at_logto)
    sandbox.start()
    environment = {**os.environ, **demo_environment({"DEMO_PORT": str(told), "SANDBOX_PORT": str(at_logto)})}
    database = tmp_path / "shared.sqlite3"
    environment |= {"DATABASE_URL": f"sqlite:///{database}", "DJANGO_SETTINGS_MODULE": "accountsite.settings"}
    try:
        with two_processes(environment, (told, serving)):
            browser = Browser(site, serving)
            begun = browser.ask("POST", "/sign-in/", next="/profile/")
            back = urlsplit(logto.authorize("ada", begun.headers["Location"]))
            browser.ask("GET", f"{back.path}?{back.query}")
            page = browser.ask("GET", "/profile/")
            assert (page.status_code, "Ada Winterbourne" in page.text, sessions_in(database)) == (200, True, 1)

            headers = logto.state.part(Browsers).by_handle["ada"].headers
            form = urlencode({"client_id": SITE_APP_ID, "post_logout_redirect_uri": f"{site}/sign-out/"}).encode()
            headers |= {"content-type": "application/x-www-form-urlencoded"}
            # The token goes to the site's own address, where the other process listens.
            logto.answer(Request("POST", "/oidc/session/end/confirm", "", headers, form))
            assert sessions_in(database) == 0  # before anybody has looked at Logto's own list
            page = browser.ask("GET", "/profile/")
            assert (page.status_code, page.headers["Location"][:9]) == (302, "/sign-in/")
    finally:
        sandbox.shutdown()
        sandbox.server_close()
