"""`manage.py sandbox`: the embedded Logto alone, over HTTP on loopback."""

from __future__ import annotations

import os
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accountsite.sandbox.environment import SANDBOX_PORT, SITE_PORT, mail_port, port
from accountsite.sandbox.logto import Logto
from accountsite.sandbox.mail import MailServer
from accountsite.sandbox.server import SandboxServer


class Command(BaseCommand):
    help = "Runs the embedded Logto, a stand-in for development, on loopback."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        environment = dict(os.environ)
        parser.add_argument("--port", type=int, default=port(environment, "SANDBOX_PORT", SANDBOX_PORT))
        parser.add_argument(
            "--password-seconds", type=float, default=0.0, help="how long a password check takes; 0.06 on a real server"
        )
        parser.add_argument("--site", default=f"http://localhost:{port(environment, 'DEMO_PORT', SITE_PORT)}")

    def handle(self, *args: Any, **options: Any) -> None:
        stop_on_signals()
        server = start_sandbox(options["port"], options["site"])
        server.logto.password_seconds = options["password_seconds"]
        self.stdout.write(f"Sandbox on http://localhost:{options['port']} (Ctrl-C stops it)")
        try:
            signal.pause()
        except KeyboardInterrupt:
            server.shutdown()


def start_sandbox(sandbox_port: int, site_url: str) -> SandboxServer:
    """The sandbox and its post office, listening. CommandError with one sentence when a port is taken."""
    logto = Logto(f"http://localhost:{sandbox_port}", site_url=site_url)
    letters = mail_port(sandbox_port)
    wanted = sandbox_port
    try:
        server = SandboxServer(logto, sandbox_port)
        wanted = letters
        mail_server = MailServer(logto, letters)
    except OSError as error:
        raise CommandError(taken(wanted, "SANDBOX_PORT")) from error
    server.start()
    mail_server.start()
    return server


def stop_on_signals() -> None:
    """Ctrl-C, SIGTERM and a closed terminal end the command in order, also where a shell had Ctrl-C ignored."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)


def taken(number: int, name: str) -> str:
    return f"Port {number} is in use; stop what uses it, or choose another with {name}=<port>."
