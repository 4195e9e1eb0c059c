"""The lockout of the hosted sign-in: it counts failed attempts per identifier (docs/logto.md 0.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from accountsite.sandbox.state import State

ATTEMPTS = 100
LOCKOUT_MINUTES = 60
WINDOW_SECONDS = 3600


@dataclass
class Sentinel:
    """Failures by identifier as typed, and until when an identifier is locked (seconds since 1970)."""

    failures: dict[str, list[float]] = field(default_factory=dict)
    locked_until: dict[str, float] = field(default_factory=dict)

    def unlock(self, targets: Iterable[str]) -> None:
        """POST `/api/sentinel-activities/delete`."""
        for target in targets:
            self.failures.pop(target, None)
            self.locked_until.pop(target, None)


def is_locked(state: State, identifier: str) -> bool:
    return state.part(Sentinel).locked_until.get(identifier, 0) > state.now()


def note_failure(state: State, identifier: str) -> bool:
    """Counts one failed attempt; True when it is the one that locks."""
    sentinel, now = state.part(Sentinel), state.now()
    policy = state.sign_in_experience.get("sentinelPolicy") or {}
    recent = [at for at in sentinel.failures.get(identifier, []) if at > now - WINDOW_SECONDS]
    sentinel.failures[identifier] = [*recent, now]
    if len(recent) + 1 < policy.get("maxAttempts", ATTEMPTS):
        return False
    sentinel.locked_until[identifier] = now + lockout_minutes(state) * 60
    return True


def lockout_minutes(state: State) -> int:
    policy = state.sign_in_experience.get("sentinelPolicy") or {}
    return int(policy.get("lockoutDuration", LOCKOUT_MINUTES))
