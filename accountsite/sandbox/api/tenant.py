"""Small endpoints about the tenant itself: health, resources, enterprise connectors, token and session settings."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError, not_exists_with_id
from accountsite.sandbox.api.guards import Choice, ListOf, Record, Text, read_body
from accountsite.sandbox.api.paging import optional_page_answer, page_answer
from accountsite.sandbox.api.search import NAMED_FIELDS, is_true, search
from accountsite.sandbox.oidc.sentinel import Sentinel
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import SESSION_SECONDS, TENANT_ID, Json
from accountsite.sandbox.web import Answer

routes = Router()

EXTENDED_CLAIMS = Choice(
    (
        "custom_data", "identities", "sso_identities", "roles", "organizations", "organization_data",
        "organization_roles",
    )
)  # fmt: skip


@routes.get("/api/status")
def status(call: Call) -> Answer:
    return Answer(204)


@routes.get("/api/configs/id-token")
def read_id_token(call: Call) -> Answer:
    return Answer.json(200, call.state.id_token_config)


@routes.put("/api/configs/id-token")
def change_id_token(call: Call) -> Answer:
    call.state.id_token_config = read_body(Record({"enabledExtendedClaims": ListOf(EXTENDED_CLAIMS)}), call.body)
    return Answer.json(200, call.state.id_token_config)


@routes.get("/api/configs/oidc/session")
def read_session(call: Call) -> Answer:
    return Answer.json(200, {"ttl": SESSION_SECONDS})


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


@routes.get("/api/sso-connectors")
def list_enterprise_connectors(call: Call) -> Answer:
    shown = [
        {
            "tenantId": TENANT_ID,
            "id": each["id"],
            "providerName": "OIDC",
            "connectorName": each["connectorName"],
            "config": {
                "clientId": "harbour",
                "clientSecret": "harbour-secret",
                "issuer": "https://login.harbour.example",
            },
            "domains": each["domains"],
            "branding": {"displayName": each["connectorName"], "logo": each["logo"]},
            "syncProfile": each["syncProfile"],
            "enableTokenStorage": False,
            "createdAt": call.state.now_ms,
            "name": "OIDC",
            "providerType": "oidc",
            "providerLogo": each["logo"],
            "providerLogoDark": each["logo"],
        }
        for each in call.state.sso_connectors.values()
    ]
    return optional_page_answer(call, shown)


@routes.get("/api/my-account")
def read_own_account(call: Call) -> Answer:
    """The API for a person's own token: the machine's is of no use there (docs/logto.md 18)."""
    raise _needs_a_user_token()


@routes.post("/api/verifications/password")
def verify_own_password(call: Call) -> Answer:
    raise _needs_a_user_token()


@routes.post("/api/sentinel-activities/delete")
def unlock(call: Call) -> Answer:
    wanted = read_body(Record({"targetType": Choice(("User", "App")), "targets": ListOf(Text())}), call.body)
    call.state.part(Sentinel).unlock(wanted["targets"])
    return Answer(204)


def _needs_a_user_token() -> ApiError:
    return ApiError(401, "auth.unauthorized", "Unauthorized. Please check credentials and its scope.")


def _without_scopes(resource: Json) -> Json:
    return {key: value for key, value in resource.items() if key != "scopes"}
