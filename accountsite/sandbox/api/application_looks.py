"""How an application presents itself on the consent screen, and who may use it (docs/logto.md 14.4, 14.5)."""

from __future__ import annotations

from accountsite.sandbox.access_control import AccessControl
from accountsite.sandbox.api.applications import find_application
from accountsite.sandbox.api.errors import invalid_entity, not_exists_with_id
from accountsite.sandbox.api.guards import Either, ListOf, Literal, Nullable, Optional, Plain, Record, Text, read_body
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import TENANT_ID, Json
from accountsite.sandbox.web import Answer

routes = Router()

LINK = Optional(Nullable(Either((Text(url=True, maximum=2048), Literal("")))))
CHANGES = Record(
    {
        "displayName": Optional(Nullable(Text(maximum=256))),
        "termsOfUseUrl": LINK,
        "privacyPolicyUrl": LINK,
        "color": Optional(Plain("object")),
        "branding": Optional(Plain("object")),
        "customCss": Optional(Nullable(Text())),
    }
)
RULES = Record(
    {
        "userIds": ListOf(Text()),
        "userRoleIds": ListOf(Text()),
        "organizationIds": ListOf(Text()),
        "organizationRoleRules": ListOf(Plain("object")),
    }
)
LOOK = "/api/applications/{application_id}/sign-in-experience"
ACCESS = "/api/applications/{application_id}/access-control"


@routes.get(LOOK)
def read_look(call: Call) -> Answer:
    application_id = call.names["application_id"]
    if application_id not in call.state.application_experiences:
        raise not_exists_with_id("application_sign_in_experiences", application_id)
    return Answer.json(200, call.state.application_experiences[application_id])


@routes.put(LOOK)
def write_look(call: Call) -> Answer:
    """What is given replaces what was there; what is absent stays."""
    wanted = read_body(CHANGES, call.body)
    application_id = find_application(call.state, call.names["application_id"])["id"]
    looks = call.state.application_experiences
    is_new = application_id not in looks
    if not is_new and not wanted:
        raise invalid_entity()
    before = _empty(application_id) if is_new else looks[application_id]
    looks[application_id] = before | {
        key: (value or None) if key.endswith("Url") else value for key, value in wanted.items()
    }
    return Answer.json(201 if is_new else 200, looks[application_id])


@routes.get(ACCESS)
def read_access(call: Call) -> Answer:
    application_id = find_application(call.state, call.names["application_id"])["id"]
    return Answer.json(200, call.state.part(AccessControl).rules_of(application_id))


@routes.put(ACCESS)
def write_access(call: Call) -> Answer:
    wanted = read_body(RULES, call.body)
    application_id = find_application(call.state, call.names["application_id"])["id"]
    call.state.part(AccessControl).rules[application_id] = wanted
    return Answer.json(200, wanted)


def _empty(application_id: str) -> Json:
    return {
        "tenantId": TENANT_ID,
        "applicationId": application_id,
        "color": {},
        "branding": {},
        "customCss": None,
        "termsOfUseUrl": None,
        "privacyPolicyUrl": None,
        "displayName": None,
    }
