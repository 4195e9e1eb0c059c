"""Secrets of an application, several at a time, shown in clear (docs/logto.md 14.1)."""

from __future__ import annotations

from accountsite.sandbox.api.applications import find_application
from accountsite.sandbox.api.errors import ApiError, not_found
from accountsite.sandbox.api.expiry import EXPIRES_AT, refuse_past
from accountsite.sandbox.api.guards import Nullable, Optional, Record, Text, read_body
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import TENANT_ID, ApplicationSecret, Json
from accountsite.sandbox.web import Answer

routes = Router()

NEW = Record({"name": Text(minimum=1, maximum=256), "expiresAt": Optional(Nullable(EXPIRES_AT))})


@routes.get("/api/applications/{id}/secrets")
def list_secrets(call: Call) -> Answer:
    application_id = find_application(call.state, call.names["id"])["id"]
    return Answer.json(200, [_shown(application_id, each) for each in call.state.application_secrets[application_id]])


@routes.post("/api/applications/{id}/secrets")
def create(call: Call) -> Answer:
    wanted = read_body(NEW, call.body)
    refuse_past(call.state, wanted.get("expiresAt"))
    application_id = find_application(call.state, call.names["id"])["id"]
    secrets = call.state.application_secrets[application_id]
    if any(each.name == wanted["name"] for each in secrets):
        raise ApiError(422, "application.secret_name_exists", "Secret name already exists.")
    secret = ApplicationSecret(wanted["name"], call.state.new_secret(), call.state.now_ms, wanted.get("expiresAt"))
    secrets.append(secret)
    return Answer.json(201, _shown(application_id, secret))


@routes.delete("/api/applications/{id}/secrets/{name}")
def delete(call: Call) -> Answer:
    secrets = call.state.application_secrets.get(call.names["id"], [])
    found = [each for each in secrets if each.name == call.names["name"]]
    if not found:
        raise not_found()
    secrets.remove(found[0])
    return Answer(204)


def _shown(application_id: str, secret: ApplicationSecret) -> Json:
    return {
        "tenantId": TENANT_ID,
        "applicationId": application_id,
        "name": secret.name,
        "value": secret.value,
        "createdAt": secret.created_at,
        "expiresAt": secret.expires_at,
    }
