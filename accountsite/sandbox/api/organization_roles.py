"""The roles people have in organizations, and what each permits (docs/logto.md 10)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError, missing_reference, not_exists_with_id, not_found
from accountsite.sandbox.api.guards import Choice, ListOf, Nullable, Optional, Record, Text, read_body
from accountsite.sandbox.api.organizations import DESCRIPTION, NAME
from accountsite.sandbox.api.paging import optional_page_answer, page_answer
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import TENANT_ID, Json, State
from accountsite.sandbox.web import Answer

routes = Router()

NEW_ROLE = Record(
    {
        "name": NAME,
        "description": DESCRIPTION,
        "type": Optional(Choice(("User", "MachineToMachine"))),
        "organizationScopeIds": ListOf(Text()),
        "resourceScopeIds": ListOf(Text()),
    }
)


@routes.get("/api/organization-scopes")
def list_scopes(call: Call) -> Answer:
    wanted = (call.param("q") or "").lower()
    scopes = [scope for scope in call.state.organization_scopes.values() if wanted in scope["name"].lower()]
    return optional_page_answer(call, scopes)


@routes.post("/api/organization-scopes")
def create_scope(call: Call) -> Answer:
    wanted = read_body(Record({"name": NAME, "description": Optional(Nullable(Text()))}), call.body)
    _refuse_taken(call.state.organization_scopes, wanted["name"])
    return Answer.json(201, add_scope(call.state, call.state.new_id(21), **wanted))


@routes.delete("/api/organization-scopes/{id}")
def delete_scope(call: Call) -> Answer:
    state, scope_id = call.state, call.names["id"]
    if state.organization_scopes.pop(scope_id, None) is None:
        raise not_found()
    for role_id, held in state.organization_role_scope_ids.items():
        state.organization_role_scope_ids[role_id] = [each for each in held if each != scope_id]
    for listed in state.consent_scopes.values():
        listed["organizationScopeIds"] = [each for each in listed["organizationScopeIds"] if each != scope_id]
    return Answer(204)


@routes.get("/api/organization-roles")
def list_roles(call: Call) -> Answer:
    """In pages, each with what it permits; one role alone is shown without."""
    wanted = (call.param("q") or "").lower()
    roles = [each for each in call.state.organization_roles.values() if wanted in each["name"].lower()]
    return page_answer(call, [role | _permitted(call.state, role["id"]) for role in roles])


@routes.post("/api/organization-roles")
def create_role(call: Call) -> Answer:
    wanted = read_body(NEW_ROLE, call.body)
    scope_ids, resource_ids = wanted.pop("organizationScopeIds"), wanted.pop("resourceScopeIds")
    state = call.state
    if not set(scope_ids) <= set(state.organization_scopes) or not set(resource_ids) <= set(_resource_scopes(state)):
        raise missing_reference(422)
    _refuse_taken(state.organization_roles, wanted["name"])
    role = add_role(state, state.new_id(21), scope_ids=scope_ids, resource_scope_ids=resource_ids, **wanted)
    return Answer.json(201, role)


@routes.get("/api/organization-roles/{id}")
def read_role(call: Call) -> Answer:
    return Answer.json(200, _find_role(call))


@routes.delete("/api/organization-roles/{id}")
def delete_role(call: Call) -> Answer:
    state, role_id = call.state, call.names["id"]
    if state.organization_roles.pop(role_id, None) is None:
        raise not_found()
    for members in state.memberships.values():
        for user_id, held in members.items():
            members[user_id] = [each for each in held if each != role_id]
    for invitation in state.invitations.values():
        invitation["organizationRoles"] = [each for each in invitation["organizationRoles"] if each != role_id]
    return Answer(204)


@routes.get("/api/organization-roles/{id}/scopes")
def list_scopes_of_role(call: Call) -> Answer:
    held = call.state.organization_role_scope_ids[_find_role(call)["id"]]
    return page_answer(call, [call.state.organization_scopes[each] for each in held])


@routes.get("/api/organization-roles/{id}/resource-scopes")
def list_resource_scopes_of_role(call: Call) -> Answer:
    scopes = _resource_scopes(call.state)
    held = call.state.organization_role_resource_scope_ids[_find_role(call)["id"]]
    return page_answer(call, [scopes[each] for each in held if each in scopes])


def add_scope(state: State, scope_id: str, name: str, description: str | None = None) -> Json:
    scope = {"tenantId": TENANT_ID, "id": scope_id, "name": name, "description": description}
    state.organization_scopes[scope_id] = scope
    return scope


def add_role(
    state: State,
    role_id: str,
    name: str,
    description: str | None = None,
    *,
    type: str = "User",  # noqa: A002  Logto's name
    scope_ids: list[str],
    resource_scope_ids: list[str],
) -> Json:
    role = {"tenantId": TENANT_ID, "id": role_id, "name": name, "description": description, "type": type}
    state.organization_roles[role_id] = role
    state.organization_role_scope_ids[role_id] = scope_ids
    state.organization_role_resource_scope_ids[role_id] = resource_scope_ids
    return role


def _permitted(state: State, role_id: str) -> Json:
    scopes = [state.organization_scopes[each] for each in state.organization_role_scope_ids[role_id]]
    known = _resource_scopes(state)
    resource_scopes = [known[each] for each in state.organization_role_resource_scope_ids[role_id] if each in known]
    return {
        "scopes": [{key: scope[key] for key in ("id", "name")} for scope in scopes],
        "resourceScopes": [
            {
                "id": scope["id"],
                "name": scope["name"],
                "resource": {key: state.resources[scope["resourceId"]][key] for key in ("id", "name")},
            }
            for scope in resource_scopes
        ],
    }


def _resource_scopes(state: State) -> dict[str, Json]:
    return {scope["id"]: scope for resource in state.resources.values() for scope in resource["scopes"]}


def _find_role(call: Call) -> Json:
    role_id = call.names["id"]
    if role_id not in call.state.organization_roles:
        raise not_exists_with_id("organization_roles", role_id)
    return call.state.organization_roles[role_id]


def _refuse_taken(named: dict[str, Json], name: str) -> None:
    if any(each["name"] == name for each in named.values()):
        message = "The entity already exists. Please check the input and try again."
        raise ApiError(422, "entity.unique_integrity_violation", message)
