"""A user's profile, custom data and Logto's settings: the routes that merge (docs/logto.md 2.4, 2.5, 7.4)."""

from __future__ import annotations

from accountsite.sandbox.api.columns import refuse_unstorable
from accountsite.sandbox.api.events import announce_settings
from accountsite.sandbox.api.guards import Optional, Plain, Record, read_body
from accountsite.sandbox.api.users import PROFILE, PROFILE_KEYS, find_person, update_user
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, Person
from accountsite.sandbox.web import Answer

routes = Router()

FLAG = Optional(Plain("boolean"))
CONFIGS = Record(
    {
        "mfa": Optional(Record({"enabled": FLAG, "skipped": FLAG, "skipMfaOnSignIn": FLAG})),
        "passkeySignIn": Optional(Record({"skipped": FLAG})),
    }
)


@routes.patch("/api/users/{user_id}/profile")
def change_profile(call: Call) -> Answer:
    wanted = read_body(Record({"profile": PROFILE}), call.body)["profile"]
    person = find_person(call.state, call.names["user_id"])
    refuse_unstorable(wanted)
    merged = person.user["profile"] | wanted
    ordered = {key: merged[key] for key in (*PROFILE_KEYS, "address") if key in merged}
    update_user(call.state, person, profile=ordered)
    return Answer.json(200, ordered)


@routes.get("/api/users/{user_id}/custom-data")
def read_custom_data(call: Call) -> Answer:
    return Answer.json(200, find_person(call.state, call.names["user_id"]).user["customData"])


@routes.patch("/api/users/{user_id}/custom-data")
def change_custom_data(call: Call) -> Answer:
    wanted = read_body(Record({"customData": Plain("object")}), call.body)["customData"]
    person = find_person(call.state, call.names["user_id"])
    refuse_unstorable(wanted)
    update_user(call.state, person, customData=person.user["customData"] | wanted)
    return Answer.json(200, person.user["customData"])


@routes.get("/api/users/{user_id}/logto-configs")
def read_configs(call: Call) -> Answer:
    return Answer.json(200, show_configs(find_person(call.state, call.names["user_id"])))


@routes.patch("/api/users/{user_id}/logto-configs")
def change_configs(call: Call) -> Answer:
    wanted = read_body(CONFIGS, call.body)
    person = find_person(call.state, call.names["user_id"])
    person.configs = {part: person.configs.get(part, {}) | wanted.get(part, {}) for part in ("mfa", "passkeySignIn")}
    announce_settings(call, person.user)
    return Answer.json(200, show_configs(person))


def show_configs(person: Person) -> Json:
    mfa, passkey = person.configs.get("mfa", {}), person.configs.get("passkeySignIn", {})
    return {
        "mfa": {"skipped": False, "skipMfaOnSignIn": False} | mfa,
        "passkeySignIn": {"skipped": False} | passkey,
    }
