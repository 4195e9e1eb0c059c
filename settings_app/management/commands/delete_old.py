"""Deletes what is past its keeping: audit rows, sessions, codes, counts, states, mails, ways back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from settings_app.safeguards import retention


class Command(BaseCommand):
    help = "Deletes what is past its keeping. `send_notices --loop` does the same once an hour."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in retention.delete_old().items():
            self.stdout.write(f"{name}: {count}")
