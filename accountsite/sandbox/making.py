"""Making people, sessions, grants and log rows: for the seed, and for tests that need one more."""

from __future__ import annotations

from typing import Any

from accountsite.sandbox.state import (
    GRANT_SECONDS,
    SESSION_SECONDS,
    Grant,
    Json,
    Person,
    Session,
    State,
    hash_password,
)

PASSWORD = "Larch-meadow-59"
SITE_APP_ID = "fernhillaccountsite01"
DAY_MS = 24 * 3600 * 1000
FIREFOX = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)


def add_person(
    state: State, handle: str, user_id: str | None = None, *, password: str | None = PASSWORD, **fields: Any
) -> Person:
    """Add an invented person. `fields` are those of the user object (docs/logto.md 2.1), the rest is empty."""
    user: Json = {
        "id": user_id or state.new_id(),
        "username": None,
        "primaryEmail": f"{handle}@people.example",
        "primaryPhone": None,
        "name": handle.capitalize(),
        "avatar": None,
        "customData": {},
        "identities": {},
        "lastSignInAt": None,
        "createdAt": state.now_ms - 400 * DAY_MS,
        "updatedAt": state.now_ms - 2 * DAY_MS,
        "profile": {},
        "applicationId": None,
        "cimdClientId": None,
        "isSuspended": False,
    }
    user |= fields
    hashed = None if password is None else hash_password(password)
    person = Person(user, handle, password_hash=hashed, plain_password=password)
    state.people[person.id] = person
    return person


def add_session(
    state: State,
    person: Person,
    *,
    client_id: str = SITE_APP_ID,
    sid: str | None = None,
    user_agent: str | None = FIREFOX,
    hours_ago: float = 0,
    ip: str | None = None,
    city: str | None = None,
    country: str | None = None,
    method: str = "Password",
    finished: bool = True,
    dead: bool = False,
) -> Session:
    """A Logto session of this person, begun `hours_ago`, in which `client_id` was signed in (docs/logto.md 8.1).

    `sid` is the claim that this application got. Without `finished` it has no `lastSubmission`. A `dead` one was
    re-keyed when its only grant was revoked: still listed, but no browser holds it any more.
    """
    began = int(state.now() - hours_ago * 3600)
    authorization = {"sid": sid or state.new_secret(21), "grantId": state.new_secret(43)}
    payload: Json = {
        "exp": began + SESSION_SECONDS,
        "iat": began,
        "jti": state.new_secret(43),
        "uid": state.new_secret(21),
        "kind": "Session",
        "loginTs": began,
        "accountId": person.id,
        "authorizations": {} if dead else {client_id: authorization},
    }
    context = {"ip": ip, "userAgent": user_agent, "city": city, "country": country}
    record: Json = {"id": state.new_id(21), "type": method, "verified": True}
    if method == "Password":
        record["identifier"] = {"type": "username", "value": person.user["username"]}
    submission: Json = {
        "interactionEvent": "SignIn",
        "userId": person.id,
        "verificationRecords": [record],
        "signInContext": {key: value for key, value in context.items() if value is not None},
    }
    session = Session(payload, submission if finished else None, client_id)
    state.sessions[session.uid] = session
    return session


def add_grant(
    state: State,
    person: Person,
    client_id: str,
    scope: str,
    *,
    days_ago: float = 0,
    resources: Json | None = None,
    session: Session | None = None,
    grant_id: str | None = None,
) -> Grant:
    """What this person allowed an application (docs/logto.md 8.2); with a `session`, in it."""
    began = int(state.now() - days_ago * 24 * 3600)
    payload: Json = {
        "exp": began + GRANT_SECONDS,
        "iat": began,
        "jti": state.new_secret(43),
        "kind": "Grant",
        "clientId": client_id,
        "accountId": person.id,
        "openid": {"scope": scope},
    }
    if resources:
        payload["resources"] = resources
    grant = Grant(grant_id or state.new_secret(43), payload, session.uid if session else None)
    state.grants[grant.id] = grant
    if session is not None:
        authorization = session.payload["authorizations"].setdefault(client_id, {"sid": state.new_secret(21)})
        authorization["grantId"] = grant.id
        if "offline_access" in scope.split():
            authorization["persistsLogout"] = True
    return grant
