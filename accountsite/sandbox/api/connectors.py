"""Connectors, and the way to a social provider (docs/logto.md 5.1 to 5.3)."""

from __future__ import annotations

from urllib.parse import urlencode

from accountsite.sandbox.api.errors import ApiError, not_found
from accountsite.sandbox.api.guards import Record, Text, read_body
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, State
from accountsite.sandbox.web import Answer

routes = Router()

NEED_A_HOSTED_SESSION = frozenset(
    {
        "apple-universal", "amazon-universal", "gitlab-universal", "huggingface-universal", "line-universal",
        "linkedin-universal", "oauth2", "oidc", "patreon-universal", "qq-web", "saml", "slack-universal", "x-universal",
    }
)  # fmt: skip


def find_connector(state: State, connector_id: str) -> Json:
    """The connector with this id (not its factory's). ApiError 404 `entity.not_found`."""
    if connector_id not in state.connectors:
        raise not_found()
    return state.connectors[connector_id]


def not_implemented() -> ApiError:
    """The answer of connectors that keep something in a hosted sign-in session (docs/logto.md 5.3)."""
    return ApiError(501, "connector.not_implemented", "{{method}}: has not been implemented yet.")


@routes.get("/api/connectors")
def list_connectors(call: Call) -> Answer:
    target = call.param("target")
    connectors = call.state.connectors.values()
    return Answer.json(200, [each for each in connectors if target is None or each["target"] == target])


@routes.get("/api/connectors/{connector_id}")
def read(call: Call) -> Answer:
    return Answer.json(200, find_connector(call.state, call.names["connector_id"]))


@routes.post("/api/connectors/{connector_id}/authorization-uri")
def authorization_uri(call: Call) -> Answer:
    wanted = read_body(Record({"state": Text(), "redirectUri": Text()}), call.body)
    if not wanted["state"] or not wanted["redirectUri"]:
        raise ApiError(400, "session.insufficient_info", "Insufficient sign-in info.")
    connector = find_connector(call.state, call.names["connector_id"])
    if connector["type"] != "Social":
        raise ApiError(400, "connector.unexpected_type", "The connector's type is unexpected.")
    if connector["connectorId"] in NEED_A_HOSTED_SESSION:
        raise not_implemented()
    return Answer.json(200, {"redirectTo": _provider_address(call, connector, wanted)})


def _provider_address(call: Call, connector: Json, wanted: Json) -> str:
    """The pretend provider's own sign-in page; it stands where a real one's authorize endpoint would."""
    query = {
        "client_id": connector["config"]["clientId"],
        "redirect_uri": wanted["redirectUri"],
        "response_type": "code",
        "state": wanted["state"],
        "scope": "openid profile email",
    }
    return f"{call.logto.endpoint}/provider/{connector['target']}?{urlencode(query)}"
