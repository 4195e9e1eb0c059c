"""What a third-party application may ask people for: four kinds of permission (docs/logto.md 14.2)."""

from __future__ import annotations

from accountsite.sandbox.api.applications import find_application, find_third_party
from accountsite.sandbox.api.errors import ApiError, not_found
from accountsite.sandbox.api.guards import Choice, ListOf, Optional, Record, Text, read_body, read_params
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import MANAGEMENT_RESOURCE, Json, State
from accountsite.sandbox.web import Answer

routes = Router()

USER_SCOPES = Choice(
    (
        "profile", "email", "phone", "address", "custom_data", "identities", "roles", "urn:logto:scope:organizations",
        "urn:logto:scope:organization_roles", "urn:logto:scope:sessions", "urn:logto:scope:trusted_devices",
    )
)  # fmt: skip
NEW = Record(
    {
        "organizationScopes": Optional(ListOf(Text())),
        "resourceScopes": Optional(ListOf(Text())),
        "organizationResourceScopes": Optional(ListOf(Text())),
        "userScopes": Optional(ListOf(USER_SCOPES)),
    }
)
# Where each kind is kept, by the name it has in a path.
KEPT = {
    "organization-scopes": "organizationScopeIds",
    "resource-scopes": "resourceScopeIds",
    "organization-resource-scopes": "organizationResourceScopeIds",
    "user-scopes": "userScopes",
}
SCOPES = "/api/applications/{application_id}/user-consent-scopes"


@routes.get(SCOPES)
def read(call: Call) -> Answer:
    application_id = find_application(call.state, call.names["application_id"])["id"]
    return Answer.json(200, show_consent_scopes(call.state, application_id))


@routes.post(SCOPES)
def add(call: Call) -> Answer:
    """Adds to what is there. Empty lists are taken, as in versions after 1.42.0 (docs/logto.md 20)."""
    wanted = read_body(NEW, call.body)
    application_id = find_third_party(call.state, call.names["application_id"])["id"]
    _check(call.state, wanted)
    kept = consent_scopes_of(call.state, application_id)
    for name, values in wanted.items():
        key = "userScopes" if name == "userScopes" else f"{name.removesuffix('s')}Ids"
        kept[key] = list(dict.fromkeys([*kept[key], *values]))
    return Answer.text(201, "Created")


@routes.delete(f"{SCOPES}/{{scope_type}}/{{scope_id}}")
def remove(call: Call) -> Answer:
    read_params(Record({"scopeType": Choice(tuple(KEPT))}), {"scopeType": call.names["scope_type"]})
    application_id = find_application(call.state, call.names["application_id"])["id"]
    kept, key = consent_scopes_of(call.state, application_id), KEPT[call.names["scope_type"]]
    if call.names["scope_id"] not in kept[key]:
        raise not_found()
    kept[key] = [each for each in kept[key] if each != call.names["scope_id"]]
    return Answer(204)


def consent_scopes_of(state: State, application_id: str) -> Json:
    """What is kept of this application's permissions, empty at first."""
    empty: Json = {key: [] for key in KEPT.values()}
    return state.consent_scopes.setdefault(application_id, empty)


def show_consent_scopes(state: State, application_id: str) -> Json:
    kept = consent_scopes_of(state, application_id)
    organization_scopes = [state.organization_scopes[each] for each in kept["organizationScopeIds"]]
    return {
        "organizationScopes": [_short(scope) for scope in organization_scopes],
        "resourceScopes": scopes_by_resource(state, kept["resourceScopeIds"]),
        "organizationResourceScopes": scopes_by_resource(state, kept["organizationResourceScopeIds"]),
        "userScopes": kept["userScopes"],
    }


def scopes_by_resource(state: State, scope_ids: list[str]) -> list[Json]:
    """The scopes grouped by their resource, as the consent screen and the API show them."""
    return [
        {
            "resource": {key: resource[key] for key in ("id", "name", "indicator")},
            "scopes": [_short(scope) for scope in resource["scopes"] if scope["id"] in scope_ids],
        }
        for resource in state.resources.values()
        if any(scope["id"] in scope_ids for scope in resource["scopes"])
    ]


def _short(scope: Json) -> Json:
    return {key: scope[key] for key in ("id", "name", "description")}


def _check(state: State, wanted: Json) -> None:
    known = {scope["id"] for resource in state.resources.values() for scope in resource["scopes"]}
    invalid = {
        "invalidOrganizationScopes": _unknown(wanted.get("organizationScopes", []), set(state.organization_scopes)),
        "invalidResourceScopes": _unknown(wanted.get("resourceScopes", []), known),
        "invalidOrganizationResourceScopes": _unknown(wanted.get("organizationResourceScopes", []), known),
    }
    if any(invalid.values()):
        message = "Invalid user consent scopes."
        raise ApiError(422, "application.user_consent_scopes_not_found", message, data=invalid)
    management = {
        scope["id"]
        for resource in state.resources.values()
        for scope in resource["scopes"]
        if resource["indicator"] == MANAGEMENT_RESOURCE
    }
    if management & {*wanted.get("resourceScopes", []), *wanted.get("organizationResourceScopes", [])}:
        message = "Management API scopes are not allowed."
        raise ApiError(422, "application.consent_management_api_scopes_not_allowed", message)


def _unknown(wanted: list[str], known: set[str]) -> list[str]:
    return [each for each in wanted if each not in known]
