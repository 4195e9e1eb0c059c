"""Organizations and their members (docs/logto.md 10)."""

from __future__ import annotations

from accountsite.sandbox.api.columns import stored_text
from accountsite.sandbox.api.errors import ApiError, missing_reference, not_exists_with_id, not_found
from accountsite.sandbox.api.events import announce_membership
from accountsite.sandbox.api.guards import ListOf, Nullable, Optional, Plain, Record, Text, read_body
from accountsite.sandbox.api.paging import page_answer
from accountsite.sandbox.api.search import is_true
from accountsite.sandbox.api.users import find_person
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import TENANT_ID, Json, State
from accountsite.sandbox.web import Answer

routes = Router()

DESCRIPTION = Optional(Nullable(Text(maximum=256)))
DETAILS = {
    "description": DESCRIPTION,
    "customData": Optional(Plain("object")),
    "isMfaRequired": Optional(Plain("boolean")),
    "color": Optional(Plain("object")),
    "branding": Optional(Plain("object")),
    "customCss": Optional(Nullable(Text())),
}
NAME = Text(minimum=1, maximum=128)
USER_IDS = Record({"userIds": ListOf(Text(minimum=1), minimum=1)})
ROLE_IDS = Record({"organizationRoleIds": ListOf(Text(minimum=1))})


@routes.get("/api/users/{user_id}/organizations")
def list_of_user(call: Call) -> Answer:
    person = find_person(call.state, call.names["user_id"])
    joined = [key for key, members in call.state.memberships.items() if person.id in members]
    shown = [call.state.organizations[key] | _roles(call.state, key, person.id) for key in joined]
    return Answer.json(200, shown)


@routes.get("/api/organizations")
def list_organizations(call: Call) -> Answer:
    wanted = (call.param("q") or "").lower()
    found = [each for each in call.state.organizations.values() if wanted in f"{each['id']} {each['name']}".lower()]
    if is_true(call.param("showFeatured")):
        found = [each | _featured(call.state, each["id"]) for each in found]
    return page_answer(call, found)


@routes.post("/api/organizations")
def create(call: Call) -> Answer:
    wanted = read_body(Record({"name": NAME, **DETAILS}), call.body)
    organization = add_organization(call.state, call.state.new_id(), **wanted)
    return Answer.json(201, organization)


@routes.get("/api/organizations/{id}")
def read(call: Call) -> Answer:
    return Answer.json(200, _find(call.state, call.names["id"]))


@routes.patch("/api/organizations/{id}")
def change(call: Call) -> Answer:
    wanted = read_body(Record({"name": Optional(NAME), **DETAILS}), call.body)
    organization = _find(call.state, call.names["id"])
    organization |= wanted
    return Answer.json(200, organization)


@routes.delete("/api/organizations/{id}")
def delete(call: Call) -> Answer:
    state, key = call.state, call.names["id"]
    if state.organizations.pop(key, None) is None:
        raise not_found()
    del state.memberships[key]
    state.invitations = {at: each for at, each in state.invitations.items() if each["organizationId"] != key}
    for owner, chosen in state.consent_organizations.items():
        state.consent_organizations[owner] = [each for each in chosen if each != key]
    return Answer(204)


@routes.get("/api/organizations/{id}/users")
def list_members(call: Call) -> Answer:
    key = _find(call.state, call.names["id"])["id"]
    members = call.state.memberships[key]
    return page_answer(call, [call.state.people[each].user | _roles(call.state, key, each) for each in members])


@routes.post("/api/organizations/{id}/users")
def add_members(call: Call) -> Answer:
    user_ids = read_body(USER_IDS, call.body)["userIds"]
    key = call.names["id"]
    if key not in call.state.organizations or not set(user_ids) <= set(call.state.people):
        raise missing_reference(422)
    for user_id in user_ids:
        call.state.memberships[key].setdefault(user_id, [])
    announce_membership(call, 201, key, addedUserIds=user_ids)
    return Answer.json(201, {"userIds": user_ids})


@routes.delete("/api/organizations/{id}/users/{user_id}")
def leave(call: Call) -> Answer:
    key, user_id = call.names["id"], call.names["user_id"]
    if call.state.memberships.get(key, {}).pop(user_id, None) is None:
        raise not_found()
    for (application_id, owner), organization_ids in call.state.consent_organizations.items():
        if owner == user_id and key in organization_ids:
            call.state.consent_organizations[application_id, owner] = [each for each in organization_ids if each != key]
    announce_membership(call, 204, key, removedUserIds=[user_id])
    return Answer(204)


@routes.get("/api/organizations/{id}/users/{user_id}/roles")
def list_roles_of_member(call: Call) -> Answer:
    return Answer.json(200, [call.state.organization_roles[each] for each in _member_roles(call)])


@routes.put("/api/organizations/{id}/users/{user_id}/roles")
def replace_roles_of_member(call: Call) -> Answer:
    role_ids = _wanted_roles(call)
    _member_roles(call)
    call.state.memberships[call.names["id"]][call.names["user_id"]] = role_ids
    return Answer(204)


@routes.post("/api/organizations/{id}/users/{user_id}/roles")
def add_roles_to_member(call: Call) -> Answer:
    role_ids = _wanted_roles(call)
    held = _member_roles(call)
    held.extend(each for each in role_ids if each not in held)
    return Answer.json(201, {"organizationRoleIds": role_ids})


@routes.get("/api/organizations/{id}/users/{user_id}/scopes")
def list_scopes_of_member(call: Call) -> Answer:
    state = call.state
    held = {each for role_id in _member_roles(call) for each in state.organization_role_scope_ids[role_id]}
    return Answer.json(200, [scope for key, scope in state.organization_scopes.items() if key in held])


def add_organization(state: State, organization_id: str, **details: object) -> Json:
    organization: Json = {
        "tenantId": TENANT_ID,
        "id": organization_id,
        "name": None,
        "description": None,
        "customData": {},
        "isMfaRequired": False,
        "color": {},
        "branding": {},
        "customCss": None,
        "createdAt": state.now_ms,
    }
    organization |= details
    organization["name"] = stored_text(str(organization["name"]), 128)
    state.organizations[organization_id] = organization
    state.memberships[organization_id] = {}
    return organization


def _find(state: State, organization_id: str) -> Json:
    if organization_id not in state.organizations:
        raise not_exists_with_id("organizations", organization_id)
    return state.organizations[organization_id]


def _roles(state: State, organization_id: str, user_id: str) -> Json:
    roles = [state.organization_roles[role_id] for role_id in state.memberships[organization_id][user_id]]
    return {"organizationRoles": [{key: role[key] for key in ("id", "name")} for role in roles]}


def _featured(state: State, organization_id: str) -> Json:
    people = [state.people[user_id].user for user_id in state.memberships[organization_id]]
    shown = [{key: user[key] for key in ("id", "avatar", "name")} for user in people[:3]]
    return {"usersCount": len(people), "featuredUsers": shown}


def _member_roles(call: Call) -> list[str]:
    roles = call.state.memberships.get(call.names["id"], {}).get(call.names["user_id"])
    if roles is None:
        message = "The user must be a member of the organization to proceed."
        raise ApiError(422, "organization.require_membership", message)
    return roles


def _wanted_roles(call: Call) -> list[str]:
    role_ids: list[str] = read_body(ROLE_IDS, call.body)["organizationRoleIds"]
    if not set(role_ids) <= set(call.state.organization_roles):
        raise missing_reference(422)
    return role_ids
