"""The sign-in experience, for the machine and for everybody (docs/logto.md 4.4, 4.5)."""

from __future__ import annotations

from accountsite.sandbox.api.errors import ApiError, invalid_entity
from accountsite.sandbox.api.guards import Choice, ListOf, Nullable, Optional, Plain, Record, Schema, Text, read_body
from accountsite.sandbox.router import Call, Router
from accountsite.sandbox.state import Json, State
from accountsite.sandbox.web import Answer

routes = Router()

HIDDEN_FROM_PUBLIC = ("emailBlocklistPolicy", "forgotPasswordMethods")
SHOWN_OF_CONNECTOR = ("id", "target", "name", "logo", "logoDark", "platform", "isTokenStorageSupported")
OBJECTS = (
    "color", "branding", "languageInfo", "signIn", "signUp", "socialSignIn", "customContent", "customUiCsp",
    "passwordPolicy", "mfa", "adaptiveMfa", "captchaPolicy", "sentinelPolicy", "emailBlocklistPolicy",
    "verificationCodePolicy", "passkeySignIn", "passwordExpiration", "usernamePolicy",
)  # fmt: skip
TEXTS = (
    "termsOfUseUrl",
    "privacyPolicyUrl",
    "customCss",
    "supportEmail",
    "supportWebsiteUrl",
    "unknownSessionRedirectUrl",
)
KEYS: dict[str, Schema] = {
    **{key: Optional(Plain("object")) for key in OBJECTS},
    **{key: Optional(Nullable(Text())) for key in TEXTS},
    "hideLogtoBranding": Optional(Plain("boolean")),
    "singleSignOnEnabled": Optional(Plain("boolean")),
    "signInMode": Optional(Choice(("SignIn", "Register", "SignInAndRegister"))),
    "agreeToTermsPolicy": Optional(Choice(("Automatic", "ManualRegistrationOnly", "Manual"))),
    "socialSignInConnectorTargets": Optional(ListOf(Text())),
    "signUpProfileFields": Optional(Nullable(ListOf(Record({"name": Text()})))),
    "forgotPasswordMethods": Optional(Nullable(ListOf(Choice(("EmailVerificationCode", "PhoneVerificationCode"))))),
}


@routes.get("/api/sign-in-exp")
def read(call: Call) -> Answer:
    return Answer.json(200, call.state.sign_in_experience)


@routes.patch("/api/sign-in-exp")
def change(call: Call) -> Answer:
    wanted = read_body(Record(KEYS), call.body)
    if not wanted:
        raise invalid_entity()
    current = call.state.sign_in_experience
    if not wanted.get("passwordExpiration", True):
        del wanted["passwordExpiration"]
    merged = current | wanted
    if merged["passwordExpiration"].get("enabled"):
        _check_password_expiration(merged)
        began = current["passwordExpiration"].get("enabledAt", call.state.now_ms)
        merged["passwordExpiration"] = merged["passwordExpiration"] | {"enabledAt": began}
    call.state.sign_in_experience = merged
    return Answer.json(200, merged)


@routes.get("/api/.well-known/sign-in-exp")
def read_public(call: Call) -> Answer:
    return Answer.json(200, show_public(call.state))


@routes.get("/api/.well-known/experience")
def read_public_alias(call: Call) -> Answer:
    return Answer.json(200, show_public(call.state))


def show_public(state: State) -> Json:
    """What the hosted sign-in page may know: no blocklist, and connectors without their configuration."""
    experience = state.sign_in_experience
    shown = {key: value for key, value in experience.items() if key not in HIDDEN_FROM_PUBLIC}
    methods = experience["forgotPasswordMethods"] or []
    asked = [entry["name"] for entry in experience["signUpProfileFields"] or []]
    return shown | {
        "socialConnectors": _enabled_connectors(state),
        "ssoConnectors": _enterprise_connectors(state),
        "forgotPassword": {"phone": "PhoneVerificationCode" in methods, "email": "EmailVerificationCode" in methods},
        "isDevelopmentTenant": False,
        "customProfileFields": [state.profile_fields[name] for name in asked if name in state.profile_fields],
        "customProfileFieldCatalog": list(state.profile_fields.values()),
    }


def _enabled_connectors(state: State) -> list[Json]:
    targets = state.sign_in_experience["socialSignInConnectorTargets"]
    return [
        {key: connector[key] for key in SHOWN_OF_CONNECTOR}
        for target in targets
        for connector in state.connectors.values()
        if connector["type"] == "Social" and connector["target"] == target
    ]


def _enterprise_connectors(state: State) -> list[Json]:
    if not state.sign_in_experience["singleSignOnEnabled"]:
        return []
    return [{key: each[key] for key in ("id", "connectorName", "logo")} for each in state.sso_connectors.values()]


def _check_password_expiration(experience: Json) -> None:
    if not experience["forgotPasswordMethods"]:
        raise ApiError(
            422,
            "sign_in_experiences.password_expiration_requires_forgot_password",
            "Password expiration requires at least one forgot password method with a valid connector.",
        )
