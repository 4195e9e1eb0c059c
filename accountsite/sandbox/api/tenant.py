"""Small endpoints about the tenant itself: health, enterprise connectors, token and session settings."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError
from accountsite.sandbox.api.guards import Choice, ListOf, Record, Text, read_body
from accountsite.sandbox.api.paging import optional_page_answer
from accountsite.sandbox.oidc.sentinel import Sentinel
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import SESSION_SECONDS, TENANT_ID
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
