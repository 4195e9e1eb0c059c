"""Codes sent to an email address or a phone number, and checking them (docs/logto.md 3)."""

from __future__ import annotations

from accountsite.sandbox.api.columns import stored_text
from accountsite.sandbox.api.errors import ApiError
from accountsite.sandbox.api.guards import Either, Record, Text, read_body
from accountsite.sandbox.api.users import EMAIL, PHONE
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, Message, State, VerificationCode
from accountsite.sandbox.web import Answer

routes = Router()

SENDS_PER_RECIPIENT = 10
SEND_WINDOW_SECONDS = 600
LONGEST_RECIPIENT = 128
RECIPIENT = Either((Record({"email": Text(pattern=EMAIL)}), Record({"phone": Text(pattern=PHONE)})))
CODE = Text(minimum=1)
ANSWER = Either(
    (
        Record({"email": Text(pattern=EMAIL), "verificationCode": CODE}),
        Record({"phone": Text(pattern=PHONE), "verificationCode": CODE}),
    )
)


@routes.post("/api/verification-codes")
def send(call: Call) -> Answer:
    wanted = read_body(RECIPIENT, call.body)
    recipient = _recipient(wanted)
    template = _template(call.state, "Email" if "email" in wanted else "Sms")
    _count_message(call.state, recipient)
    code = call.state.new_code()
    call.state.codes[recipient] = VerificationCode(recipient, code, call.state.now())
    kind = "email" if "email" in wanted else "sms"
    text = str(template["content"]).replace("{{code}}", code)
    call.state.inbox.append(Message(kind, recipient, code, text, call.state.now()))
    return Answer(204)


@routes.post("/api/verification-codes/verify")
def verify(call: Call) -> Answer:
    wanted = read_body(ANSWER, call.body)
    recipient = _recipient(wanted)
    policy = call.state.sign_in_experience["verificationCodePolicy"]
    waiting = call.state.codes.get(recipient)
    if waiting is None:
        message = "Verification code not found. Please send verification code first."
        raise ApiError(400, "verification_code.not_found", message)
    if call.state.now() - waiting.created_at > policy.get("expirationDuration", 600):
        message = "Verification code has expired. Please request a new verification code."
        raise ApiError(400, "verification_code.expired", message)
    if waiting.tries >= policy.get("maxRetryAttempts", 10):
        message = "Verification code retries limitation exceeded. Please request a new verification code."
        raise ApiError(400, "verification_code.exceed_max_try", message)
    if waiting.code != wanted["verificationCode"]:
        waiting.tries += 1
        raise ApiError(400, "verification_code.code_mismatch", "Invalid verification code.")
    del call.state.codes[recipient]
    return Answer(204)


def _recipient(wanted: Json) -> str:
    return stored_text(wanted.get("email") or wanted["phone"], LONGEST_RECIPIENT) or ""


def _template(state: State, kind: str) -> Json:
    """The connector's `Generic` template, the only one used here."""
    connectors = [connector for connector in state.connectors.values() if connector["type"] == kind]
    if not connectors:
        raise ApiError(501, "connector.not_found", f"Cannot find any available connector for type: {kind}.")
    for template in connectors[0]["config"].get("templates", []):
        if template["usageType"] == "Generic":
            found: Json = template
            return found
    raise ApiError(400, "connector.template_not_found", "Unable to find correct template in connector config.")


def _count_message(state: State, recipient: str) -> None:
    """ApiError 429 at the eleventh message to one recipient within ten minutes; capitals make no difference."""
    key = recipient.lower()
    recent = [moment for moment in state.sent_at.get(key, []) if state.now() - moment < SEND_WINDOW_SECONDS]
    if len(recent) >= SENDS_PER_RECIPIENT:
        message = "Too many messages sent to this recipient. Please try again later."
        raise ApiError(429, "request.message_rate_limited", message)
    state.sent_at[key] = [*recent, state.now()]
