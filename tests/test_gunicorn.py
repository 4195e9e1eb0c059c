"""gunicorn with a broken configuration: it ends at the start, and a reload takes nobody down."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.test_checks import COMPLETE, ROOT

pytestmark = pytest.mark.timeout(180)  # many processes on a busy machine

SITE = """[[site]]
base_url = "https://{host}"
endpoint = "https://auth.example.com"
app_id = "web"
app_secret = "invented"
m2m_app_id = "machine"
m2m_app_secret = "invented"
mail_from = "account@example.com"
"""
FIRST, SECOND = SITE.format(host="first.example"), SITE.format(host="second.example")


class Server:
    """gunicorn as the guide starts it, with the files that it reads."""

    def __init__(self, folder: Path) -> None:
        self.sites = folder / "sites.toml"
        self.env = folder / "env"
        self.log = folder / "log"
        self.write(FIRST + SECOND)
        self.write_env()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        self.read = 0  # of the log, by earlier tests
        self.database = folder / "database.sqlite3"

    def write(self, sites: str) -> None:
        self.sites.write_text(sites, encoding="utf-8")

    def write_env(self, **changed: str) -> None:
        values = {**COMPLETE, "SITES_FILE": str(self.sites), **changed}
        lines = [f"{name}={value}" for name, value in values.items() if name not in ("ENV_FILE", "PATH")]
        self.env.write_text("\n".join(lines), encoding="utf-8")

    def start(self, **more: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--graceful-timeout", "5"]
        environment = {"PATH": COMPLETE["PATH"], "ENV_FILE": str(self.env), "WEB_CONCURRENCY": "1"}
        environment |= {"DATABASE_URL": f"sqlite:///{self.database}", **more}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own server
                command, cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        return self.process

    def reload(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGHUP)

    def told(self) -> str:
        """What was logged since the test began."""
        return self.log.read_bytes()[self.read :].decode()

    def forget_what_was_told(self) -> None:
        self.read = self.log.stat().st_size

    def is_settled(self) -> bool:
        """Each process that was begun has taken the place of another."""
        return self.told().count("Worker exiting") == self.told().count("Booting worker")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    def status(self, host: str, path: str = "/profile/") -> int:
        """What this host answers; 0 when nothing does."""
        return self.answer(host, path)[0]

    def answer(self, host: str, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": host})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def wait_until(self, condition: Callable[[], bool], seconds: float = 90) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, self.told()
            time.sleep(0.1)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With one process; a start costs more than most of what is tried with it."""
    made = Server(tmp_path_factory.mktemp("lasting"))
    made.start()
    made.wait_until(lambda: made.status("first.example") == 302)
    yield made
    made.stop()


@pytest.fixture
def running(lasting: Server) -> Iterator[Server]:
    """With one process that serves both sites, and again when the test is over."""
    lasting.forget_what_was_told()
    yield lasting
    lasting.write_env()
    lasting.write(FIRST + SECOND)
    lasting.wait_until(lasting.is_settled)
    if lasting.status("second.example") != 302:
        lasting.reload()
        lasting.wait_until(lambda: lasting.status("second.example") == 302)
        lasting.wait_until(lasting.is_settled)


@pytest.fixture
def two(server: Server) -> Server:
    """With two processes."""
    server.start(WEB_CONCURRENCY="2")
    server.wait_until(lambda: server.status("first.example") == 302)
    return server


@pytest.mark.parametrize(
    ("sites", "env", "sentence"),
    [
        (FIRST.replace('"web"', '"web'), {}, "cannot be read"),
        (FIRST, {"EMAIL_URL": ""}, "EMAIL_URL names no mail server"),
    ],
)
def test_a_broken_configuration_ends_the_master(server: Server, sites: str, env: dict[str, str], sentence: str) -> None:
    server.write(sites)
    server.write_env(**env)
    assert server.start().wait(90) != 0
    assert server.told().count(sentence) == 1
    assert "Booting worker" not in server.told()
    assert "Traceback" not in server.told()


def test_a_reload_leaves_out_broken_sites_and_serves_the_others(running: Server) -> None:
    third = SITE.format(host="third.example")
    running.write(FIRST + SECOND.replace("mail_from", "mail_form") + third.replace("https://third", "http://third"))
    leaves_out_the_broken(running)
    assert running.status("third.example") == 404
    assert len(re.findall("ERROR accountsite.wsgi .*a site is left out:", running.told())) == 2


def test_a_site_that_is_no_toml_is_left_out_and_taken_at_the_reload_after_it_is_mended(running: Server) -> None:
    running.write(FIRST + SECOND.replace('"web"', '"web'))
    leaves_out_the_broken(running)
    assert re.search("ERROR accountsite.wsgi .*a site is left out:", running.told())
    running.write(FIRST + SECOND)
    running.reload()
    running.wait_until(lambda: running.status("second.example") == 302)


def leaves_out_the_broken(running: Server) -> None:
    assert running.status("second.example") == 302
    running.reload()
    running.wait_until(lambda: running.status("second.example") == 404)
    assert running.status("first.example") == 302
    assert running.told().count("Booting worker") == 1


@pytest.mark.parametrize("env", [{"SECRET_KEY": "short"}, {"SITES_FILE": "/nowhere/sites.toml"}])
def test_a_reload_with_what_concerns_every_site_is_refused(running: Server, env: dict[str, str]) -> None:
    running.write_env(**env)
    running.reload()
    running.wait_until(lambda: "The reload is refused, what runs goes on" in running.told())
    assert running.status("first.example") == running.status("second.example") == 302
    assert running.told().count("Booting worker") == 0


def test_a_process_that_dies_while_the_configuration_is_broken_is_tried_again_slowly(two: Server) -> None:
    two.write_env(SECRET_KEY="short")
    victim = int(two.told().split("Booting worker with pid: ")[1].split("\n")[0])
    os.kill(victim, signal.SIGKILL)
    two.wait_until(lambda: "A process cannot start, it tries again in 5 s" in two.told())
    time.sleep(3)
    assert two.told().count("Booting worker") <= 3
    assert {two.status("first.example") for _time in range(10)} == {302}
    two.write_env()
    two.wait_until(lambda: two.told().count("Booting worker") >= 4)
    assert two.process
    assert two.process.poll() is None


def test_a_site_is_added_while_requests_run_and_none_fails_for_old_processes_end_last(two: Server) -> None:
    answers: list[int] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            answers.append(two.status("first.example"))
            time.sleep(0.02)  # the new processes are to get a core

    visitors = [threading.Thread(target=ask) for _number in range(3)]
    for visitor in visitors:
        visitor.start()
    two.write(FIRST + SECOND + SITE.format(host="third.example"))
    two.reload()
    two.wait_until(lambda: two.status("third.example") == 302)
    two.wait_until(lambda: two.told().count("Worker exiting") == 2)
    done.set()
    for visitor in visitors:
        visitor.join(20)
    assert set(answers) == {302}
    assert len(answers) > 10
    told = two.told()
    assert told.index("The new processes have loaded the site") < told.index("Worker exiting")


def test_a_server_that_ends_lets_itself_be_passed_over_first(server: Server) -> None:
    process = server.start(DRAIN_SECONDS="3")
    server.wait_until(lambda: server.status("first.example", "/readyz") == 503)  # this database has no migrations
    process.terminate()
    server.wait_until(lambda: "Not ready any more" in server.told())
    assert server.answer("first.example", "/readyz") == (503, "ending\n")
    assert {server.status("first.example") for _time in range(5)} == {302}
    assert process.wait(30) == 0
