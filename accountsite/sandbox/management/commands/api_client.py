"""`manage.py api_client`: a tour of the account settings API, against a demo that is running."""

from __future__ import annotations

import os
from typing import Any

import requests
from django.core.management.base import BaseCommand, CommandError

from accountsite.sandbox.api_client import ApiClient, tour
from accountsite.sandbox.environment import SANDBOX_PORT, SITE_PORT, port


class Command(BaseCommand):
    help = "Signs Ada in at the demo as a mobile app does, calls the API, and tells every call as curl."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        environment = dict(os.environ)
        site = f"http://localhost:{port(environment, 'DEMO_PORT', SITE_PORT)}"
        sandbox = f"http://localhost:{port(environment, 'SANDBOX_PORT', SANDBOX_PORT)}"
        try:
            tour(ApiClient(site, sandbox, self.stdout.write))
        except requests.RequestException as error:
            raise CommandError(f"The demo does not answer as it should; is it running? {error}") from error
