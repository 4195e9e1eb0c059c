"""Run by test_deployment.py in a process of its own, with production settings: asks the site, prints its answers."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
import requests
import responses
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
        with logto_answers():
            print(json.dumps([answer(application, **one) for one in asked]))


@contextmanager
def logto_answers() -> Iterator[None]:
    """The sandbox stands at the tenant's address, for the request that begins a sign-in."""
    from accountsite.sandbox.logto import Logto
    from tests.conftest import carry

    sandbox = Logto(settings.SITES[0].endpoint, site_url=settings.SITES[0].base_url, seed=1)

    def carried(sent: requests.PreparedRequest) -> Any:
        return carry(sandbox, sent)

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        address = re.compile(re.escape(sandbox.endpoint) + "/.*")
        mock.add_callback(responses.GET, address, carried)
        yield


def answer(
    application: Any, path: str, host: str = "account.example.com", method: str = "GET", **more: str
) -> dict[str, Any]:
    """Status, headers and body of one request, as a server behind a proxy receives it: without TLS of its own."""
    from django.test import RequestFactory

    path = asset(path) if path.startswith("static:") else path
    environ = RequestFactory().generic(method, path, headers={"host": host, **more}).environ
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
