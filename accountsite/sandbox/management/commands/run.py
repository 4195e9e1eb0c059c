"""`manage.py run`: the site against a real tenant, for development."""

from __future__ import annotations

import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from accountsite.sandbox.environment import SITE_PORT, port
from accountsite.sandbox.mail_loop import start_mail_loop


class Command(BaseCommand):
    help = "Serves the site against the Logto tenant of the environment or .env."

    def handle(self, *args: Any, **options: Any) -> None:
        number = port(dict(os.environ), "PORT", SITE_PORT)
        if "RUN_MAIN" not in os.environ:  # once, not again at every reload
            call_command("migrate", verbosity=0)
            start_mail_loop()
            self.stdout.write(f"Site on http://localhost:{number} (Ctrl-C stops it)")
            self.stdout.flush()
        call_command("runserver", f"127.0.0.1:{number}", skip_checks=False)
