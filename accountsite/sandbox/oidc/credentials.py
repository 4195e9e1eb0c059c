"""Checking what a person types to sign in, with the lockout around it (docs/logto.md 0.6)."""

from __future__ import annotations

from accountsite.sandbox.oidc.sentinel import is_locked, note_failure
from accountsite.sandbox.router import Call
from accountsite.sandbox.state import Json, Person, State, password_is_right

WRONG = "session.invalid_credentials"
BLOCKED = "session.verification_blocked_too_many_attempts"


def check_password(call: Call, identifier: str, password: str) -> tuple[Person | None, str | None]:
    """The person whose password this is, or the code of the refusal."""
    state = call.state
    if is_locked(state, identifier):
        return None, BLOCKED
    call.logto.spend_time_on_password()
    person = by_identifier(state, identifier)
    if person is None or person.password_hash is None or not password_is_right(person, password):
        return None, BLOCKED if note_failure(state, identifier) else WRONG
    return person, None


def by_identifier(state: State, identifier: str) -> Person | None:
    """The person whose username, email or phone this is. Phone numbers may be typed with plus sign and spaces."""
    digits = "".join(character for character in identifier if character.isdigit())
    for person in state.people.values():
        user = person.user
        email = (user["primaryEmail"] or "").lower()
        if identifier in (user["username"], person.id) or (email and email == identifier.lower()):
            return person
        if digits and user["primaryPhone"] == digits:
            return person
    return None


def identifier_of(state: State, typed: str) -> Json:
    """What was typed, as the log and the session name it."""
    if "@" in typed:
        return {"type": "email", "value": typed}
    person = by_identifier(state, typed)
    is_phone = typed.lstrip("+").replace(" ", "").isdigit() and (person is None or person.user["username"] != typed)
    return {"type": "phone" if is_phone else "username", "value": typed}
