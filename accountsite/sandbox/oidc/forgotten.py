"""A forgotten password: a code to whoever it may be, and the new one. Logto's pages and its API for them share this."""

from __future__ import annotations

from accountsite.sandbox.oidc.credentials import by_identifier
from accountsite.sandbox.oidc.interactions import Interaction
from accountsite.sandbox.oidc.traces import note_reset
from accountsite.sandbox.router import Call
from accountsite.sandbox.state import Message, Person, hash_password


def send_code(call: Call, interaction: Interaction, identifier: str) -> None:
    """To an address of somebody's; for any other it looks the same, as in Logto."""
    interaction.mailed_code = call.state.new_code()
    interaction.reset_identifier = identifier
    if by_identifier(call.state, identifier) is not None:
        kind = "email" if "@" in identifier else "sms"
        text = f"Your code to set a new password is {interaction.mailed_code}."
        call.state.inbox.append(Message(kind, identifier, interaction.mailed_code, text, call.state.now()))


def set_password(call: Call, interaction: Interaction, person: Person, password: str) -> None:
    person.password_hash = hash_password(password)
    person.plain_password = password
    person.password_is_expired = False
    interaction.mailed_code = ""
    note_reset(call, interaction, person)
