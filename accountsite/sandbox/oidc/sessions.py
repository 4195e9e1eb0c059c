"""The browser's Logto session: cookie, sign-in, sign-out, and the grants made in it (docs/logto.md 8)."""

from __future__ import annotations

from collections.abc import Sequence

from accountsite.sandbox.oidc.tokens import Tokens
from accountsite.sandbox.state import CALLER, GRANT_SECONDS, SESSION_SECONDS, Grant, Json, Person, Session, State
from accountsite.sandbox.web import Request

SESSION_COOKIE = "sandbox_session"
INTERACTION_COOKIE = "sandbox_interaction"


def browser_session(state: State, request: Request) -> Session | None:
    """The session this browser holds. Its cookie is the session's `jti`."""
    jti = request.cookies.get(SESSION_COOKIE)
    for session in state.sessions.values():
        if jti and session.payload["jti"] == jti:
            person = state.people.get(session.account_id)
            is_good = session.payload["exp"] > state.now() and person is not None and not person.user["isSuspended"]
            return session if is_good else None
    return None


def set_cookie(name: str, value: str) -> tuple[str, str]:
    return "set-cookie", f"{name}={value}; Path=/; HttpOnly; SameSite=Lax"


def drop_cookie(name: str) -> tuple[str, str]:
    return "set-cookie", f"{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"


def sign_in(
    state: State, person: Person, *, previous: Session | None, client_id: str, records: Sequence[Json], request: Request
) -> Session:
    """A session for this person; `previous`, one of their own, is renewed (docs/logto.md 15.3)."""
    now = int(state.now())
    kept = previous.payload if previous else {"uid": state.new_secret(21), "authorizations": {}}
    payload: Json = {
        "exp": now + SESSION_SECONDS,
        "iat": now,
        "jti": state.new_secret(43),
        "uid": kept["uid"],
        "kind": "Session",
        "loginTs": now,
        "accountId": person.id,
        "authorizations": kept.get("authorizations", {}),
    }
    context = {"ip": CALLER, "userAgent": request.headers.get("user-agent")}
    submission: Json = {
        "interactionEvent": "SignIn",
        "userId": person.id,
        "verificationRecords": list(records),
        "signInContext": {name: value for name, value in context.items() if value},
    }
    session = Session(payload, submission, client_id)
    state.sessions[session.uid] = session
    person.user["lastSignInAt"] = state.now_ms
    return session


def grant_of(state: State, session: Session, client_id: str) -> Grant | None:
    """The grant this application has in this session."""
    grant_id = session.payload["authorizations"].get(client_id, {}).get("grantId")
    return state.grants.get(grant_id) if grant_id else None


def make_grant(state: State, session: Session, client_id: str, scope: str, resources: dict[str, str]) -> Grant:
    """Adds to what the application was granted in this session, or grants it for the first time."""
    now = int(state.now())
    existing = grant_of(state, session, client_id)
    grant = existing or Grant(
        state.new_secret(43),
        {"jti": state.new_secret(43), "kind": "Grant", "clientId": client_id, "accountId": session.account_id},
        session.uid,
    )
    before = grant.payload.get("openid", {}).get("scope", "").split()
    grant.payload |= {"exp": now + GRANT_SECONDS, "iat": now}
    grant.payload["openid"] = {"scope": " ".join(dict.fromkeys([*before, *scope.split()]))}
    if resources:
        grant.payload["resources"] = grant.payload.get("resources", {}) | resources
    state.grants[grant.id] = grant
    authorization = session.payload["authorizations"].setdefault(client_id, {"sid": state.new_secret(21)})
    authorization["grantId"] = grant.id
    if "offline_access" in grant.payload["openid"]["scope"].split():
        authorization["persistsLogout"] = True
    return grant


def end_session(state: State, session: Session) -> None:
    """Ends a session at the end-session endpoint: grants without `offline_access` go, the others stay (15.3)."""
    state.sessions.pop(session.uid, None)
    for authorization in session.payload["authorizations"].values():
        grant = state.grants.get(authorization.get("grantId"))
        if grant is not None and "offline_access" not in grant.payload["openid"]["scope"].split():
            del state.grants[grant.id]
            state.part(Tokens).revoke(grant_ids=[grant.id])
