"""Where a person is signed in, and what they allowed applications to do (docs/logto.md 8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .reading import mapping, moment, text


@dataclass(frozen=True)
class Authorization:
    """An application that was used in a session; `sid` is what its ID token calls the session."""

    application_id: str
    sid: str = field(default="", repr=False)
    grant_id: str = ""


@dataclass(frozen=True)
class LogtoSession:
    """One sign-in at Logto. The session's `jti`, which is the value of its cookie, ends here."""

    uid: str
    application_id: str = ""
    authorizations: tuple[Authorization, ...] = ()
    signed_in_at: datetime | None = None
    expires_at: datetime | None = None
    ip: str = ""
    user_agent: str = ""
    country: str = ""
    city: str = ""

    @classmethod
    def from_api(cls, source: object) -> LogtoSession:
        stored = mapping(source)
        payload = mapping(stored.get("payload"))
        context = mapping(mapping(stored.get("lastSubmission")).get("signInContext"))
        authorizations = (
            Authorization(client, text(mapping(entry).get("sid")), text(mapping(entry).get("grantId")))
            for client, entry in mapping(payload.get("authorizations")).items()
        )
        return cls(
            uid=text(payload.get("uid")),
            application_id=text(stored.get("clientId")),
            authorizations=tuple(authorizations),
            signed_in_at=moment(payload.get("loginTs"), per_second=1) or moment(payload.get("iat"), per_second=1),
            expires_at=moment(stored.get("expiresAt")),
            ip=text(context.get("ip")),
            user_agent=text(context.get("userAgent")),
            country=text(context.get("country")),
            city=text(context.get("city")),
        )

    def is_of(self, application_id: str, sid: str) -> bool:
        """Whether this is the session in which `application_id` was given an ID token with this `sid`."""
        known = {entry.sid for entry in self.authorizations if entry.application_id == application_id}
        return bool(sid) and sid in known


@dataclass(frozen=True)
class Grant:
    """What one application was allowed in one session; an application may hold several."""

    id: str
    application_id: str = ""
    application_name: str = ""
    scopes: tuple[str, ...] = ()
    created_at: datetime | None = None
    expires_at: datetime | None = None

    @classmethod
    def from_api(cls, source: object) -> Grant:
        stored = mapping(source)
        payload = mapping(stored.get("payload"))
        application = mapping(stored.get("application"))
        return cls(
            id=text(stored.get("id")),
            application_id=text(payload.get("clientId")) or text(application.get("id")),
            application_name=text(application.get("name")),
            scopes=tuple(text(mapping(payload.get("openid")).get("scope")).split()),
            created_at=moment(payload.get("iat"), per_second=1),
            expires_at=moment(stored.get("expiresAt")),
        )
