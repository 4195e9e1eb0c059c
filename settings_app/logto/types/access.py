"""Where a person is signed in, and what opens their account without them (docs/logto.md 8 and 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import PlainValidator

from .reading import InternetAddress, Moment, Record, SecondsMoment, Text, key, mapping, text


@dataclass(frozen=True)
class Authorization:
    """An application that was used in a session; `sid` is what its ID token calls the session."""

    application_id: str
    sid: str = field(default="", repr=False)
    grant_id: str = ""


def authorizations(value: object) -> tuple[Authorization, ...]:
    """By application in the answer."""
    found = ((client, mapping(entry)) for client, entry in mapping(value).items())
    return tuple(Authorization(client, text(entry.get("sid")), text(entry.get("grantId"))) for client, entry in found)


Authorizations = Annotated[tuple[Authorization, ...], PlainValidator(authorizations)]
Given = Annotated[bool, PlainValidator(lambda value: isinstance(value, dict))]


@dataclass(frozen=True)
class LogtoSession(Record):
    """One sign-in at Logto. The session's `jti`, which is the value of its cookie, ends here.

    Address, user agent and place are those of the sign-in, where Logto was told them; `application_id` is the app
    through which it was last signed in.
    """

    uid: Annotated[Text, key("payload", "uid")] = ""
    authorizations: Annotated[Authorizations, key("payload", "authorizations")] = ()
    is_finished: Annotated[Given, key("lastSubmission")] = False
    signed_in_at: Annotated[SecondsMoment, key("payload", "loginTs")] = None
    expires_at: Annotated[Moment, key("expiresAt")] = None
    application_id: Annotated[Text, key("clientId")] = ""
    address: Annotated[InternetAddress, key("lastSubmission", "signInContext", "ip")] = ""
    user_agent: Annotated[Text, key("lastSubmission", "signInContext", "userAgent")] = ""
    city: Annotated[Text, key("lastSubmission", "signInContext", "city")] = ""
    country: Annotated[Text, key("lastSubmission", "signInContext", "country")] = ""

    @property
    def is_dead(self) -> bool:
        """Its last app lost its access, which gave it another cookie: no browser holds it (docs/logto.md 8.2)."""
        return self.is_finished and not self.authorizations

    @property
    def sids(self) -> tuple[str, ...]:
        """What the ID tokens that were given in it call it; empty ones left out."""
        return tuple(entry.sid for entry in self.authorizations if entry.sid)

    @property
    def application_ids(self) -> set[str]:
        """Every app that is used in it."""
        return {entry.application_id for entry in self.authorizations}

    def is_of(self, application_id: str, sid: str) -> bool:
        """Whether this is the session in which `application_id` was given an ID token with this `sid`."""
        return bool(sid) and any(one.sid == sid and one.application_id == application_id for one in self.authorizations)


def words(value: object) -> tuple[str, ...]:
    """The scopes of a list that OAuth writes as one text (RFC 6749 section 3.3), each once."""
    return tuple(dict.fromkeys(text(value).split()))


Scopes = Annotated[tuple[str, ...], PlainValidator(words)]
ScopesByResource = Annotated[
    Mapping[str, tuple[str, ...]],
    PlainValidator(lambda value: {str(name): words(scopes) for name, scopes in mapping(value).items()}),
]


@dataclass(frozen=True)
class Grant(Record):
    """What one application was allowed in one session. `resources` has the scopes for each API by its indicator."""

    id: Text = ""
    application_id: Annotated[Text, key("payload", "clientId")] = ""
    application_name: Annotated[Text, key("application", "name")] = ""
    scopes: Annotated[Scopes, key("payload", "openid", "scope")] = ()
    resources: Annotated[ScopesByResource, key("payload", "resources")] = field(default_factory=dict)
    given_at: Annotated[SecondsMoment, key("payload", "iat")] = None
    expires_at: Annotated[Moment, key("expiresAt")] = None


@dataclass(frozen=True)
class PersonalAccessToken(Record):
    """A token that stands for the person; its secret, which Logto gives each time, ends here."""

    name: Text = ""
    created_at: Annotated[Moment, key("createdAt")] = None
    expires_at: Annotated[Moment, key("expiresAt")] = None
