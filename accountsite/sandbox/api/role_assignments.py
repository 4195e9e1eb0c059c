"""Who has which role: people, and machine applications (docs/logto.md 11.1)."""

from __future__ import annotations

from accountsite.sandbox.api.applications import find_application
from accountsite.sandbox.api.errors import ApiError, not_found
from accountsite.sandbox.api.guards import ListOf, Record, Text, read_body
from accountsite.sandbox.api.paging import optional_page_answer, page_answer
from accountsite.sandbox.api.roles import find_role
from accountsite.sandbox.api.search import NAMED_FIELDS, USER_FIELDS, search
from accountsite.sandbox.api.users import find_person, show_user
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import State
from accountsite.sandbox.web import Answer

routes = Router()

ROLE_IDS = Record({"roleIds": ListOf(Text(minimum=1))})


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


@routes.get("/api/roles/{role_id}/users")
def list_people(call: Call) -> Answer:
    role_id = find_role(call.state, call.names["role_id"])["id"]
    people = [show_user(each) for each in reversed(call.state.people.values()) if role_id in each.role_ids]
    return page_answer(call, search(people, call.request.params, USER_FIELDS))


@routes.get("/api/applications/{application_id}/roles")
def list_of_application(call: Call) -> Answer:
    application_id = find_application(call.state, call.names["application_id"])["id"]
    roles = [call.state.roles[role_id] for role_id in call.state.application_roles.get(application_id, [])]
    return optional_page_answer(call, search(roles, call.request.params, NAMED_FIELDS))


@routes.post("/api/applications/{application_id}/roles")
def add_to_application(call: Call) -> Answer:
    role_ids = _wanted_roles(call)
    application = find_application(call.state, call.names["application_id"])
    if application["type"] != "MachineToMachine":
        message = "Only machine-to-machine applications can have roles."
        raise ApiError(422, "application.invalid_type", message)
    for role_id in role_ids:
        if find_role(call.state, role_id)["type"] != "MachineToMachine":
            message = "Only machine-to-machine role can be assigned to application."
            raise ApiError(422, "application.invalid_role_type", message)
    held = call.state.application_roles.get(application["id"], [])
    added = [role_id for role_id in role_ids if role_id not in held]
    call.state.application_roles[application["id"]] = [*held, *added]
    return Answer.json(201, {"roleIds": role_ids, "addedRoleIds": added})


def _wanted_roles(call: Call) -> list[str]:
    role_ids: list[str] = read_body(ROLE_IDS, call.body)["roleIds"]
    return role_ids


def _check_user_roles(state: State, role_ids: list[str]) -> None:
    for role_id in role_ids:
        if find_role(state, role_id)["type"] != "User":
            message = "Invalid role type, can not assign machine-to-machine role to user."
            raise ApiError(422, "user.invalid_role_type", message)
