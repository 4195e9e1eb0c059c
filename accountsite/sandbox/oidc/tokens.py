"""Codes and opaque tokens that are outstanding. JWTs are kept nowhere; they carry themselves."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field

from accountsite.sandbox.state import State

CODE_SECONDS = 60
ACCESS_TOKEN_SECONDS = 3600
REFRESH_TOKEN_SECONDS = 14 * 24 * 3600
REUSE_TOLERANCE_SECONDS = 3


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """What every code and token of a person remembers of the sign-in it came from."""

    client_id: str
    user_id: str
    scope: str
    grant_id: str
    session_uid: str
    sid: str
    asked_scope: str = ""  # as asked, for scopes of API resources
    resources: tuple[str, ...] = ()  # indicators named in the authorization request
    nonce: str | None = None
    auth_time: int | None = None

    @property
    def offline(self) -> bool:
        return "offline_access" in self.scope.split()


@dataclass
class Outstanding:
    """A code or token: its value, where it came from, and until when it is good (seconds since 1970)."""

    value: str
    sign_in: SignIn
    expires_at: float

    @property
    def user_id(self) -> str:
        return self.sign_in.user_id

    def get_scope(self) -> str:
        return self.sign_in.scope


@dataclass
class Code(Outstanding):
    """An authorization code with what the token request must repeat."""

    redirect_uri: str = ""
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    used: bool = False

    def get_redirect_uri(self) -> str:
        return self.redirect_uri


@dataclass
class AccessToken(Outstanding):
    """An opaque access token: good for userinfo and the Account API, never for the Management API."""


@dataclass
class RefreshToken(Outstanding):
    """A refresh token; `rotated_at` is when another one took its place."""

    issued_at: float = 0.0
    rotated_at: float | None = None


@dataclass
class Tokens:
    """Everything outstanding in one tenant, by its value."""

    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, AccessToken] = field(default_factory=dict)
    refresh: dict[str, RefreshToken] = field(default_factory=dict)

    def add_access(self, sign_in: SignIn, now: float) -> str:
        value = secrets.token_urlsafe(32)
        self.access[value] = AccessToken(value, sign_in, now + ACCESS_TOKEN_SECONDS)
        return value

    def add_refresh(self, sign_in: SignIn, now: float) -> str:
        value = secrets.token_urlsafe(32)
        self.refresh[value] = RefreshToken(value, sign_in, now + REFRESH_TOKEN_SECONDS, issued_at=now)
        return value

    def revoke(self, *, grant_ids: Collection[str] = (), user_id: str | None = None) -> None:
        """Drops everything issued under these grants, and everything issued to this person."""

        def stays(item: Outstanding) -> bool:
            return item.sign_in.grant_id not in grant_ids and item.user_id != user_id

        self.codes = {value: item for value, item in self.codes.items() if stays(item)}
        self.access = {value: item for value, item in self.access.items() if stays(item)}
        self.refresh = {value: item for value, item in self.refresh.items() if stays(item)}


def alive(item: Outstanding, state: State) -> bool:
    """Whether a code or token still counts (docs/logto.md 8.1): it dies with its grant, with the person, and, unless it
    came with `offline_access`, with its session."""
    person = state.people.get(item.user_id)
    return (
        item.expires_at > state.now()
        and item.sign_in.grant_id in state.grants
        and (item.sign_in.offline or item.sign_in.session_uid in state.sessions)
        and person is not None
        and not person.user.get("isSuspended")
    )
