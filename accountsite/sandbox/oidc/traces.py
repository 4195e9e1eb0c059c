"""What a sign-in leaves behind: rows of the audit log, a webhook, the application somebody came by."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from accountsite.sandbox.logs import MASKED, interaction_of, write_request
from accountsite.sandbox.oidc.interactions import Interaction
from accountsite.sandbox.oidc.server import SandboxRequest
from accountsite.sandbox.oidc.tokens import SignIn
from accountsite.sandbox.router import Call
from accountsite.sandbox.state import CALLER, Json, Person, Session
from accountsite.sandbox.webhooks import announce

if TYPE_CHECKING:
    from accountsite.sandbox.logto import Logto

# The second factors whose verification has another name than the factor.
VERIFICATIONS = {
    "EmailVerificationCode": "MfaEmailVerificationCode",
    "PhoneVerificationCode": "MfaPhoneVerificationCode",
}
CODES = {
    "Totp": "session.mfa.invalid_totp_code",
    "BackupCode": "session.mfa.invalid_backup_code",
    "EmailVerificationCode": "verification_code.code_mismatch",
    "PhoneVerificationCode": "verification_code.code_mismatch",
}
EXCHANGES = {
    "authorization_code": "ExchangeTokenBy.AuthorizationCode",
    "refresh_token": "ExchangeTokenBy.RefreshToken",
    "client_credentials": "ExchangeTokenBy.ClientCredentials",
}


def note_prompt(call: Call, interaction: Interaction, prompt: str, user_id: str | None) -> None:
    """The person is sent to a page: to sign in, or to agree."""
    asked = {name: values[0] for name, values in parse_qs(interaction.query).items()}
    params = asked | {"one_time_token": MASKED, "google_one_tap_credential": MASKED}
    write_request(
        call.state,
        "Interaction.Create",
        call.request,
        user_id=user_id,
        application_id=interaction.client_id,
        interactionId=interaction.uid,
        params=params,
        prompt={"name": prompt, "details": {}, "reasons": []},
    )
    if prompt == "login":
        _note(call, interaction, "Interaction.SignIn.Create")


def note_password(call: Call, interaction: Interaction, identifier: Json, error: Json | None = None) -> None:
    """A password was checked; whose it is does not stand in the row."""
    payload = {"password": MASKED, "identifier": identifier}
    _note(call, interaction, "Interaction.SignIn.Verification.Password.Submit", error=error, payload=payload)


def note_identified(call: Call, interaction: Interaction) -> None:
    _note(call, interaction, "Interaction.SignIn.Identifier.Submit", user_id=interaction.user_id)


def note_factor(call: Call, interaction: Interaction, kind: str, *, is_right: bool, message: str = "") -> None:
    """A second factor was checked."""
    error = (
        None if is_right else {"code": CODES.get(kind, "session.mfa.webauthn_verification_failed"), "message": message}
    )
    key = f"Interaction.SignIn.Verification.{VERIFICATIONS.get(kind, kind)}.Submit"
    _note(call, interaction, key, user_id=interaction.user_id, error=error)


def note_second_step_wanted(call: Call, interaction: Interaction) -> None:
    """The sign-in was to end with the first step, and may not."""
    code, message = "session.mfa.require_mfa_verification", "Mfa verification is required to sign in."
    note_more_wanted(call, interaction, code, message)


def note_more_wanted(call: Call, interaction: Interaction, code: str, message: str) -> None:
    """The sign-in does not end yet: Logto writes that down as one that failed."""
    error = {"code": code, "message": message}
    _note(call, interaction, "Interaction.SignIn.Submit", user_id=interaction.user_id, error=error)


def note_sign_in(call: Call, interaction: Interaction, person: Person, session: Session) -> None:
    """The sign-in is whole: its last row, the webhook, and for somebody new the application they came by."""
    if person.user["applicationId"] is None:
        person.user["applicationId"] = interaction.client_id
    _note(call, interaction, "Interaction.SignIn.Submit", user_id=person.id)
    agent = call.request.headers.get("user-agent", "")
    tell_of_sign_in(call.logto, person, interaction.client_id, sign_in_id=interaction.uid, user_agent=agent, ip=CALLER)


def tell_of_sign_in(logto: Logto, person: Person, client_id: str, *, sign_in_id: str, user_agent: str, ip: str) -> None:
    """The webhook `PostSignIn`."""
    application = logto.state.applications.get(client_id)
    content: Json = {
        "interactionEvent": "SignIn",
        "sessionId": sign_in_id,
        "userAgent": user_agent,
        "userId": person.id,
        "userIp": ip,
        "user": dict(person.user),
    }
    if application is not None:
        content["application"] = {key: application[key] for key in ("id", "type", "name", "description")}
    announce(logto, "PostSignIn", content)


def note_reset(call: Call, interaction: Interaction, person: Person) -> None:
    """A forgotten password was set anew: its row, and the webhook `PostResetPassword`."""
    agent = call.request.headers.get("user-agent")
    context = {"ip": CALLER} | ({"userAgent": agent} if agent else {})
    told = interaction_of(context, [], user_id=person.id, event="ForgotPassword")
    key, client_id = "Interaction.ForgotPassword.Submit", interaction.client_id
    write_request(call.state, key, call.request, user_id=person.id, application_id=client_id, interaction=told)
    content: Json = {
        "interactionEvent": "ForgotPassword",
        "sessionId": interaction.uid,
        "userAgent": agent or "",
        "userId": person.id,
        "userIp": CALLER,
        "user": dict(person.user),
    }
    announce(call.logto, "PostResetPassword", content)


def note_tokens(call: Call, answered: SandboxRequest) -> None:
    """Tokens were given out at the token endpoint. The code stands in the row in clear, as in Logto."""
    given = answered.authorization_code or answered.refresh_token
    sign_in: SignIn | None = given.sign_in if given is not None else None
    scope = sign_in.scope if sign_in is not None else answered.form.get("scope", "")
    hidden = ("client_secret", "refresh_token")
    write_request(
        call.state,
        EXCHANGES[answered.form["grant_type"]],
        call.request,
        user_id=sign_in.user_id if sign_in is not None else None,
        application_id=answered.client.client_id,
        params={name: MASKED if name in hidden else value for name, value in answered.form.items()},
        scope=scope,
        tokenTypes=["AccessToken", *(["IdToken"] if "openid" in scope.split() else [])],
    )


def note_revocation(call: Call, sign_in: SignIn) -> None:
    write_request(call.state, "RevokeToken", call.request, user_id=sign_in.user_id, application_id=sign_in.client_id)


def _note(
    call: Call,
    interaction: Interaction,
    key: str,
    *,
    user_id: str | None = None,
    error: Json | None = None,
    **more: object,
) -> None:
    agent = call.request.headers.get("user-agent")
    context = {"ip": CALLER} | ({"userAgent": agent} if agent else {})
    write_request(
        call.state,
        key,
        call.request,
        user_id=user_id,
        application_id=interaction.client_id,
        error=error,
        interaction=interaction_of(context, list(interaction.records), user_id=user_id),
        **more,
    )
