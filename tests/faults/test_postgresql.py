"""PostgreSQL restarted, down, read-only, full or locked, under a gunicorn that goes on: told, and over at once."""

from __future__ import annotations

import contextlib
import pickle
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import requests
from django.conf import settings

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.server import SandboxServer
from tests.faults.cluster import Cluster, binaries, started_cluster
from tests.faults.results import Results
from tests.faults.served import Gunicorn, served_environment
from tests.rehearsal.tenants import free_port

SECONDS = 60
BACK_SECONDS = 5
LONGEST = 15  # of an answer while something is wrong; the site itself waits for five to seven
SITES_OWN = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'site'"
READ_ONLY = "ALTER SYSTEM SET default_transaction_read_only = on"
ITS_SESSIONS = "SELECT * FROM settings_app_session FOR UPDATE"
Trouble = Callable[[Cluster], contextlib.AbstractContextManager[None]]


@dataclass
class Visitor:
    """Somebody who is signed in."""

    site: str
    logto: Logto
    session: requests.Session
    count: int = 0

    @property
    def nickname(self) -> str:
        return str(self.logto.state.person("ada").user["profile"].get("nickname", ""))

    def sign_in(self) -> None:
        begun = self.ask("POST", "/sign-in/", next="/profile/")
        back = self.logto.authorize("ada", begun.headers["Location"])
        assert self.ask("GET", back.removeprefix(self.site)).status_code == 302

    def ask(self, method: str, path: str, **typed: str) -> requests.Response:
        return self.session.request(
            method, self.site + path, data=typed or None, allow_redirects=False, timeout=SECONDS
        )

    def open(self) -> requests.Response:
        return self.ask("GET", "/profile/nickname/change/")

    def change(self, token: str) -> tuple[requests.Response, str]:
        """The answer, and what was typed."""
        self.count += 1
        name = f"Countess {self.count}"
        answer = self.ask("POST", "/profile/nickname/change/", csrfmiddlewaretoken=token, nickname=name)
        return answer, name


def token_of(page: requests.Response) -> str:
    return str(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[0])


@contextmanager
def restarted(cluster: Cluster) -> Iterator[None]:
    cluster.stop()
    cluster.start()
    yield


@contextmanager
def crashed(cluster: Cluster) -> Iterator[None]:
    cluster.stop("immediate")
    cluster.start()
    yield


@contextmanager
def restarting(cluster: Cluster) -> Iterator[None]:
    """It comes back a second after it is asked for."""
    cluster.stop()
    starting = threading.Timer(1, cluster.start)
    starting.start()
    try:
        yield
    finally:
        starting.join()


@contextmanager
def down(cluster: Cluster) -> Iterator[None]:
    cluster.stop()
    try:
        yield
    finally:
        cluster.start()


@contextmanager
def read_only(cluster: Cluster) -> Iterator[None]:
    cluster.tell(READ_ONLY, "SELECT pg_reload_conf()")
    try:
        yield
    finally:
        cluster.tell("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()")


@contextmanager
def out_of_connections(cluster: Cluster) -> Iterator[None]:
    """Others have taken each one that the site could have."""
    import psycopg

    cluster.tell(SITES_OWN)
    taken = []
    with contextlib.suppress(psycopg.OperationalError):
        while True:
            taken.append(cluster.connect("site"))
    try:
        yield
    finally:
        for one in taken:
            one.close()


@contextmanager
def rows_locked(cluster: Cluster) -> Iterator[None]:
    """Somebody else holds the rows of all sessions, and does not let go."""
    with cluster.connect() as other, other.transaction():
        other.execute(ITS_SESSIONS)
        yield


@contextmanager
def rows_locked_for_a_moment(cluster: Cluster) -> Iterator[None]:
    """The one who holds them is ended by the server meanwhile."""
    other = cluster.connect()
    other.autocommit = False
    other.execute(ITS_SESSIONS)
    ending = threading.Timer(1.5, cluster.tell, [f"SELECT pg_terminate_backend({other.info.backend_pid})"])
    ending.start()
    try:
        yield
    finally:
        ending.join()
        other.close()


TROUBLES: tuple[Trouble, ...] = (
    restarted, crashed, restarting, down, read_only, out_of_connections, rows_locked, rows_locked_for_a_moment,
)  # fmt: skip


@contextmanager
def scene(folder: Path, cluster: Cluster) -> Iterator[tuple[Gunicorn, Visitor]]:
    port, sandbox = free_port(), SandboxServer(Logto(), 0)
    site = f"http://localhost:{port}"
    logto = sandbox.logto = Logto(f"http://localhost:{sandbox.server_port}", site_url=site, seed=1)
    sandbox.start()
    mine = replace(settings.SITES[0], base_url=site, endpoint=logto.endpoint)
    (folder / "sites").write_bytes(pickle.dumps((mine,)))
    environment = served_environment(folder, cluster.url)
    gunicorn = Gunicorn(folder / "site.log", port, environment)
    gunicorn.manage("migrate", "--verbosity", "0")
    gunicorn.start()
    try:
        gunicorn.wait_until_ready()
        visitor = Visitor(site, logto, requests.Session())
        visitor.session.trust_env = False
        visitor.sign_in()
        yield gunicorn, visitor
    finally:
        gunicorn.end()
        sandbox.shutdown()
        sandbox.server_close()


@pytest.mark.timeout(900)
def test_whatever_becomes_of_postgresql_is_told_and_over_when_it_is_over(
    results: Results, subtests: pytest.Subtests
) -> None:
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL's own programs are not here")
    with (
        tempfile.TemporaryDirectory(prefix="cluster-") as name,  # where its user may enter
        started_cluster(Path(name), programs) as cluster,
        scene(Path(name), cluster) as (gunicorn, visitor),
    ):
        for trouble in TROUBLES:
            with subtests.test(trouble.__name__):
                play(trouble, cluster, gunicorn, visitor, results)


def play(trouble: Trouble, cluster: Cluster, gunicorn: Gunicorn, visitor: Visitor, results: Results) -> None:
    token, worker, before = token_of(visitor.open()), gunicorn.worker(), visitor.nickname
    with trouble(cluster):
        began = time.monotonic()
        opened = visitor.open()
        page_seconds = time.monotonic() - began
        changed, name = visitor.change(token)
        change_seconds = time.monotonic() - began - page_seconds
        alive, ready = gunicorn.status("/healthz"), gunicorn.status("/readyz")
        is_so = visitor.nickname == name
    began = time.monotonic()
    again = visitor.open()
    while again.status_code == 503 and time.monotonic() - began < BACK_SECONDS:  # only one in a second tries
        time.sleep(0.1)
        again = visitor.open()
    back_seconds = time.monotonic() - began
    assert again.status_code == 200
    done, typed = visitor.change(token_of(again))
    assert (done.status_code, visitor.nickname) == (302, typed)
    assert gunicorn.worker() == worker
    assert alive == 200
    assert max(page_seconds, change_seconds) < LONGEST
    assert_is_honest(opened, changed, is_so=is_so, is_as_before=before != name)
    seen = f"page {opened.status_code} in {page_seconds:.1f} s, change {changed.status_code} in {change_seconds:.1f} s "
    seen += (
        f"({'done' if is_so else 'not done'}), `/readyz` {ready}; once it is over: page 200 in {back_seconds:.1f} s, "
    )
    results.add("own", "PostgreSQL, gunicorn", "", trouble.__name__.replace("_", " "), seen + "change done")


def assert_is_honest(opened: requests.Response, changed: requests.Response, *, is_so: bool, is_as_before: bool) -> None:
    assert is_as_before
    for answer in (opened, changed):
        assert answer.status_code in (200, 302, 503)
        if answer.status_code == 503:
            assert "We can’t reach our database" in answer.text
            assert answer.headers["Retry-After"] == "5"
    if changed.status_code == 503:
        assert "check whether it was changed before you try again" in changed.text
    else:
        assert is_so
