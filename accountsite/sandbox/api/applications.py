"""Applications as far as the site reads them (docs/logto.md 14.1, 14.4)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError, BareError, not_exists_with_id
from accountsite.sandbox.api.guards import Choice, Either, ListOf, Literal, Optional, Record, read_query
from accountsite.sandbox.api.paging import optional_page_answer
from accountsite.sandbox.api.search import NAMED_FIELDS, search
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import MANAGEMENT_RESOURCE, Json, State
from accountsite.sandbox.web import Answer

routes = Router()

TYPES = Choice(("Native", "SPA", "Traditional", "MachineToMachine", "Protected", "SAML"))
QUERY = Record(
    {
        "types": Optional(Either((ListOf(TYPES), TYPES))),
        "isThirdParty": Optional(Either((Literal("true"), Literal("false")))),
    }
)


@routes.get("/api/applications")
def list_applications(call: Call) -> Answer:
    query = read_query(QUERY, call.request.params)
    kinds = query.get("types")
    third_party = query.get("isThirdParty")
    applications = [
        each
        for each in sorted(call.state.applications.values(), key=lambda each: int(each["createdAt"]), reverse=True)
        if (kinds is None or each["type"] in kinds)
        and (third_party is None or each["isThirdParty"] is (third_party == "true"))
    ]
    try:
        found = search(applications, call.request.params, NAMED_FIELDS)
    except ApiError as error:
        # Unlike the users' list, this one fails on a search it cannot read (docs/logto.md 14.1).
        raise BareError(500, "Internal server error.") from error
    return optional_page_answer(call, found)


@routes.get("/api/applications/{application_id}")
def read(call: Call) -> Answer:
    application = _find(call.state, call.names["application_id"])
    return Answer.json(200, application | {"isAdmin": _is_admin(call.state, application["id"])})


@routes.get("/api/applications/{application_id}/secrets")
def list_secrets(call: Call) -> Answer:
    application = _find(call.state, call.names["application_id"])
    secrets = [
        {
            "tenantId": application["tenantId"],
            "applicationId": application["id"],
            "name": secret.name,
            "value": secret.value,
            "createdAt": secret.created_at,
            "expiresAt": secret.expires_at,
        }
        for secret in call.state.application_secrets[application["id"]]
    ]
    return Answer.json(200, secrets)


@routes.get("/api/applications/{application_id}/sign-in-experience")
def read_experience(call: Call) -> Answer:
    application_id = call.names["application_id"]
    if application_id not in call.state.application_experiences:
        raise not_exists_with_id("application-sign-in-experiences", application_id)
    return Answer.json(200, call.state.application_experiences[application_id])


def _find(state: State, application_id: str) -> Json:
    if application_id not in state.applications:
        raise not_exists_with_id("applications", application_id)
    return state.applications[application_id]


def _is_admin(state: State, application_id: str) -> bool:
    """Whether one of its roles holds a permission of the Management API."""
    scope_ids = {
        scope["id"]
        for resource in state.resources.values()
        if resource["indicator"] == MANAGEMENT_RESOURCE
        for scope in resource["scopes"]
    }
    role_ids = state.application_roles.get(application_id, [])
    return any(scope_ids & set(state.role_scope_ids[role_id]) for role_id in role_ids)
