"""What Logto wrote down of a person, cut to what may be shown: its rows hold codes in clear (docs/logto.md 9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AliasChoices, AliasPath, Field, PlainValidator

from .reading import InternetAddress, Moment, PersonId, Record, Text, items, key, mapping, text

IN_CONTEXT = (("payload", "interaction", "signInContext"), ("payload", "signInContext"))


def in_context(name: str, *first: str) -> Any:
    """Where a fact about the browser stands: with the row itself where it can, else with the sign-in it is part of."""
    places = [AliasPath(*first)] if first else []
    return Field(validation_alias=AliasChoices(*places, *(AliasPath(*place, name) for place in IN_CONTEXT)))


def proven_kinds(value: object) -> tuple[str, ...]:
    """The kinds of what was proven in a sign-in, in that order: `Password`, `Totp`."""
    records = items(mapping(value).get("verificationRecords"))
    return tuple(text(one.get("type")) for one in records if one.get("verified") is True)


@dataclass(frozen=True)
class LogEntry(Record):
    """One row of Logto's audit log. Whatever is not named here (codes, verifiers, session ids) ends at this line.

    `error` is the code of a refusal, such as `session.mfa.invalid_totp_code`; empty where none was named.
    """

    id: Text = ""
    event: Annotated[Text, key("key")] = ""
    at: Annotated[Moment, key("createdAt")] = None
    result: Annotated[Text, key("payload", "result")] = ""
    error: Annotated[Text, key("payload", "error", "code")] = ""
    user_id: Annotated[PersonId, key("payload", "userId")] = ""
    application_id: Annotated[Text, key("payload", "applicationId")] = ""
    address: Annotated[InternetAddress, in_context("ip", "payload", "ip")] = ""
    user_agent: Annotated[Text, in_context("userAgent", "payload", "userAgent")] = ""
    city: Annotated[Text, in_context("city")] = ""
    country: Annotated[Text, in_context("country")] = ""
    proven: Annotated[tuple[str, ...], key("payload", "interaction"), PlainValidator(proven_kinds)] = ()

    @property
    def is_refused(self) -> bool:
        return self.result == "Error"


@dataclass(frozen=True)
class LogPage:
    """Some rows, newest first; whether older ones may follow."""

    entries: tuple[LogEntry, ...]
    is_last: bool
    oldest_ms: int = 0  # the moment of the last one that Logto gave
