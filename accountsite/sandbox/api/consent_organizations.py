"""Which of a person's organizations an application may see (docs/logto.md 14.3)."""

from __future__ import annotations

from accountsite.sandbox.api.applications import find_third_party
from accountsite.sandbox.api.errors import ApiError, BareError, not_found
from accountsite.sandbox.api.guards import ListOf, Record, Text, read_body
from accountsite.sandbox.api.paging import one_page
from accountsite.sandbox.api.users import find_person
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.web import Answer

routes = Router()

CHOSEN = "/api/applications/{id}/users/{user_id}/consent-organizations"


@routes.get(CHOSEN)
def read(call: Call) -> Answer:
    owner = _owner(call)
    organizations = [call.state.organizations[each] for each in call.state.consent_organizations.get(owner, [])]
    shown, headers = one_page(call, organizations)
    return Answer.json(200, {"organizations": shown}, *headers)


@routes.put(CHOSEN)
def replace(call: Call) -> Answer:
    """The same organization twice breaks the server."""
    wanted: list[str] = read_body(Record({"organizationIds": ListOf(Text(minimum=1))}), call.body)["organizationIds"]
    owner = _owner(call)
    _check_membership(call, wanted)
    if len(set(wanted)) < len(wanted):
        raise BareError(500, "Internal server error.")
    call.state.consent_organizations[owner] = wanted
    return Answer(204)


@routes.post(CHOSEN)
def add(call: Call) -> Answer:
    schema = Record({"organizationIds": ListOf(Text(minimum=1), minimum=1)})
    wanted: list[str] = read_body(schema, call.body)["organizationIds"]
    owner = _owner(call)
    _check_membership(call, wanted)
    before = call.state.consent_organizations.get(owner, [])
    call.state.consent_organizations[owner] = list(dict.fromkeys([*before, *wanted]))
    return Answer.text(201, "Created")


@routes.delete(f"{CHOSEN}/{{organization_id}}")
def remove(call: Call) -> Answer:
    owner, organization_id = _owner(call), call.names["organization_id"]
    before = call.state.consent_organizations.get(owner, [])
    if organization_id not in before:
        raise not_found()
    call.state.consent_organizations[owner] = [each for each in before if each != organization_id]
    return Answer(204)


def _owner(call: Call) -> tuple[str, str]:
    """Application and person, both of which must be there."""
    application = find_third_party(call.state, call.names["id"])
    return application["id"], find_person(call.state, call.names["user_id"]).id


def _check_membership(call: Call, organization_ids: list[str]) -> None:
    user_id = call.names["user_id"]
    if any(user_id not in call.state.memberships.get(each, {}) for each in organization_ids):
        message = "The user must be a member of the organization to proceed."
        raise ApiError(422, "organization.require_membership", message)
