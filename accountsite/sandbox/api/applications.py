"""Applications of the tenant (docs/logto.md 14.1)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError, BareError, invalid_entity, not_exists_with_id
from accountsite.sandbox.api.guards import (
    Choice,
    Either,
    IssuesError,
    ListOf,
    Literal,
    Nullable,
    Number,
    Optional,
    Path,
    Plain,
    Record,
    Text,
    read_body,
    read_query,
)
from accountsite.sandbox.api.guards.web_addresses import is_web_address
from accountsite.sandbox.api.paging import optional_page_answer
from accountsite.sandbox.api.search import NAMED_FIELDS, search
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import TENANT_ID, ApplicationSecret, Json, State
from accountsite.sandbox.web import Answer

routes = Router()

ADMIN_ROLE = "#internal:admin"
LONGEST_REFRESH_DAYS = 180
THIRD_PARTY_TYPES = ("Traditional", "SPA", "Native")
TYPES = Choice(("Native", "SPA", "Traditional", "MachineToMachine", "Protected", "SAML"))
QUERY = Record(
    {
        "types": Optional(Either((ListOf(TYPES), TYPES))),
        "isThirdParty": Optional(Either((Literal("true"), Literal("false")))),
    }
)
FLAG = Optional(Plain("boolean"))


class _Address:
    """A redirect address: any scheme will do, `javascript:` too."""

    def read(self, value: object, path: Path = ()) -> object:
        text = Text().read(value, path)
        if not is_web_address(text):
            raise IssuesError([{"code": "custom", "message": "Invalid input", "path": list(path)}], aborted=False)
        return text


METADATA = Record(
    {
        "redirectUris": ListOf(_Address()),
        "postLogoutRedirectUris": ListOf(_Address()),
        "backchannelLogoutUri": Optional(Text(url=True)),
        "backchannelLogoutSessionRequired": FLAG,
        "logoUri": Optional(Text()),
    }
)
CUSTOM = Record(
    {
        "corsAllowedOrigins": Optional(ListOf(Text())),
        "idTokenTtl": Optional(Number()),
        "refreshTokenTtl": Optional(Number()),
        "refreshTokenTtlInDays": Optional(Number(minimum=1, maximum=LONGEST_REFRESH_DAYS)),
        "tenantId": Optional(Text()),
        "alwaysIssueRefreshToken": FLAG,
        "rotateRefreshToken": FLAG,
        "allowTokenExchange": FLAG,
        "isDeviceFlow": FLAG,
        "maxAllowedGrants": Optional(Number(minimum=1)),
    }
)
NAME = Text(minimum=1, maximum=256)
DETAILS = {
    "description": Optional(Nullable(Text())),
    "oidcClientMetadata": Optional(METADATA),
    "customClientMetadata": Optional(CUSTOM),
    "customData": Optional(Plain("object")),
}
NEW = Record({"name": NAME, "type": TYPES, "isThirdParty": FLAG, **DETAILS})
CHANGES = Record({"name": Optional(NAME), "appLevelAccessControlEnabled": FLAG, "isAdmin": FLAG, **DETAILS})


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


@routes.post("/api/applications")
def create(call: Call) -> Answer:
    wanted = read_body(NEW, call.body)
    if wanted.get("isThirdParty") and wanted["type"] not in THIRD_PARTY_TYPES:
        message = "Only traditional web, single-page, and native applications can be marked as third-party apps."
        raise ApiError(400, "application.invalid_third_party_application_type", message)
    application = new_application(call.state, call.state.new_id(21), **wanted)
    return Answer.json(200, application)


@routes.get("/api/applications/{id}")
def read(call: Call) -> Answer:
    application = find_application(call.state, call.names["id"])
    return Answer.json(200, application | {"isAdmin": _is_admin(call.state, application["id"])})


@routes.patch("/api/applications/{id}")
def change(call: Call) -> Answer:
    """Each JSON column is replaced as a whole; `type` and `isThirdParty` stay what they are, without a word."""
    wanted = read_body(CHANGES, call.body)
    application = find_application(call.state, call.names["id"])
    wanted.pop("isAdmin", None)
    if not wanted and not call.body:
        raise invalid_entity()
    application |= wanted
    return Answer.json(200, application)


@routes.delete("/api/applications/{id}")
def delete(call: Call) -> Answer:
    """Grants and traces in sessions stay behind (docs/logto.md 8.2)."""
    state, application_id = call.state, find_application(call.state, call.names["id"])["id"]
    del state.applications[application_id]
    for held in (state.application_secrets, state.application_roles, state.application_experiences):
        held.pop(application_id, None)
    state.consent_scopes.pop(application_id, None)
    for owner in [owner for owner in state.consent_organizations if owner[0] == application_id]:
        del state.consent_organizations[owner]
    return Answer(204)


def new_application(state: State, application_id: str, *, secret: str | None = None, **details: object) -> Json:
    """Registers an application with one secret; `details` are members of the object that the API shows."""
    application: Json = {
        "tenantId": TENANT_ID,
        "id": application_id,
        "name": "",
        "description": None,
        "type": "Traditional",
        "oidcClientMetadata": {"redirectUris": [], "postLogoutRedirectUris": []},
        "customClientMetadata": {},
        "protectedAppMetadata": None,
        "customData": {},
        "isThirdParty": False,
        "appLevelAccessControlEnabled": False,
        "createdAt": state.now_ms,
    }
    application |= details
    state.applications[application_id] = application
    value = secret or state.new_secret()
    state.application_secrets[application_id] = [ApplicationSecret("Default secret", value, state.now_ms)]
    return application


def find_application(state: State, application_id: str) -> Json:
    """ApiError 404 when there is none."""
    if application_id not in state.applications:
        raise not_exists_with_id("applications", application_id)
    return state.applications[application_id]


def find_third_party(state: State, application_id: str) -> Json:
    """ApiError 404 when there is none, 422 when it is one of the tenant's own."""
    application = find_application(state, application_id)
    if not application["isThirdParty"]:
        message = "The feature is only available for third-party applications."
        raise ApiError(422, "application.third_party_application_only", message)
    return application


def _is_admin(state: State, application_id: str) -> bool:
    """Whether it has Logto's own role; one that somebody made counts for nothing here, whatever it permits."""
    return any(
        state.roles[role_id]["name"] == ADMIN_ROLE for role_id in state.application_roles.get(application_id, [])
    )
