"""What can be done about the phone number: send a code to a new one, take that code, remove it."""

from __future__ import annotations

from settings_app.actor import Actor
from settings_app.safeguards import pending
from settings_app.safeguards.pending import Kind, Purpose
from settings_app.safeguards.ways_in import removing, without_identifier


def send_code(actor: Actor, phone: str) -> None:
    """Sends a code to a new phone number, which waits for it."""
    pending.send(actor, Purpose.PHONE, Kind.PHONE, phone)


def change_phone(actor: Actor, code: str) -> None:
    """Writes the phone number that `code` proves."""
    with pending.proven(actor, Purpose.PHONE, code) as phone:
        actor.account.change_phone(phone)


def remove_phone(actor: Actor) -> None:
    with removing(actor, without_identifier("phone")):
        actor.account.remove_phone()
