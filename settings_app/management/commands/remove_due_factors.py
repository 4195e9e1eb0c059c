"""Removes the second steps that support is to remove and whose moment has come. Safe to run twice, and to kill."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from settings_app.admin.help import due


class Command(BaseCommand):
    help = "Removes the second steps whose moment has come. `send_notices --loop` does the same once a minute."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{due.carry_out()} removed")
