"""Deletes the accounts whose owners asked for it and whose day has come. Safe to run twice, and to kill."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from settings_app.sections.delete import due


class Command(BaseCommand):
    help = "Deletes the accounts whose day has come. `send_notices --loop` does the same once a minute."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{due.carry_out()} deleted")
