"""Confirmations that an app got for a person: each for one purpose, for that person and app, for ten minutes.

The id is all the app holds. What it stands on is what a confirmation in a session stands on (confirmation.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone

from settings_app.actor import Actor
from settings_app.safeguards import confirmation
from settings_app.safeguards.one_time import Kept, StateKind, session_of

LIFE = timedelta(minutes=10)
CONFIRMED = StateKind("app-confirmation", life=LIFE, most=20, found_for=LIFE)
SIGNING_IN = StateKind("app-sign-in", life=LIFE, most=4, found_for=timedelta(hours=1))


class PurposeGroup(StrEnum):
    """What a confirmation is for; it is good for nothing else."""

    EMAIL = "email"
    PHONE = "phone"
    USERNAME = "username"
    PASSWORD = "password"  # noqa: S105  # a name
    SECOND_STEPS = "second-steps"
    IDENTITIES = "identities"
    SESSIONS = "sessions"
    APPS = "apps"
    ACCESS_TOKENS = "personal-access-tokens"
    ORGANIZATIONS = "organizations"
    ALERTS = "alerts"
    EXPORT = "export"
    DELETION = "deletion"


@dataclass(frozen=True)
class Confirmed:
    """One that counts. `how` is the method."""

    kept: Kept
    how: str

    def use_up(self) -> None:
        CONFIRMED.use_up(self.kept)


def confirm(actor: Actor, group: PurposeGroup, *, method: str) -> tuple[str, datetime]:
    """The person has just confirmed who they are. Gives the id, and until when it counts."""
    verified = confirmation.remembered(confirmation.look(actor.account), method=method, at=timezone.now())
    token = CONFIRMED.keep(session_of(actor), group=group.value, verified=json.dumps(verified))
    return token, timezone.now() + LIFE


def find(actor: Actor, group: PurposeGroup, token: str) -> Confirmed | None:
    """What this id stands for, where it counts right now."""
    kept = CONFIRMED.find(token) if token else None
    # guard: confirmation-of-this-person-and-app
    if kept is None or kept.holder != session_of(actor):
        return None
    # guard: confirmation-for-this-purpose
    if kept.values["group"] != group.value:
        return None
    # guard: confirmation-of-an-app-ends
    if CONFIRMED.is_over(kept):
        return None
    verified: Mapping[str, Any] = json.loads(kept.values["verified"])
    # guard: confirmation-from-before-a-factor
    if confirmation.is_outdated(actor.account, verified):
        return None
    return Confirmed(kept, str(verified["how"]))
