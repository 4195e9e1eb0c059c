"""Sessions and grants of a user: where they are signed in, and what they allowed (docs/logto.md 8)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError
from accountsite.sandbox.api.guards import Choice, Optional, Record, read_query
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Grant, Json, Session, State
from accountsite.sandbox.web import Answer

routes = Router()

REVOKE = Record({"revokeGrantsTarget": Optional(Choice(("all", "firstParty")))})
APP_TYPE = Record({"appType": Optional(Choice(("firstParty", "thirdParty")))})


@routes.get("/api/users/{user_id}/sessions")
def list_sessions(call: Call) -> Answer:
    """An unknown user has an empty list, not a 404."""
    sessions = [show_session(each) for each in sessions_of(call.state, call.names["user_id"])]
    return Answer.json(200, {"sessions": sessions})


@routes.get("/api/users/{user_id}/sessions/{uid}")
def read_session(call: Call) -> Answer:
    session = call.state.sessions.get(call.names["uid"])
    if session is None or session.account_id != call.names["user_id"]:
        raise _no_session()
    return Answer.json(200, show_session(session))


@routes.delete("/api/users/{user_id}/sessions/{uid}")
def end_session(call: Call) -> Answer:
    target = read_query(REVOKE, call.request.params).get("revokeGrantsTarget")
    session = call.state.sessions.get(call.names["uid"])
    if session is None:
        raise _no_session()
    if session.account_id != call.names["user_id"]:
        raise ApiError(404, "oidc.invalid_session_account_id", "Session accountId mismatch.")
    del call.state.sessions[session.uid]
    for grant in _grants_of_session(call.state, session) if target else []:
        if target == "all" or not is_third_party(call.state, grant.client_id):
            del call.state.grants[grant.id]
    return Answer(204)


@routes.get("/api/users/{user_id}/grants")
def list_grants(call: Call) -> Answer:
    app_type = read_query(APP_TYPE, call.request.params).get("appType")
    grants = [
        show_grant(call.state, grant)
        for grant in call.state.grants.values()
        if grant.account_id == call.names["user_id"]
        and (grant.client_id in call.state.applications or grant.client_id in call.state.address_clients)
        and grant.payload["exp"] > call.state.now()
        and app_type in (None, "thirdParty" if is_third_party(call.state, grant.client_id) else "firstParty")
    ]
    return Answer.json(200, {"grants": grants})


@routes.delete("/api/users/{user_id}/grants/{grant_id}")
def revoke_grant(call: Call) -> Answer:
    grant = call.state.grants.get(call.names["grant_id"])
    if grant is None or grant.account_id != call.names["user_id"]:
        raise ApiError(404, "oidc.invalid_grant", "Grant request is invalid.")
    del call.state.grants[grant.id]
    for session in sessions_of(call.state, grant.account_id):
        if grant in _grants_of_session(call.state, session, [grant]):
            # The browser that holds this session has lost it: its cookie names the old `jti`.
            session.payload["authorizations"].pop(grant.client_id, None)
            session.payload["jti"] = call.state.new_secret(43)
    return Answer(204)


def sessions_of(state: State, user_id: str) -> list[Session]:
    """The person's sessions that have not run out, newest first."""
    found = [
        each for each in state.sessions.values() if each.account_id == user_id and each.payload["exp"] > state.now()
    ]
    return sorted(found, key=lambda session: float(session.payload["iat"]), reverse=True)


def show_session(session: Session) -> Json:
    return {
        "payload": session.payload,
        "lastSubmission": session.last_submission,
        "clientId": session.client_id,
        "accountId": session.account_id,
        "expiresAt": session.payload["exp"] * 1000,
    }


def show_grant(state: State, grant: Grant) -> Json:
    return {
        "id": grant.id,
        "payload": grant.payload,
        "expiresAt": grant.payload["exp"] * 1000,
        "application": {"id": grant.client_id, "name": _name_of(state, grant.client_id)},
    }


def is_third_party(state: State, client_id: str) -> bool:
    """Clients known by an address, which later versions have (docs/logto.md 20), are third parties too."""
    application = state.applications.get(client_id, {"isThirdParty": client_id in state.address_clients})
    return bool(application["isThirdParty"])


def _name_of(state: State, client_id: str) -> str:
    application = state.applications.get(client_id)
    return str(application["name"]) if application else state.address_clients[client_id]


def _grants_of_session(state: State, session: Session, among: list[Grant] | None = None) -> list[Grant]:
    named = {entry.get("grantId") for entry in session.payload.get("authorizations", {}).values()}
    grants = list(state.grants.values()) if among is None else among
    return [grant for grant in grants if grant.session_uid == session.uid or grant.id in named]


def _no_session() -> ApiError:
    return ApiError(404, "oidc.session_not_found", "Session not found.")
