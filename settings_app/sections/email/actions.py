"""What can be done about the email: send a code to a new one, take that code, remove it."""

from __future__ import annotations

from settings_app.actor import Actor
from settings_app.safeguards import pending
from settings_app.safeguards.pending import Kind, Purpose
from settings_app.safeguards.ways_in import removing, without_identifier


def send_code(actor: Actor, email: str) -> None:
    """Sends a code to a new email, which waits for it."""
    pending.send(actor, Purpose.EMAIL, Kind.EMAIL, email)


def change_email(actor: Actor, code: str) -> None:
    """Writes the email that `code` proves."""
    with pending.proven(actor, Purpose.EMAIL, code) as email:
        actor.account.change_email(email)


def remove_email(actor: Actor) -> None:
    with removing(actor, without_identifier("email")):
        actor.account.remove_email()
