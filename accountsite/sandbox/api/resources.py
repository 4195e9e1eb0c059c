"""API resources and their scopes (docs/logto.md 14.5)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError, not_exists_with_id, not_found
from accountsite.sandbox.api.guards import Nullable, Number, Optional, Record, Text, read_body
from accountsite.sandbox.api.paging import optional_page_answer, page_answer
from accountsite.sandbox.api.search import NAMED_FIELDS, is_true, search
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import TENANT_ID, Json, State
from accountsite.sandbox.web import Answer

routes = Router()

NEW_RESOURCE = Record(
    {"name": Text(minimum=1), "indicator": Text(minimum=1, url=True), "accessTokenTtl": Optional(Number())}
)
NEW_SCOPE = Record({"name": Text(minimum=1, pattern=r"\S+"), "description": Optional(Nullable(Text()))})


@routes.get("/api/resources")
def list_resources(call: Call) -> Answer:
    with_scopes = is_true(call.param("includeScopes"))
    resources = call.state.resources.values()
    return optional_page_answer(call, [each if with_scopes else _without_scopes(each) for each in resources])


@routes.get("/api/resources/{resource_id}")
def read_resource(call: Call) -> Answer:
    resource = call.state.resources.get(call.names["resource_id"])
    if resource is None:
        raise not_exists_with_id("resources", call.names["resource_id"])
    return Answer.json(200, _without_scopes(resource))


@routes.get("/api/resources/{resource_id}/scopes")
def list_scopes(call: Call) -> Answer:
    """An unknown resource has an empty list, not a 404."""
    resource = call.state.resources.get(call.names["resource_id"], {"scopes": []})
    return page_answer(call, search(resource["scopes"], call.request.params, NAMED_FIELDS))


@routes.post("/api/resources")
def create_resource(call: Call) -> Answer:
    wanted = read_body(NEW_RESOURCE, call.body)
    if any(each["indicator"] == wanted["indicator"] for each in call.state.resources.values()):
        message = f"The API identifier {wanted['indicator']} is already in use"
        raise ApiError(422, "resource.resource_identifier_in_use", message)
    return Answer.json(201, add_resource(call.state, call.state.new_id(21), **wanted))


@routes.delete("/api/resources/{resource_id}")
def delete_resource(call: Call) -> Answer:
    if call.state.resources.pop(call.names["resource_id"], None) is None:
        raise not_found()
    return Answer(204)


@routes.post("/api/resources/{resource_id}/scopes")
def create_scope(call: Call) -> Answer:
    wanted = read_body(NEW_SCOPE, call.body)
    resource = call.state.resources.get(call.names["resource_id"])
    if resource is None:
        raise not_exists_with_id("resources", call.names["resource_id"])
    if any(scope["name"] == wanted["name"] for scope in resource["scopes"]):
        message = f"The scope name {wanted['name']} is already in use"
        raise ApiError(422, "scope.name_exists", message)
    scope_id = call.state.new_id(21)
    return Answer.json(201, add_resource_scope(call.state, resource["id"], scope_id, **wanted))


def add_resource(state: State, resource_id: str, name: str, indicator: str, accessTokenTtl: int = 3600) -> Json:  # noqa: N803
    resource: Json = {
        "tenantId": TENANT_ID,
        "id": resource_id,
        "name": name,
        "indicator": indicator,
        "isDefault": False,
        "accessTokenTtl": accessTokenTtl,
        "scopes": [],
    }
    state.resources[resource_id] = resource
    return resource


def add_resource_scope(
    state: State, resource_id: str, scope_id: str, name: str, description: str | None = None
) -> Json:
    scope: Json = {
        "tenantId": TENANT_ID,
        "id": scope_id,
        "resourceId": resource_id,
        "name": name,
        "description": description,
        "createdAt": state.now_ms,
    }
    state.resources[resource_id]["scopes"].append(scope)
    return scope


def _without_scopes(resource: Json) -> Json:
    return {key: value for key, value in resource.items() if key != "scopes"}
