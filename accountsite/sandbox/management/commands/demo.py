"""`manage.py demo`: the site and the sandbox together, ready to be tried."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from typing import Any
from urllib.error import URLError

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accountsite.sandbox.environment import SANDBOX_PORT, SITE_PORT, port
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.mail_loop import start_mail_loop
from accountsite.sandbox.management.commands.sandbox import start_sandbox, stop_on_signals, taken
from accountsite.sandbox.pages.people import Entry, entries

READY_SECONDS = 120  # a site that fails ends sooner by itself; this is for a busy machine
STOP_SECONDS = 5
LOOPBACK = "127.0.0.1"
AS_IN_PRODUCTION = {"DJANGO_SETTINGS_MODULE": "accountsite.demo_settings"}


class Command(BaseCommand):
    help = "Starts the site and the embedded Logto, and prints who can sign in."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        site_port = port(dict(os.environ), "DEMO_PORT", SITE_PORT)
        sandbox_port = port(dict(os.environ), "SANDBOX_PORT", SANDBOX_PORT)
        _check_free(site_port)
        server = start_sandbox(sandbox_port, f"http://localhost:{site_port}")
        stop_on_signals()
        _collect_files()
        site = _start_site(site_port)
        try:
            call_command("migrate", verbosity=0)
            _wait_until_ready(site, site_port)
            self.stdout.write(_welcome(server.logto, site_port, sandbox_port))
            self.stdout.flush()
            _run(site)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping.")
        finally:
            _stop(site)
            server.shutdown()


def _check_free(number: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, number))
        except OSError as error:
            raise CommandError(taken(number, "DEMO_PORT")) from error


def _collect_files() -> None:
    """Under the names and compressed as they are served in production."""
    command = [
        sys.executable,
        "manage.py",
        "collectstatic",
        "--noinput",
        "--clear",
        "--verbosity",
        "0",
        "--skip-checks",
    ]
    subprocess.run(command, env=os.environ | AS_IN_PRODUCTION, check=True)  # noqa: S603  our own command


def _start_site(number: int) -> subprocess.Popen[bytes]:
    """gunicorn with threads, as in production, in a process group of its own: Ctrl-C is handled here alone."""
    command = [sys.executable, "-m", "gunicorn", "accountsite.wsgi", "--bind", f"{LOOPBACK}:{number}"]
    command += ["--worker-class", "gthread", "--threads", "8", "--log-level", "warning", "--graceful-timeout", "2"]
    return subprocess.Popen(command, start_new_session=True, env=os.environ | AS_IN_PRODUCTION)  # noqa: S603  our own command


def _wait_until_ready(site: subprocess.Popen[bytes], number: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if site.poll() is not None:
            raise CommandError("The site did not start; the lines above say why.")
        try:
            with urllib.request.urlopen(f"http://localhost:{number}/healthz", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise CommandError(f"The site was not ready within {READY_SECONDS} seconds.")


def _run(site: subprocess.Popen[bytes]) -> None:
    """Until Ctrl-C, or until the site ends by itself. Notices that wait are sent meanwhile."""
    start_mail_loop()
    if site.wait() != 0:
        raise CommandError("The site has stopped by itself.")


def _stop(site: subprocess.Popen[bytes]) -> None:
    site.terminate()
    try:
        site.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        site.kill()


def _welcome(logto: Logto, site_port: int, sandbox_port: int) -> str:
    sandbox = f"http://localhost:{sandbox_port}"
    people = [_line(entry) for entry in entries(logto.state)]
    return "\n".join(
        [
            "",
            f"  Site     http://localhost:{site_port}",
            f"  Sandbox  {sandbox}  (a pretend Logto)",
            "",
            "  Sign in by picking one of these invented people, or with name and password:",
            *people,
            "",
            f"  Codes and mails arrive at {sandbox}/inbox",
            f"  Break things at {sandbox}/control",
            "  Ctrl-C stops both.",
        ]
    )


def _line(entry: Entry) -> str:
    """One person: what to type as name and password, who it is, and what is special."""
    typed = entry.identifiers.split(" · ")[0] if entry.password else "-"
    return f"    {typed:<12} {entry.password or '-':<17} {', '.join((entry.name, *entry.notes))}"
