"""What can be done about the username."""

from __future__ import annotations

from settings_app.actor import Actor
from settings_app.safeguards import limits
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.ways_in import removing, without_identifier


def change_username(actor: Actor, username: str) -> None:
    # guard: username-tries-limited
    limits.spend(actor, Limit.USERNAME)
    actor.account.change_username(username)


def remove_username(actor: Actor) -> None:
    with removing(actor, without_identifier("username")):
        actor.account.remove_username()
