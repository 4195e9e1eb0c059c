"""The invented tenant "Fernhill": sign-in experience, account center, connectors, custom profile fields."""

from __future__ import annotations

from base64 import b64encode
from copy import deepcopy

from accountsite.sandbox.state import TENANT_ID, Json, State

SSO_CONNECTOR_ID = "ssoharbourenergy00001"
ACCOUNT_FIELDS = (
    "name", "avatar", "profile", "email", "phone", "password", "username", "social", "customData", "mfa", "passkey",
    "session",
)  # fmt: skip
# id, factory id, target, name, type. Apple and LINE cannot be linked through the Management API (docs/logto.md 5.3);
# the mock one, which believes whatever it is sent, is not offered at sign-in.
CONNECTORS = (
    ("connectorgoogle000001", "google-universal", "google", "Google", "Social"),
    ("connectorgithub000001", "github-universal", "github", "GitHub", "Social"),
    ("connectorfacebook0001", "facebook-universal", "facebook", "Facebook", "Social"),
    ("connectorapple0000001", "apple-universal", "apple", "Apple", "Social"),
    ("connectorline00000001", "line-universal", "line", "LINE", "Social"),
    ("connectormock00000001", "mock-social-connector", "mock-social", "Mock Social", "Social"),
    ("connectoremail0000001", "simple-mail-transfer-protocol", "smtp", "SMTP", "Email"),
    ("connectorsms000000001", "twilio-short-message-service", "twilio-sms", "Twilio SMS Service", "Sms"),
)
LOGO_COLOURS = {"google": "#4285f4", "github": "#24292f", "facebook": "#1877f2", "apple": "#000", "line": "#06c755"}
PROFILE_FIELDS: tuple[tuple[str, str, str, bool, Json], ...] = (
    ("nickname", "Text", "Nickname", False, {}),
    ("teamName", "Text", "Team", False, {"minLength": 2, "maxLength": 20, "placeholder": "Where you sit"}),
    ("shoeSize", "Number", "Shoe size", False, {"minValue": 15, "maxValue": 60}),
    ("startDate", "Date", "First day", False, {"format": "yyyy-MM-dd"}),
    ("newsletter", "Checkbox", "Newsletter", False, {"defaultValue": "true"}),
    (
        "favouriteColour",
        "Select",
        "Favourite colour",
        False,
        {"options": [{"label": "Green", "value": "green"}, {"label": "Blue", "value": "blue"}, {"value": "red"}]},
    ),
    ("blog", "Url", "Blog", False, {"placeholder": "https://"}),
    ("badgeNumber", "Regex", "Badge number", False, {"format": "^[A-Z]{2}-\\d{4}$", "placeholder": "AB-1234"}),
    (
        "address",
        "Address",
        "Address",
        False,
        {
            "parts": [
                {"enabled": True, "name": name, "type": "Text", "label": label, "required": False}
                for name, label in (
                    ("streetAddress", "Street"),
                    ("locality", "City"),
                    ("region", "Region"),
                    ("postalCode", "Postcode"),
                    ("country", "Country"),
                )
            ]
        },
    ),
    (
        "fullname",
        "Fullname",
        "Full name",
        False,
        {
            "parts": [
                {"enabled": True, "name": name, "type": "Text", "label": label, "required": False}
                for name, label in (("givenName", "First name"), ("familyName", "Last name"))
            ]
        },
    ),
)


def seed_settings(state: State, site_url: str) -> None:
    state.sign_in_experience = _sign_in_experience()
    state.account_center = {
        "tenantId": TENANT_ID,
        "id": "default",
        "enabled": True,
        "fields": dict.fromkeys(ACCOUNT_FIELDS, "Edit"),
        "webauthnRelatedOrigins": [site_url],
        "deleteAccountUrl": f"{site_url}/delete/",
        "customCss": None,
        "profileFields": [{"name": "name"}, *({"name": name} for name, *_ in PROFILE_FIELDS)],
    }
    for connector_id, factory_id, target, name, kind in CONNECTORS:
        state.connectors[connector_id] = _connector(connector_id, factory_id, target, name, kind)
    state.sso_connectors[SSO_CONNECTOR_ID] = {
        "id": SSO_CONNECTOR_ID,
        "connectorName": "Harbour Energy",
        "domains": ["harbour.example"],
        "syncProfile": True,
        "logo": "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=",
    }
    for order, (name, kind, label, required, config) in enumerate(PROFILE_FIELDS, 1):
        state.profile_fields[name] = {
            "tenantId": TENANT_ID,
            "id": state.new_id(21),
            "name": name,
            "type": kind,
            "label": label,
            "description": None,
            "required": required,
            "config": deepcopy(config),
            "createdAt": state.now_ms,
            "sieOrder": order,
        }


def _sign_in_experience() -> Json:
    return {
        "tenantId": TENANT_ID,
        "id": "default",
        "color": {"primaryColor": "#2f5bd8", "isDarkModeEnabled": True, "darkPrimaryColor": "#8aa6ff"},
        "branding": {},
        "hideLogtoBranding": False,
        "languageInfo": {"autoDetect": True, "fallbackLanguage": "en"},
        "termsOfUseUrl": "https://fernhill.example/terms",
        "privacyPolicyUrl": "https://fernhill.example/privacy",
        "agreeToTermsPolicy": "Automatic",
        "signIn": {
            "methods": [
                _sign_in_method("username", verification_code=False),
                _sign_in_method("email", verification_code=True),
                _sign_in_method("phone", verification_code=True),
            ]
        },
        "signUp": {"identifiers": ["email"], "password": True, "verify": True},
        "socialSignIn": {"automaticAccountLinking": False, "skipRequiredIdentifiers": True},
        "socialSignInConnectorTargets": ["google", "github", "facebook", "apple", "line"],
        "signInMode": "SignInAndRegister",
        "customCss": None,
        "customContent": {},
        "customUiAssets": None,
        "customUiCsp": {},
        "passwordPolicy": {
            "length": {"min": 8, "max": 256},
            "characterTypes": {"min": 1},
            "rejects": {"pwned": True, "repetitionAndSequence": True, "userInfo": True, "words": ["fernhill"]},
        },
        "mfa": {"factors": ["Totp", "WebAuthn", "BackupCode"], "policy": "UserControlled"},
        "adaptiveMfa": {},
        "singleSignOnEnabled": True,
        "supportEmail": "help@fernhill.example",
        "supportWebsiteUrl": "https://fernhill.example/help",
        "unknownSessionRedirectUrl": None,
        "captchaPolicy": {},
        "sentinelPolicy": {},
        "emailBlocklistPolicy": {"blockDisposableAddresses": False, "customBlocklist": ["@blocked.example"]},
        "verificationCodePolicy": {},
        "forgotPasswordMethods": ["EmailVerificationCode"],
        "passkeySignIn": {"enabled": True, "showPasskeyButton": True, "allowAutofill": True},
        "signUpProfileFields": [],
        "passwordExpiration": {},
        "usernamePolicy": {
            "caseSensitive": True,
            "minLength": 3,
            "maxLength": 128,
            "allowedChars": {"lowercase": True, "uppercase": True, "numbers": True, "underscore": True},
        },
    }


def _sign_in_method(identifier: str, *, verification_code: bool) -> Json:
    return {
        "identifier": identifier,
        "password": True,
        "verificationCode": verification_code,
        "isPasswordPrimary": True,
    }


def _logo(target: str) -> str:
    """A drawing in the provider's colour, written into the address as Logto's connectors have it."""
    colour = LOGO_COLOURS.get(target, "#5b6472")
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<circle cx="12" cy="12" r="11" fill="{colour}"/><circle cx="12" cy="12" r="5" fill="#fff"/></svg>'
    )
    return f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}"


def _connector(connector_id: str, factory_id: str, target: str, name: str, kind: str) -> Json:
    config: Json = {"clientId": f"{target}-client", "clientSecret": f"{target}-client-secret"}
    if kind != "Social":
        config = {"templates": [{"usageType": "Generic", "content": "Your code is {{code}}.", "subject": "Your code"}]}
    return {
        "id": connector_id,
        "syncProfile": False,
        "enableTokenStorage": False,
        "config": deepcopy(config),
        "metadata": {},
        "connectorId": factory_id,
        "target": target,
        "name": {"en": name},
        "description": {"en": f"{name} connector of the sandbox"},
        "logo": _logo(target),
        "logoDark": None,
        "readme": f"# {name}\n",
        "configTemplate": "{}",
        "platform": "Universal" if kind == "Social" else None,
        "isTokenStorageSupported": factory_id in ("google-universal", "github-universal", "facebook-universal"),
        "type": kind,
        "isDemo": False,
        "extraInfo": {},
    }
