"""Organizations a user belongs to, and leaving one (docs/logto.md 10)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import not_exists_with_id, not_found
from accountsite.sandbox.api.paging import optional_page_answer, page_answer
from accountsite.sandbox.api.users import find_person
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, State
from accountsite.sandbox.web import Answer

routes = Router()


@routes.get("/api/users/{user_id}/organizations")
def list_of_user(call: Call) -> Answer:
    person = find_person(call.state, call.names["user_id"])
    joined = [key for key, members in call.state.memberships.items() if person.id in members]
    shown = [call.state.organizations[key] | _roles(call.state, key, person.id) for key in joined]
    return Answer.json(200, shown)


@routes.get("/api/organizations/{organization_id}")
def read(call: Call) -> Answer:
    return Answer.json(200, _find(call.state, call.names["organization_id"]))


@routes.get("/api/organizations/{organization_id}/users")
def list_members(call: Call) -> Answer:
    key = _find(call.state, call.names["organization_id"])["id"]
    members = call.state.memberships[key]
    return page_answer(call, [call.state.people[each].user | _roles(call.state, key, each) for each in members])


@routes.delete("/api/organizations/{organization_id}/users/{user_id}")
def leave(call: Call) -> Answer:
    key, user_id = call.names["organization_id"], call.names["user_id"]
    if call.state.memberships.get(key, {}).pop(user_id, None) is None:
        raise not_found()
    for (application_id, owner), organization_ids in call.state.consent_organizations.items():
        if owner == user_id and key in organization_ids:
            call.state.consent_organizations[application_id, owner] = [each for each in organization_ids if each != key]
    return Answer(204)


@routes.get("/api/organization-scopes")
def list_scopes(call: Call) -> Answer:
    wanted = (call.param("q") or "").lower()
    scopes = [scope for scope in call.state.organization_scopes.values() if wanted in scope["name"].lower()]
    return optional_page_answer(call, scopes)


def _find(state: State, organization_id: str) -> Json:
    if organization_id not in state.organizations:
        raise not_exists_with_id("organizations", organization_id)
    return state.organizations[organization_id]


def _roles(state: State, organization_id: str, user_id: str) -> Json:
    role_ids = state.memberships[organization_id][user_id]
    return {"organizationRoles": [state.organization_roles[role_id] for role_id in role_ids]}
