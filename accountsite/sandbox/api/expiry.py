"""Times until which something is good: tokens, secrets, invitations."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError
from accountsite.sandbox.api.guards import Number
from accountsite.sandbox.state import State

EXPIRES_AT = Number()


def refuse_past(state: State, expires_at: float | None) -> None:
    """ApiError 400 `request.invalid_input` unless the time, in milliseconds, is still to come."""
    if expires_at is not None and expires_at <= state.now_ms:
        message = "Input is invalid. The value of `expiresAt` must be in the future."
        raise ApiError(400, "request.invalid_input", message)
