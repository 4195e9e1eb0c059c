"""A user's password: verifying, setting, expiring, and checking a candidate against the policy (docs/logto.md 4)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError, invalid_request
from accountsite.sandbox.api.guards import Optional, Plain, Record, Text, read_body
from accountsite.sandbox.api.password_policy import find_issues, is_breached
from accountsite.sandbox.api.users import find_person, show_user, update_user
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import hash_password, password_is_right
from accountsite.sandbox.web import Answer

routes = Router()

PASSWORD = Record({"password": Text(minimum=1)})


@routes.post("/api/users/{user_id}/password/verify")
def verify(call: Call) -> Answer:
    password = read_body(PASSWORD, call.body)["password"]
    person = find_person(call.state, call.names["user_id"])
    call.logto.spend_time_on_password()
    if not password_is_right(person, password):
        message = "Incorrect account or password. Please check your input."
        raise ApiError(422, "session.invalid_credentials", message)
    return Answer(204)


@routes.patch("/api/users/{user_id}/password")
def change(call: Call) -> Answer:
    password = read_body(PASSWORD, call.body)["password"]
    person = find_person(call.state, call.names["user_id"])
    call.logto.spend_time_on_password()
    person.password_hash = hash_password(password)
    person.password_algorithm = "Argon2i"
    person.plain_password = password
    person.password_is_expired = False
    update_user(call.state, person)
    return Answer.json(200, show_user(person))


@routes.patch("/api/users/{user_id}/password/expiration")
def change_expiration(call: Call) -> Answer:
    expired = read_body(Record({"isExpired": Plain("boolean")}), call.body)["isExpired"]
    person = find_person(call.state, call.names["user_id"])
    if expired and not call.state.sign_in_experience["passwordExpiration"].get("enabled"):
        raise ApiError(
            400,
            "sign_in_experiences.password_expiration_not_enabled",
            "Password expiration policy is not enabled. "
            "Enable it in the sign-in experience settings before expiring passwords.",
        )
    person.password_is_expired = expired
    update_user(call.state, person)
    return Answer.json(200, show_user(person))


@routes.get("/api/users/{user_id}/has-password")
def has_password(call: Call) -> Answer:
    person = find_person(call.state, call.names["user_id"])
    return Answer.json(200, {"hasPassword": person.password_hash is not None})


@routes.post("/api/sign-in-exp/default/check-password")
def check(call: Call) -> Answer:
    wanted = read_body(Record({"password": Text(), "userId": Optional(Text())}), call.body)
    user_id = wanted.get("userId")
    user = find_person(call.state, user_id).user if user_id else None
    policy = call.state.sign_in_experience["passwordPolicy"]
    rejects = policy.get("rejects", {})
    if rejects.get("userInfo", True) and user is None:
        raise invalid_request("User information data is required to check user information.")
    if rejects.get("pwned", True) and not call.state.breach_service_reachable:
        raise invalid_request("fetch failed")
    issues = find_issues(wanted["password"], policy, user, breached=is_breached(wanted["password"]))
    if issues:
        return Answer.json(400, {"result": False, "issues": issues})
    return Answer.json(200, {"result": True})
