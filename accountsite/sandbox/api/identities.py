"""Social and enterprise identities of a user (docs/logto.md 5.4, 5.5, 6)."""

from __future__ import annotations

import json

from accountsite.sandbox.api.columns import refuse_unstorable
from accountsite.sandbox.api.connectors import NEED_A_HOSTED_SESSION, find_connector, not_implemented
from accountsite.sandbox.api.errors import ApiError, BareError, not_found
from accountsite.sandbox.api.guards import Optional, Plain, Record, Text, read_body
from accountsite.sandbox.api.search import is_true
from accountsite.sandbox.api.users import find_person, show_user, update_user
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, Person, State
from accountsite.sandbox.web import Answer

routes = Router()

LINK = Record({"connectorId": Text(), "connectorData": Plain("object")})
MOCK = "mock-social-connector"


@routes.post("/api/users/{user_id}/identities")
def link(call: Call) -> Answer:
    wanted = read_body(LINK, call.body)
    person = find_person(call.state, call.names["user_id"])
    connector = find_connector(call.state, wanted["connectorId"])
    if connector["type"] != "Social":
        message = f"Unable to find available connector with id {connector['id']}."
        raise ApiError(422, "session.invalid_connector_id", message)
    details = _ask_provider(call.state, connector, wanted["connectorData"])
    target = connector["target"]
    _refuse_taken(call.state, target, details["id"], except_id=person.id)
    _write(call.state, person, target, {"userId": details["id"], "details": details})
    return Answer.json(200, person.user["identities"])


@routes.put("/api/users/{user_id}/identities/{target}")
def put(call: Call) -> Answer:
    wanted = read_body(Record({"userId": Text(), "details": Optional(Plain("object"))}), call.body)
    person, target = find_person(call.state, call.names["user_id"]), call.names["target"]
    _refuse_taken(call.state, target, wanted["userId"], except_id=person.id)
    status = 200 if target in person.user["identities"] else 201
    _write(call.state, person, target, wanted)
    return Answer.json(status, person.user["identities"])


@routes.get("/api/users/{user_id}/identities/{target}")
def read(call: Call) -> Answer:
    person = find_person(call.state, call.names["user_id"])
    identity = _find(person, call.names["target"])
    secret = is_true(call.param("includeTokenSecret"))
    return Answer.json(200, {"identity": identity} | _token_secret(call.state, person, call.names["target"], secret))


@routes.delete("/api/users/{user_id}/identities/{target}")
def unlink(call: Call) -> Answer:
    person, target = find_person(call.state, call.names["user_id"]), call.names["target"]
    _find(person, target)
    identities = {name: identity for name, identity in person.user["identities"].items() if name != target}
    update_user(call.state, person, identities=identities)
    for secret_id, secret in list(call.state.token_secrets.items()):
        if secret["userId"] == person.id and secret["target"] == target:
            del call.state.token_secrets[secret_id]
    return Answer.json(200, show_user(person))


@routes.get("/api/users/{user_id}/all-identities")
def read_all(call: Call) -> Answer:
    person = find_person(call.state, call.names["user_id"])
    secret = bool(call.param("includeTokenSecret"))
    social = [
        {"target": target, "identity": identity} | _token_secret(call.state, person, target, secret)
        for target, identity in person.user["identities"].items()
    ]
    enterprise = [{"ssoConnectorId": each["ssoConnectorId"], "ssoIdentity": each} for each in person.sso_identities]
    return Answer.json(200, {"socialIdentities": social, "ssoIdentities": enterprise})


@routes.get("/api/users/{user_id}/sso-identities/{connector_id}")
def read_enterprise(call: Call) -> Answer:
    person = find_person(call.state, call.names["user_id"])
    for identity in person.sso_identities:
        if identity["ssoConnectorId"] == call.names["connector_id"]:
            return Answer.json(200, {"ssoIdentity": identity})
    message = (
        "The user does not have an enterprise identity linked to the specified SSO connector ID: {{ ssoConnectorId }}."
    )
    raise ApiError(404, "user.enterprise_sso_identity_not_exists", message)


@routes.delete("/api/secrets/{secret_id}")
def delete_secret(call: Call) -> Answer:
    if call.state.token_secrets.pop(call.names["secret_id"], None) is None:
        raise not_found()
    return Answer(204)


def _ask_provider(state: State, connector: Json, sent: Json) -> Json:
    """What the pretend provider says about the person: `id`, and email, name, avatar as given."""
    factory = connector["connectorId"]
    if factory == MOCK:
        return _ask_mock(state, sent)
    if factory == "apple-universal":
        raise ApiError(401, "connector.social_invalid_id_token", "The connector's id token is invalid.")
    if factory in NEED_A_HOSTED_SESSION:
        raise not_implemented()
    echo = {"message": json.dumps(sent, separators=(",", ":"))}
    if not isinstance(sent.get("code"), str) or not sent["code"]:
        message = f"Error occurred in connector: {json.dumps(echo, separators=(',', ':'))}"
        raise ApiError(400, "connector.general", message, data=echo)
    if not state.social_provider_reachable:
        raise BareError(500, "Internal server error.")
    meant = state.social_codes.pop(sent["code"], None)
    redirect_uri = sent.get("redirectUri")
    if meant is None or meant.target != connector["target"] or redirect_uri not in (None, meant.redirect_uri):
        raise ApiError(401, "connector.social_auth_code_invalid", "The connector's auth code is invalid.")
    if not meant.details.get("id"):
        echo = {"message": json.dumps(meant.details, separators=(",", ":"))}
        raise ApiError(400, "connector.invalid_response", "The connector's response is invalid.", data=echo)
    return meant.details | {"rawData": meant.details}


def _ask_mock(state: State, sent: Json) -> Json:
    """Logto's own connector for tests: it believes whatever is sent, as long as there is a code."""
    if not sent.get("code"):
        echo = {"message": json.dumps(sent, separators=(",", ":"))}
        raise ApiError(400, "connector.invalid_response", "The connector's response is invalid.", data=echo)
    known: Json = {key: sent[key] for key in ("email", "phone", "name", "avatar") if key in sent}
    return {"id": sent.get("userId") or f"mock-social-sub-{state.new_id(36)}", **known, "rawData": sent}


def _write(state: State, person: Person, target: str, identity: Json) -> None:
    refuse_unstorable(identity)
    update_user(state, person, identities=person.user["identities"] | {target: identity})


def _find(person: Person, target: str) -> Json:
    if target not in person.user["identities"]:
        raise ApiError(404, "user.identity_not_exist", "The social account has not been registered yet.")
    identity: Json = person.user["identities"][target]
    return identity


def _refuse_taken(state: State, target: str, provider_id: str, *, except_id: str) -> None:
    for person in state.people.values():
        identity = person.user["identities"].get(target)
        if identity and identity["userId"] == provider_id and person.id != except_id:
            message = "The social account has been associated with an existing account."
            raise ApiError(422, "user.identity_already_in_use", message)


def _token_secret(state: State, person: Person, target: str, wanted: bool) -> Json:
    """What is known of a stored provider token; the token itself never leaves."""
    for secret in state.token_secrets.values():
        if wanted and secret["userId"] == person.id and secret["target"] == target:
            return {"tokenSecret": secret}
    return {}
