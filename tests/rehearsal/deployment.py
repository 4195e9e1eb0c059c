"""The site as an operator runs it: gunicorns, the mail loop, a proxy that ends TLS, a database and two tenants."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.rehearsal import certificates, proxies
from tests.rehearsal.tenants import LOOPBACK, Customer, customers, free_port, localhost_names_lead_home

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 600  # others may keep the machine busy
SECRET_KEY = "invented-for-tests-and-long-enough-to-pass-the-check-0123456789"


@dataclass
class Process:
    """One program of the deployment. It writes into a file beside the configuration."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    port: int = 0
    running: subprocess.Popen[bytes] | None = None
    _written: IO[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        self._written = self.log.open("ab")
        self.running = subprocess.Popen(  # noqa: S603  # commands of this module
            self.command, cwd=ROOT, env=dict(self.environment), stdout=self._written, stderr=self._written
        )

    def send(self, number: int) -> None:
        assert self.running
        self.running.send_signal(number)

    def stop(self, seconds: float = 45) -> float:
        """In order; says how long it took."""
        began = time.monotonic()
        if self.running and self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(seconds)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait(10)
        if self._written:
            self._written.close()
        return time.monotonic() - began

    def workers(self) -> list[int]:
        """The processes below this one, youngest last."""
        assert self.running
        below = Path(f"/proc/{self.running.pid}/task/{self.running.pid}/children")
        return [int(word) for word in below.read_text(encoding="ascii").split()]

    def told(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def answers(self, path: str = "/readyz") -> int:
        """The status when it is asked past the proxy, 0 where nobody answers."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()


@dataclass
class Deployment:
    """`sites` are the gunicorns; `customers` the first two tenants, `newcomer` the third."""

    folder: Path
    port: int
    proxy: Process
    sites: list[Process]
    notices: Process
    customers: tuple[Customer, Customer]
    newcomer: Customer
    is_asked: bool  # whether the proxy asks the sites if they are ready

    def __post_init__(self) -> None:
        # Caddy makes its own certificates; whoever visits is no browser of strangers.
        self.trusting = ssl.create_default_context()
        self.trusting.check_hostname, self.trusting.verify_mode = False, ssl.CERT_NONE

    def connect(self, host: str, seconds: float = 70) -> Connection:
        return Connection(self, host, seconds)

    def write_sites(self, *known: Customer) -> None:
        temporary = self.folder / "sites.written"
        temporary.write_text("\n".join(one.entry() for one in known), encoding="utf-8")
        temporary.replace(self.folder / "sites.toml")

    def led_past(self, site: Process | None) -> None:
        """An nginx, which asks nobody, is told where not to lead; None: everywhere again."""
        if self.is_asked:
            return
        file = self.folder / "site.conf"
        text = file.read_text(encoding="utf-8").replace(" down;", ";")
        if site:
            text = re.sub(rf"({LOOPBACK}:{site.port} [^;]*);", r"\1 down;", text)
        file.write_text(text, encoding="utf-8")
        before = set(self.proxy.workers())
        self.proxy.send(signal.SIGHUP)
        wait_until(lambda: bool(set(self.proxy.workers()) - before), "nginx has read its configuration")

    def status(self, host: str, path: str = "/sign-in/") -> int:
        connection = self.connect(host, 10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()


class Connection(http.client.HTTPSConnection):
    """TLS to the proxy under a host's name, without a look-up of it."""

    def __init__(self, deployment: Deployment, host: str, seconds: float) -> None:
        super().__init__(f"{host}:{deployment.port}", timeout=seconds, context=deployment.trusting)
        self._deployment, self._name = deployment, host

    def connect(self) -> None:
        plain = socket.create_connection((LOOPBACK, self._deployment.port), self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self._deployment.trusting.wrap_socket(plain, server_hostname=self._name)


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.05)


@contextlib.contextmanager
def deployed(
    folder: Path, database_url: str, *, proxy: str = "nginx", sites: int = 2, workers: int = 1
) -> Iterator[Deployment]:
    """Everything, ready to be visited. The database is there and has its migrations."""
    localhost_names_lead_home()
    deployment = laid_out(folder, database_url, proxy=proxy, sites=sites, workers=workers)
    processes = [*deployment.sites, deployment.notices, deployment.proxy]
    try:
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=dict(deployment.notices.environment), check=True)  # noqa: S603  # our own
        for process in processes:
            process.start()
        for site in deployment.sites:
            wait_until(lambda one=site: one.answers() == 200, f"{site.name} is ready")  # type: ignore[misc]  # bound now
        host = deployment.customers[0].host
        wait_until(lambda: deployment.status(host) == 200, f"{deployment.proxy.name} leads to the site")
        yield deployment
    finally:
        for process in reversed(processes):
            process.stop()
        for customer in (*deployment.customers, deployment.newcomer):
            customer.end()


def laid_out(folder: Path, database_url: str, *, proxy: str, sites: int, workers: int) -> Deployment:
    """The files, and the commands that are not started yet."""
    port, ports = free_port(), [free_port() for _number in range(sites)]
    first, second, newcomer = customers()
    for customer in (first, second, newcomer):
        customer.begin(port)
    hosts = [first.host, second.host, newcomer.host]
    certificates.write(folder, hosts)
    issuer = "caddy/pki/authorities/local/root.crt" if proxy == "caddy" else "cert.pem"
    os.environ["REQUESTS_CA_BUNDLE"] = str(folder / issuer)  # for what the sandboxes tell the sites
    (folder / "env").write_text(environment_file(folder, database_url), encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "ENV_FILE": str(folder / "env"), "WEB_CONCURRENCY": str(workers)}
    if proxy == "caddy":
        front = proxies.caddy(folder, port, ports, free_port())
    else:
        front = proxies.nginx(folder, port, hosts, ports, is_root=os.geteuid() == 0)
    gunicorn = [sys.executable, "-m", "gunicorn", "--bind"]
    serving = {**environment, "DRAIN_SECONDS": "6" if proxy == "caddy" else "0"}
    deployment = Deployment(
        folder=folder,
        port=port,
        proxy=Process(proxy, front, {**environment, "HOME": str(folder)}, folder / "proxy.log"),
        sites=[
            Process(f"site-{number}", [*gunicorn, f"{LOOPBACK}:{one}"], serving, folder / f"site-{number}.log", one)
            for number, one in enumerate(ports, start=1)
        ],
        notices=Process(
            "notices",
            [sys.executable, "manage.py", "send_notices", "--loop"],
            environment,
            folder / "notices.log",
        ),
        customers=(first, second),
        newcomer=newcomer,
        is_asked=proxy == "caddy",
    )
    deployment.write_sites(first, second)
    return deployment


def environment_file(folder: Path, database_url: str) -> str:
    values = {
        "SECRET_KEY": SECRET_KEY,
        "SITES_FILE": folder / "sites.toml",
        "DATABASE_URL": database_url,
        "EMAIL_URL": f"smtp://{LOOPBACK}:9",  # each site names its own
        "TRUSTED_PROXIES": 1,
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


def killed(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
