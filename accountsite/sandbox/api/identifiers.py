"""Which username, email and phone are taken, and what counts as the same one (docs/logto.md 2.3)."""

from __future__ import annotations

import phonenumbers

from accountsite.sandbox.api.errors import ApiError
from accountsite.sandbox.state import Json, State

TAKEN = {
    "username": ("user.username_already_in_use", "This username is already in use."),
    "primaryEmail": ("user.email_already_in_use", "This email is associated with an existing account."),
    "primaryPhone": ("user.phone_already_in_use", "This phone number is associated with an existing account."),
}


def refuse_taken(state: State, wanted: Json, *, except_id: str | None) -> None:
    """ApiError 422 when another user has one of the wanted identifiers, or the phone number makes no sense."""
    for key, (code, message) in TAKEN.items():
        value = wanted.get(key)
        if not value:
            continue
        same = _normalized(state, key, value)
        others = (person.user[key] for person in state.people.values() if person.id != except_id)
        if any(other and _normalized(state, key, other) == same for other in others):
            raise ApiError(422, code, message)


def _normalized(state: State, key: str, value: str) -> str:
    if key == "primaryPhone":
        return _phone(value)
    if key == "username" and state.sign_in_experience["usernamePolicy"]["caseSensitive"]:
        return value
    return value.lower()


def _phone(digits: str) -> str:
    """The number without the zero that some countries dial inside. ApiError 422 `user.invalid_phone`."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException as error:
        raise ApiError(422, "user.invalid_phone", "Invalid phone number.", data={"name": "ParseError"}) from error
    return f"{number.country_code}{number.national_number}"
