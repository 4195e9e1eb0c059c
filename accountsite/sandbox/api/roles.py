"""Roles and what each of them permits (docs/logto.md 11.1)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError, not_exists_with_id
from accountsite.sandbox.api.guards import Choice, ListOf, Optional, Plain, Record, Text, read_body
from accountsite.sandbox.api.paging import optional_page_answer, page_answer
from accountsite.sandbox.api.search import NAMED_FIELDS, search
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import TENANT_ID, Json, State
from accountsite.sandbox.web import Answer

routes = Router()

NEW = Record(
    {
        "name": Text(minimum=1, maximum=128),
        "description": Text(minimum=1, maximum=128),
        "type": Optional(Choice(("User", "MachineToMachine"))),
        "isDefault": Optional(Plain("boolean")),
        "scopeIds": Optional(ListOf(Text(minimum=1))),
    }
)


@routes.get("/api/roles")
def list_roles(call: Call) -> Answer:
    kind = call.param("type")
    roles = [_with_counts(call.state, role) for role in call.state.roles.values() if kind in (None, role["type"])]
    return page_answer(call, search(roles, call.request.params, NAMED_FIELDS))


@routes.get("/api/roles/{role_id}")
def read(call: Call) -> Answer:
    return Answer.json(200, find_role(call.state, call.names["role_id"]))


@routes.get("/api/roles/{role_id}/scopes")
def list_scopes(call: Call) -> Answer:
    role = find_role(call.state, call.names["role_id"])
    scopes = [
        scope | {"resource": {key: value for key, value in resource.items() if key != "scopes"}}
        for resource in call.state.resources.values()
        for scope in resource["scopes"]
        if scope["id"] in call.state.role_scope_ids[role["id"]]
    ]
    return optional_page_answer(call, scopes)


@routes.post("/api/roles")
def create(call: Call) -> Answer:
    wanted = read_body(NEW, call.body)
    scope_ids = wanted.pop("scopeIds", [])
    if any(role["name"] == wanted["name"] for role in call.state.roles.values()):
        message = f"The role name {wanted['name']} is already in use"
        raise ApiError(422, "role.name_in_use", message)
    role = {
        "tenantId": TENANT_ID,
        "id": call.state.new_id(21),
        "name": wanted["name"],
        "description": wanted["description"],
        "type": wanted.get("type", "User"),
        "isDefault": wanted.get("isDefault", False),
    }
    call.state.roles[role["id"]] = role
    call.state.role_scope_ids[role["id"]] = list(scope_ids)
    return Answer.json(200, role)


@routes.post("/api/roles/{role_id}/scopes")
def add_scopes(call: Call) -> Answer:
    scope_ids = read_body(Record({"scopeIds": ListOf(Text(minimum=1), minimum=1)}), call.body)["scopeIds"]
    held = call.state.role_scope_ids[find_role(call.state, call.names["role_id"])["id"]]
    known = {scope["id"]: scope for resource in call.state.resources.values() for scope in resource["scopes"]}
    for scope_id in scope_ids:
        if scope_id not in known:
            raise not_exists_with_id("scopes", scope_id)
        if scope_id in held:
            raise ApiError(422, "role.scope_exists", f"The scope id {scope_id} has already been added to this role")
    held.extend(scope_ids)
    return Answer.json(201, [known[scope_id] for scope_id in held])


@routes.delete("/api/roles/{role_id}")
def delete(call: Call) -> Answer:
    state, role_id = call.state, find_role(call.state, call.names["role_id"])["id"]
    del state.roles[role_id], state.role_scope_ids[role_id]
    for person in state.people.values():
        person.role_ids = [each for each in person.role_ids if each != role_id]
    for application_id, held in state.application_roles.items():
        state.application_roles[application_id] = [each for each in held if each != role_id]
    return Answer(204)


def find_role(state: State, role_id: str) -> Json:
    """ApiError 404 when there is none."""
    if role_id not in state.roles:
        raise not_exists_with_id("roles", role_id)
    return state.roles[role_id]


def _with_counts(state: State, role: Json) -> Json:
    people = [person.user for person in state.people.values() if role["id"] in person.role_ids]
    applications = [key for key, role_ids in state.application_roles.items() if role["id"] in role_ids]
    return role | {
        "usersCount": len(people),
        "featuredUsers": [{key: user[key] for key in ("id", "avatar", "name")} for user in people[:3]],
        "applicationsCount": len(applications),
        "featuredApplications": [
            {key: state.applications[each][key] for key in ("id", "name", "type")} for each in applications[:3]
        ],
    }
