"""Stops what support is going to do."""

from __future__ import annotations

from settings_app.actor import Actor
from settings_app.safeguards import factor_removals, limits
from settings_app.safeguards.limits import Limit


def keep(actor: Actor) -> None:
    """The second step stays; the link in the mail does it for whoever holds it."""
    is_owner = bool(actor.application) or (
        actor.session is not None and actor.session.get("subject") == actor.account.user_id
    )
    if not is_owner:
        # guard: support-link-limited
        limits.spend(actor, Limit.UNDO)
    factor_removals.keep(actor)
