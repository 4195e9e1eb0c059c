"""Roles of users and of machine applications (docs/logto.md 11.1)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError, not_exists_with_id, not_found
from accountsite.sandbox.api.guards import ListOf, Record, Text, read_body
from accountsite.sandbox.api.paging import optional_page_answer, page_answer
from accountsite.sandbox.api.search import NAMED_FIELDS, search
from accountsite.sandbox.api.users import find_person
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, State
from accountsite.sandbox.web import Answer

routes = Router()

ROLE_IDS = Record({"roleIds": ListOf(Text(minimum=1))})


@routes.get("/api/roles")
def list_roles(call: Call) -> Answer:
    kind = call.param("type")
    roles = [_with_counts(call.state, role) for role in call.state.roles.values() if kind in (None, role["type"])]
    return page_answer(call, search(roles, call.request.params, NAMED_FIELDS))


@routes.get("/api/roles/{role_id}")
def read(call: Call) -> Answer:
    return Answer.json(200, _find_role(call.state, call.names["role_id"]))


@routes.get("/api/roles/{role_id}/scopes")
def list_scopes(call: Call) -> Answer:
    role = _find_role(call.state, call.names["role_id"])
    scopes = [
        scope | {"resource": {key: value for key, value in resource.items() if key != "scopes"}}
        for resource in call.state.resources.values()
        for scope in resource["scopes"]
        if scope["id"] in call.state.role_scope_ids[role["id"]]
    ]
    return optional_page_answer(call, scopes)


@routes.get("/api/users/{user_id}/roles")
def list_of_user(call: Call) -> Answer:
    person = find_person(call.state, call.names["user_id"])
    roles = [call.state.roles[role_id] for role_id in reversed(person.role_ids)]
    return page_answer(call, search(roles, call.request.params, NAMED_FIELDS))


@routes.post("/api/users/{user_id}/roles")
def add_to_user(call: Call) -> Answer:
    role_ids = _wanted_roles(call)
    person = find_person(call.state, call.names["user_id"])
    _check_user_roles(call.state, role_ids)
    added = [role_id for role_id in role_ids if role_id not in person.role_ids]
    person.role_ids = [*person.role_ids, *added]
    return Answer.json(201, {"roleIds": role_ids, "addedRoleIds": added})


@routes.put("/api/users/{user_id}/roles")
def replace_of_user(call: Call) -> Answer:
    role_ids = _wanted_roles(call)
    person = find_person(call.state, call.names["user_id"])
    _check_user_roles(call.state, role_ids)
    person.role_ids = list(role_ids)
    return Answer.json(200, {"roleIds": role_ids})


@routes.delete("/api/users/{user_id}/roles/{role_id}")
def remove_from_user(call: Call) -> Answer:
    person, role_id = find_person(call.state, call.names["user_id"]), call.names["role_id"]
    if role_id not in person.role_ids:
        raise not_found()
    person.role_ids = [each for each in person.role_ids if each != role_id]
    return Answer(204)


@routes.get("/api/applications/{application_id}/roles")
def list_of_application(call: Call) -> Answer:
    application_id = call.names["application_id"]
    if application_id not in call.state.applications:
        raise not_exists_with_id("applications", application_id)
    roles = [call.state.roles[role_id] for role_id in call.state.application_roles.get(application_id, [])]
    return optional_page_answer(call, search(roles, call.request.params, NAMED_FIELDS))


def _wanted_roles(call: Call) -> list[str]:
    role_ids: list[str] = read_body(ROLE_IDS, call.body)["roleIds"]
    return role_ids


def _check_user_roles(state: State, role_ids: list[str]) -> None:
    for role_id in role_ids:
        if _find_role(state, role_id)["type"] != "User":
            message = "Invalid role type, can not assign machine-to-machine role to user."
            raise ApiError(422, "user.invalid_role_type", message)


def _find_role(state: State, role_id: str) -> Json:
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
