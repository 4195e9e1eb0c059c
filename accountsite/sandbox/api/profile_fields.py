"""The catalogue of custom profile fields (docs/logto.md 16)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError, not_found
from accountsite.sandbox.api.guards import IssuesError, Nullable, Optional, Path, Plain, Record, Schema, Text, read_body
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import TENANT_ID, Json, State
from accountsite.sandbox.web import Answer

routes = Router()

TYPES = ("Text", "Number", "Date", "Checkbox", "Select", "Url", "Regex", "Address", "Fullname")
SIGN_IN_IDENTIFIERS = ("username", "email", "phone", "primaryEmail", "primaryPhone")
DETAILS: dict[str, Schema] = {
    "type": Text(),
    "label": Optional(Text()),
    "description": Optional(Nullable(Text())),
    "required": Plain("boolean"),
    "config": Optional(Plain("object")),
}


class _Field:
    """A field whose `type` decides what else it may hold."""

    def __init__(self, keys: Record) -> None:
        self.keys = keys

    def read(self, value: object, path: Path = ()) -> object:
        if isinstance(value, dict) and value.get("type") not in TYPES:
            expected = " | ".join(f"'{kind}'" for kind in TYPES)
            message = f"Invalid discriminator value. Expected {expected}"
            issue = {
                "code": "invalid_union_discriminator",
                "options": list(TYPES),
                "path": ["type"],
                "message": message,
            }
            raise IssuesError([issue])
        return self.keys.read(value, path)


@routes.get("/api/custom-profile-fields")
def list_fields(call: Call) -> Answer:
    return Answer.json(200, list(call.state.profile_fields.values()))


@routes.get("/api/custom-profile-fields/{name}")
def read(call: Call) -> Answer:
    return Answer.json(200, _find(call.state, call.names["name"]))


@routes.post("/api/custom-profile-fields")
def create(call: Call) -> Answer:
    wanted = read_body(_Field(Record({"name": Text(), **DETAILS})), call.body)
    name = wanted["name"]
    if not name.isascii() or not name.isalnum():
        message = "Invalid field name, only letters or numbers are allowed, case sensitive."
        raise ApiError(400, "custom_profile_fields.invalid_name", message)
    if name in SIGN_IN_IDENTIFIERS:
        message = f"Invalid field name. Reserved sign-in identifier key(s): {name}."
        raise ApiError(400, "custom_profile_fields.name_conflict_sign_in_identifier", message)
    if name in call.state.profile_fields:
        raise ApiError(422, "custom_profile_fields.name_exists", "Field already exists with the given name.")
    orders = [field["sieOrder"] for field in call.state.profile_fields.values()]
    field: Json = {
        "tenantId": TENANT_ID,
        "id": call.state.new_id(21),
        "name": name,
        "type": wanted["type"],
        "label": wanted.get("label", ""),
        "description": wanted.get("description"),
        "required": wanted["required"],
        "config": wanted.get("config", {}),
        "createdAt": call.state.now_ms,
        "sieOrder": max(orders, default=0) + 1,
    }
    call.state.profile_fields[name] = field
    return Answer.json(201, field)


@routes.put("/api/custom-profile-fields/{name}")
def replace(call: Call) -> Answer:
    wanted = read_body(_Field(Record(DETAILS)), call.body)
    field = _find(call.state, call.names["name"])
    field.update({"label": "", "description": None, "config": {}} | wanted)
    return Answer.json(200, field)


@routes.delete("/api/custom-profile-fields/{name}")
def delete(call: Call) -> Answer:
    """It goes from what the account center shows, too."""
    name = _find(call.state, call.names["name"])["name"]
    del call.state.profile_fields[name]
    center = call.state.account_center
    if center["profileFields"]:
        center["profileFields"] = [entry for entry in center["profileFields"] if entry["name"] != name]
    return Answer(204)


def _find(state: State, name: str) -> Json:
    if name not in state.profile_fields:
        raise not_found()
    return state.profile_fields[name]
