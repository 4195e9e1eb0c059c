"""Ends every session, what waits in one, and every access token: a restored backup brings ended ones back to life."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from settings_app.models import OneTimeState, Pending, Session
from settings_app.safeguards import token_cutoffs
from settings_app.safeguards.batches import BATCH_ROWS, delete_some

GIVEN_TO_BROWSERS = ((Session, "expire_date"), (OneTimeState, "gone_at"), (Pending, "expires_at"))


class Command(BaseCommand):
    help = (
        "Signs everybody out, on every site: ends every session, the codes and sign-ins that wait in one, "
        "and every access token for the API that was given out so far."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for tenant in {site.tenant for site in settings.SITES}:
            # guard: tokens-end-with-everybodys-sessions
            token_cutoffs.cut_off_everybody(tenant)
        ended = 0
        for model, moment in GIVEN_TO_BROWSERS:
            deleted = BATCH_ROWS
            while deleted >= BATCH_ROWS:
                deleted = delete_some(model._default_manager.all(), moment)
                ended += deleted if model is Session else 0
        self.stdout.write(f"{ended} sessions ended")
