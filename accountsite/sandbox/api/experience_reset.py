"""The part of Logto's API for its own pages that sets a forgotten password anew."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError
from accountsite.sandbox.api.experience import open_interaction
from accountsite.sandbox.api.guards import Choice, Record, Text, read_body
from accountsite.sandbox.api.password_policy import find_issues, is_breached
from accountsite.sandbox.oidc.credentials import by_identifier
from accountsite.sandbox.oidc.forgotten import send_code
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json
from accountsite.sandbox.web import Answer

routes = Router()

IDENTIFIER = Record({"type": Choice(("email", "phone")), "value": Text()})
ASKED = Record({"identifier": IDENTIFIER, "interactionEvent": Choice(("SignIn", "Register", "ForgotPassword"))})
ANSWER = Record({"identifier": IDENTIFIER, "verificationId": Text(), "code": Text(minimum=1)})
CODES = "/api/experience/verification/verification-code"


@routes.post(CODES)
def ask_for_code(call: Call) -> Answer:
    wanted, interaction = read_body(ASKED, call.body), open_interaction(call)
    send_code(call, interaction, wanted["identifier"]["value"])
    return Answer.json(200, {"verificationId": call.state.new_id(21)})


@routes.post(f"{CODES}/verify")
def verify_code(call: Call) -> Answer:
    wanted, interaction = read_body(ANSWER, call.body), open_interaction(call)
    person = by_identifier(call.state, interaction.reset_identifier)
    if person is None or not interaction.mailed_code or wanted["code"] != interaction.mailed_code:
        raise ApiError(400, "verification_code.code_mismatch", "Invalid verification code.")
    interaction.verified[wanted["verificationId"]] = person.id
    return Answer.json(200, {"verificationId": wanted["verificationId"]})


@routes.put("/api/experience/profile/password")
def choose_password(call: Call) -> Answer:
    """It counts once everything is submitted."""
    password = read_body(Record({"password": Text(minimum=1)}), call.body)["password"]
    interaction = open_interaction(call)
    person = call.state.people.get(interaction.user_id or "")
    if person is None:
        raise ApiError(404, "session.identifier_not_found", "User identifier not found. Please go back and start over.")
    policy: Json = call.state.sign_in_experience["passwordPolicy"]
    if issues := find_issues(password, policy, person.user, breached=is_breached(password)):
        raise ApiError(422, "password.rejected", "Password does not meet the requirements.", data=issues)
    interaction.new_password = password
    return Answer(204)
