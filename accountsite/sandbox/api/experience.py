"""Logto's API for its own sign-in pages: what a browser with an open interaction may call, without a token.

Contract tests sign people in with it on any tenant; the sandbox's own pages do the same by forms.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from accountsite.sandbox.access_control import is_shut_out
from accountsite.sandbox.api.consent_scopes import scopes_by_resource
from accountsite.sandbox.api.errors import ApiError
from accountsite.sandbox.api.guards import Choice, ListOf, Optional, Record, Text, read_body
from accountsite.sandbox.oidc.credentials import BLOCKED, check_password
from accountsite.sandbox.oidc.forgotten import set_password
from accountsite.sandbox.oidc.interactions import Interaction, browser_interaction, finish
from accountsite.sandbox.oidc.suggestions import PASSKEY, SECOND_FACTOR, ask_first, remember_skipped
from accountsite.sandbox.oidc.traces import (
    note_factor,
    note_identified,
    note_more_wanted,
    note_password,
    note_second_step_wanted,
)
from accountsite.sandbox.pages.consent import ORGANIZATIONS_SCOPE, keep_organizations, organizations_of
from accountsite.sandbox.pages.factors import MANDATORY, factor_is_right, factors_to_ask
from accountsite.sandbox.pages.signin import record
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, Session, iso
from accountsite.sandbox.web import Answer

routes = Router()

EVENT = Record({"interactionEvent": Choice(("SignIn", "Register", "ForgotPassword"))})
PASSWORD = Record(
    {
        "identifier": Record({"type": Choice(("username", "email", "phone")), "value": Text()}),
        "password": Text(minimum=1),
    }
)


@routes.put("/api/experience")
def begin(call: Call) -> Answer:
    wanted = read_body(EVENT, call.body)
    open_interaction(call).event = wanted["interactionEvent"]
    return Answer(204)


@routes.post("/api/experience/verification/password")
def verify_password(call: Call) -> Answer:
    wanted = read_body(PASSWORD, call.body)
    interaction, identifier = open_interaction(call), wanted["identifier"]
    person, problem = check_password(call, identifier["value"], wanted["password"])
    if person is None:
        message = "Incorrect account or password. Please check your input."
        if problem == BLOCKED:
            message = "Too many attempts in a short time. Please try again later."
        note_password(call, interaction, identifier, {"code": problem, "message": message})
        raise ApiError(400 if problem == BLOCKED else 422, str(problem), message)
    note_password(call, interaction, identifier)
    found = record(call, "Password", identifier)
    interaction.verified[found["id"]] = person.id
    interaction.records = [found]
    return Answer.json(200, {"verificationId": found["id"]})


@routes.post("/api/experience/identification")
def identify(call: Call) -> Answer:
    wanted = read_body(Record({"verificationId": Text()}), call.body)
    interaction = open_interaction(call)
    person = call.state.people.get(interaction.verified.get(wanted["verificationId"], ""))
    if person is None:
        raise ApiError(404, "session.verification_session_not_found", "The verification was not successful.")
    if person.user["isSuspended"]:
        raise ApiError(401, "user.suspended", "This account is suspended.")
    interaction.user_id = person.id
    if interaction.event == "SignIn":
        note_identified(call, interaction)
    return Answer(204)


@routes.post("/api/experience/verification/totp/verify")
def verify_authenticator(call: Call) -> Answer:
    return _verify_factor(call, "Totp", "session.mfa.invalid_totp_code", "Invalid TOTP code.")


@routes.post("/api/experience/verification/backup-code/verify")
def verify_backup_code(call: Call) -> Answer:
    return _verify_factor(call, "BackupCode", "session.mfa.invalid_backup_code", "Invalid backup code.")


@routes.post("/api/experience/submit")
def submit(call: Call) -> Answer:
    interaction = open_interaction(call)
    person = call.state.people.get(interaction.user_id or "")
    if person is None:
        raise ApiError(404, "session.identifier_not_found", "User identifier not found. Please sign in again.")
    if interaction.event == "ForgotPassword":
        if not interaction.new_password:
            raise ApiError(422, "user.new_password_required_in_profile", "A new password is needed.")
        set_password(call, interaction, person, interaction.new_password)
        return Answer(204)
    asked = factors_to_ask(call.state, person)
    if asked and not interaction.second_factor:
        note_second_step_wanted(call, interaction)
        message = "Mfa verification is required to sign in."
        told = {"availableFactors": asked, "maskedIdentifiers": {}}
        raise ApiError(403, "session.mfa.require_mfa_verification", message, data=told)
    try:
        ask_first(call.state, interaction, person)
    except ApiError as wanted:
        note_more_wanted(call, interaction, wanted.code, wanted.message)
        raise
    remember_skipped(interaction, person)
    return Answer.json(200, {"redirectTo": f"{call.logto.endpoint}{finish(interaction, person.id)}"})


@routes.post("/api/experience/profile/mfa/passkey-skipped")
def skip_passkey(call: Call) -> Answer:
    open_interaction(call).skipped.add(PASSKEY)
    return Answer(204)


@routes.post("/api/experience/profile/mfa/mfa-skipped")
def skip_second_factor(call: Call) -> Answer:
    interaction = open_interaction(call)
    if call.state.sign_in_experience["mfa"]["policy"] in MANDATORY:
        raise ApiError(422, "session.mfa.mfa_policy_not_user_controlled", "MFA policy is not user controlled.")
    interaction.skipped.add(SECOND_FACTOR)
    return Answer(204)


@routes.get("/api/interaction/consent")
def show_consent(call: Call) -> Answer:
    interaction, session = _at_consent(call)
    application = call.state.applications[interaction.client_id]
    if is_shut_out(call.state, application, session.account_id):
        raise ApiError(400, "oidc.access_denied", "Access denied.")
    user = call.state.people[session.account_id].user
    asked = parse_qs(interaction.query)
    scopes = asked.get("scope", [""])[0].split()
    listed = call.state.consent_scopes.get(interaction.client_id, {}).get("resourceScopeIds", [])
    known = scopes_by_resource(call.state, listed)
    missing = [
        each | {"scopes": [scope for scope in each["scopes"] if scope["name"] in scopes]}
        for each in known
        if each["resource"]["indicator"] in asked.get("resource", [])
    ]
    shown: Json = {
        "application": {key: application[key] for key in ("id", "name")},
        "user": {key: user[key] for key in ("id", "name", "avatar", "username", "primaryEmail", "primaryPhone")},
        "missingOIDCScope": [scope for scope in scopes if scope not in ("openid", "offline_access")],
        "missingResourceScopes": [each for each in missing if each["scopes"]],
        "redirectUri": interaction.redirect_uri,
    }
    if ORGANIZATIONS_SCOPE in scopes:
        shown["organizations"] = [
            {"id": each["id"], "name": each["name"], "missingResourceScopes": []}
            for each in organizations_of(call.state, session.account_id)
        ]
    return Answer.json(200, shown)


@routes.post("/api/interaction/consent")
def agree(call: Call) -> Answer:
    chosen = read_body(Record({"organizationIds": Optional(ListOf(Text()))}), call.body).get("organizationIds", [])
    interaction, session = _at_consent(call)
    keep_organizations(call.state, interaction, session.account_id, chosen)
    interaction.consented = True
    return Answer.json(200, {"redirectTo": f"{call.logto.endpoint}/oidc/auth/{interaction.uid}"})


def _verify_factor(call: Call, kind: str, code: str, message: str) -> Answer:
    typed = read_body(Record({"code": Text(minimum=1)}), call.body)["code"]
    interaction = open_interaction(call)
    person, now = call.state.people.get(interaction.user_id or ""), call.state.now()
    has_one = person and any(factor["type"] == kind for factor in person.factors)
    is_right = bool(person and has_one and factor_is_right(person, kind, typed, now=now, now_iso=iso(now)))
    note_factor(call, interaction, kind, is_right=is_right, message=message)
    if not is_right:
        raise ApiError(400, code, message)
    found = record(call, kind)
    interaction.records.append(found)
    interaction.second_factor = True
    return Answer.json(200, {"verificationId": found["id"]})


def open_interaction(call: Call) -> Interaction:
    """The one that this browser is in."""
    interaction = browser_interaction(call.state, call.request)
    if interaction is None:
        raise ApiError(404, "session.not_found", "Session not found. Please go back and sign in again.")
    return interaction


def _at_consent(call: Call) -> tuple[Interaction, Session]:
    interaction = open_interaction(call)
    session = call.state.sessions.get(interaction.session_uid or "")
    if session is None:
        raise ApiError(404, "session.not_found", "Session not found. Please go back and sign in again.")
    return interaction, session
