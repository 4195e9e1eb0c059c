"""Run by test_deployment.py in a process of its own, with production settings: asks the site, prints its answers."""

from __future__ import annotations

import json
import sys
import tempfile
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings.STATIC_ROOT = folder
        django.setup()
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("migrate", verbosity=0)
        from accountsite.wsgi import application  # it refuses to load while a setting is missing

        asked = json.load(sys.stdin)
        print(json.dumps([answer(application, **one) for one in asked]))


def answer(application: Any, path: str, host: str = "account.example.com", **more: str) -> dict[str, Any]:
    """Status, headers and body of one GET, as a server behind a proxy receives it: without TLS of its own."""
    from django.test import RequestFactory

    path = asset(path) if path.startswith("static:") else path
    environ = RequestFactory().get(path, headers={"host": host, **more}).environ
    seen: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
        seen.update(status=int(status[:3]), headers={name.lower(): value for name, value in headers})

    body = b"".join(application(environ, start_response))
    return {**seen, "body": body.decode("utf-8", "replace")}


def asset(path: str) -> str:
    from django.templatetags.static import static

    return static(path.removeprefix("static:"))


if __name__ == "__main__":
    main()
