"""Where a person is signed in, and what opens their account without them (docs/logto.md 8 and 12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import PlainValidator

from .reading import Moment, Record, Text, key, mapping, text


@dataclass(frozen=True)
class Authorization:
    """An application that was used in a session; `sid` is what its ID token calls the session."""

    application_id: str
    sid: str = field(default="", repr=False)


def authorizations(value: object) -> tuple[Authorization, ...]:
    """By application in the answer."""
    return tuple(Authorization(client, text(mapping(entry).get("sid"))) for client, entry in mapping(value).items())


Authorizations = Annotated[tuple[Authorization, ...], PlainValidator(authorizations)]


@dataclass(frozen=True)
class LogtoSession(Record):
    """One sign-in at Logto. The session's `jti`, which is the value of its cookie, ends here."""

    uid: Annotated[Text, key("payload", "uid")] = ""
    authorizations: Annotated[Authorizations, key("payload", "authorizations")] = ()

    def is_of(self, application_id: str, sid: str) -> bool:
        """Whether this is the session in which `application_id` was given an ID token with this `sid`."""
        known = {entry.sid for entry in self.authorizations if entry.application_id == application_id}
        return bool(sid) and sid in known


@dataclass(frozen=True)
class Grant(Record):
    """What one application was allowed in one session."""

    id: Text = ""


@dataclass(frozen=True)
class PersonalAccessToken(Record):
    """A token that stands for the person; its secret, which Logto gives each time, ends here."""

    name: Text = ""
    created_at: Annotated[Moment, key("createdAt")] = None
