"""Personal access tokens: known by their name, listed with their secret each time (docs/logto.md 12)."""

from __future__ import annotations

from accountsite.sandbox.api.columns import stored_text
from accountsite.sandbox.api.errors import ApiError, missing_reference, not_found
from accountsite.sandbox.api.expiry import EXPIRES_AT, refuse_past
from accountsite.sandbox.api.guards import Nullable, Optional, Record, Text, read_body
from accountsite.sandbox.api.users import find_person
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import TENANT_ID, Json, Person, State
from accountsite.sandbox.web import Answer

routes = Router()

NAME_LIMIT = 256
NAME = Text(minimum=1, maximum=NAME_LIMIT)
TOKENS = "/api/users/{user_id}/personal-access-tokens"


@routes.get(TOKENS)
def list_tokens(call: Call) -> Answer:
    return Answer.json(200, find_person(call.state, call.names["user_id"]).tokens)


@routes.post(TOKENS)
def create(call: Call) -> Answer:
    wanted = read_body(Record({"name": NAME, "expiresAt": Optional(Nullable(EXPIRES_AT))}), call.body)
    refuse_past(call.state, wanted.get("expiresAt"))
    person = call.state.people.get(call.names["user_id"])
    if person is None:
        raise missing_reference()
    token = add_token(call.state, person, wanted["name"], expires_at=wanted.get("expiresAt"))
    return Answer.json(201, token)


@routes.patch(TOKENS)
def rename(call: Call) -> Answer:
    """Without `currentName` only an existing name is found, and stays as it is."""
    wanted = read_body(Record({"currentName": Optional(NAME), "name": NAME}), call.body)
    return _rename(call, wanted.get("currentName", wanted["name"]), wanted["name"])


@routes.post(f"{TOKENS}/delete")
def delete(call: Call) -> Answer:
    return _delete(call, read_body(Record({"name": Text()}), call.body)["name"])


@routes.patch(f"{TOKENS}/{{name}}")
def rename_by_path(call: Call) -> Answer:
    return _rename(call, call.names["name"], read_body(Record({"name": NAME}), call.body)["name"])


@routes.delete(f"{TOKENS}/{{name}}")
def delete_by_path(call: Call) -> Answer:
    return _delete(call, call.names["name"])


def add_token(state: State, person: Person, name: str, *, expires_at: int | None = None) -> Json:
    """ApiError 422 when the person has a token of this name."""
    stored = stored_text(name, NAME_LIMIT)
    if any(token["name"] == stored for token in person.tokens):
        raise _name_exists()
    token: Json = {
        "tenantId": TENANT_ID,
        "userId": person.id,
        "name": stored,
        "value": f"pat_{state.new_secret(32)}",
        "createdAt": state.now_ms,
        "expiresAt": expires_at,
    }
    person.tokens = [*person.tokens, token]
    return token


def _rename(call: Call, current: str, name: str) -> Answer:
    tokens = _tokens(call)
    found = next((token for token in tokens if token["name"] == current), None)
    if found is None:
        raise ApiError(404, "entity.not_exists", "The personal_access_token does not exist.")
    if name != current and any(token["name"] == name for token in tokens):
        raise _name_exists()
    found["name"] = stored_text(name, NAME_LIMIT)
    return Answer.json(200, found)


def _delete(call: Call, name: str) -> Answer:
    person, tokens = call.state.people.get(call.names["user_id"]), _tokens(call)
    if person is None or all(token["name"] != name for token in tokens):
        raise not_found()
    person.tokens = [token for token in tokens if token["name"] != name]
    return Answer(204)


def _tokens(call: Call) -> list[Json]:
    person = call.state.people.get(call.names["user_id"])
    return person.tokens if person is not None else []


def _name_exists() -> ApiError:
    return ApiError(422, "user.personal_access_token_name_exists", "Personal access token name already exists.")
