"""Ends every session and what waits in one: after a backup was restored, which brings ended ones back to life."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from settings_app.models import OneTimeState, Pending, Session
from settings_app.safeguards.batches import BATCH_ROWS, delete_some

GIVEN_TO_BROWSERS = ((Session, "expire_date"), (OneTimeState, "gone_at"), (Pending, "expires_at"))


class Command(BaseCommand):
    help = "Signs everybody out, on every site: ends every session, and the codes and sign-ins that wait in one."

    def handle(self, *args: Any, **options: Any) -> None:
        ended = 0
        for model, moment in GIVEN_TO_BROWSERS:
            deleted = BATCH_ROWS
            while deleted >= BATCH_ROWS:
                deleted = delete_some(model._default_manager.all(), moment)
                ended += deleted if model is Session else 0
        self.stdout.write(f"{ended} sessions ended")
