"""The tenant's sign-in experience: policies, looks and connectors, with Logto's defaults (docs/logto.md 4, 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, AliasChoices, Field, PlainValidator

from .reading import (
    OBJECT,
    OBJECTS,
    Choices,
    Flag,
    Named,
    Record,
    Text,
    Texts,
    Whole,
    items,
    key,
    mapping,
    text,
)

# Factories of connectors that need a session of the hosted sign-in (docs/logto.md 5.3).
NOT_LINKABLE = {
    "apple",
    "amazon",
    "gitlab",
    "huggingface",
    "line",
    "linkedin",
    "oauth2",
    "oidc",
    "patreon",
    "qq",
    "saml",
    "slack",
    "x",
}


@dataclass(frozen=True)
class PasswordPolicy(Record):
    """docs/logto.md 4.2, with its defaults."""

    min_length: Annotated[Whole, key("length", "min")] = 8
    max_length: Annotated[Whole, key("length", "max")] = 256
    min_character_types: Annotated[Whole, key("characterTypes", "min")] = 1
    rejects_pwned: Annotated[Flag, key("rejects", "pwned")] = True
    rejects_repetition_and_sequence: Annotated[Flag, key("rejects", "repetitionAndSequence")] = True
    rejects_user_info: Annotated[Flag, key("rejects", "userInfo")] = True
    rejected_words: Annotated[Texts, key("rejects", "words")] = ()


LONGEST_USERNAME = 128


@dataclass(frozen=True)
class UsernamePolicy(Record):
    min_length: Annotated[Whole, key("minLength")] = 1
    max_length: Annotated[Whole, key("maxLength"), AfterValidator(lambda most: min(most, LONGEST_USERNAME))] = (
        LONGEST_USERNAME
    )
    lowercase: Annotated[Flag, key("allowedChars", "lowercase")] = True
    uppercase: Annotated[Flag, key("allowedChars", "uppercase")] = True
    numbers: Annotated[Flag, key("allowedChars", "numbers")] = True
    underscore: Annotated[Flag, key("allowedChars", "underscore")] = True


@dataclass(frozen=True)
class EmailBlocklist(Record):
    blocks_subaddressing: Annotated[Flag, key("blockSubaddressing")] = False
    allowed: Annotated[Texts, key("customAllowlist")] = ()
    blocked: Annotated[Texts, key("customBlocklist")] = ()


@dataclass(frozen=True)
class VerificationCodePolicy(Record):
    """docs/logto.md 3, with its defaults."""

    expiration_seconds: Annotated[Whole, key("expirationDuration")] = 600
    max_attempts: Annotated[Whole, key("maxRetryAttempts")] = 10


@dataclass(frozen=True)
class SignInMethod(Record):
    identifier: Text = ""  # username, email or phone
    password: Flag = False
    verification_code: Annotated[Flag, key("verificationCode")] = False


@dataclass(frozen=True)
class TwoStepPolicy(Record):
    """Which second factors the tenant offers, and whether it insists."""

    factors: Texts = ()  # Totp, WebAuthn, BackupCode, EmailVerificationCode, PhoneVerificationCode
    policy: Named = "NoPrompt"
    # Members of an organisation with `isMfaRequired` must have a second factor.
    organizations_require: Annotated[
        bool, key("organizationRequiredMfaPolicy"), PlainValidator(lambda policy: policy == "Mandatory")
    ] = False

    @property
    def is_mandatory(self) -> bool:
        return self.policy.endswith("Mandatory")


def holds_generic_template(config: object) -> bool | None:
    stored = mapping(config)
    if isinstance(stored.get("templates"), list):
        return any(template.get("usageType") == "Generic" for template in items(stored["templates"]))
    if isinstance(stored.get("deliveries"), Mapping):
        return "Generic" in stored["deliveries"]
    return None


@dataclass(frozen=True)
class Connector(Record):
    """A connector without its configuration, which is the provider's secrets in clear text.

    `has_generic_template`: whether a mail or SMS connector holds the template that codes of this site are sent with;
    None when it keeps its templates elsewhere.
    """

    id: Text = ""
    target: Text = ""
    type: Named = "Social"  # Social, Email or Sms
    factory_id: Annotated[Text, key("connectorId")] = ""
    platform: Text = ""  # Native, Universal or Web
    logo: Text = ""  # a web address or a `data:` one
    names: Annotated[Choices, key("name")] = field(default_factory=dict)
    has_generic_template: Annotated[bool | None, key("config"), PlainValidator(holds_generic_template)] = None

    def name(self, language: str) -> str:
        """The connector's name in a language such as `de` or `pt-br`, else in English."""
        wanted = language.lower().partition("-")[0]
        by_language = {tag.lower(): name for tag, name in self.names.items()}
        related = next((name for tag, name in by_language.items() if tag.partition("-")[0] == wanted), "")
        return by_language.get(language.lower()) or related or by_language.get("en") or self.target or self.id

    @property
    def is_social(self) -> bool:
        return self.type == "Social"

    @property
    def is_linkable(self) -> bool:
        """False for the kinds that only the hosted sign-in can link; for the others a 501 has the last word."""
        stem = (
            self.factory_id.rsplit("-", 1)[0]
            if self.factory_id.endswith(("-universal", "-web", "-native"))
            else self.factory_id
        )
        return stem not in NOT_LINKABLE and self.platform != "Native"


@dataclass(frozen=True)
class SsoConnector(Record):
    id: Text = ""
    name: Annotated[Text, Field(validation_alias=AliasChoices("connectorName", "name"))] = ""


@dataclass(frozen=True)
class Appearance(Record):
    """How the tenant's sign-in pages look, and where they lead."""

    colour: Annotated[Text, key("color", "primaryColor")] = ""
    dark_colour: Annotated[Text, key("color", "darkPrimaryColor")] = ""
    has_dark_mode: Annotated[Flag, key("color", "isDarkModeEnabled")] = True
    logo: Annotated[Text, key("branding", "logoUrl")] = ""
    dark_logo: Annotated[Text, key("branding", "darkLogoUrl")] = ""
    favicon: Annotated[Text, key("branding", "favicon")] = ""
    terms_url: Annotated[Text, key("termsOfUseUrl")] = ""
    privacy_url: Annotated[Text, key("privacyPolicyUrl")] = ""
    support_url: Annotated[Text, key("supportWebsiteUrl")] = ""
    support_email: Annotated[Text, key("supportEmail")] = ""


@dataclass(frozen=True)
class PublicSignInExperience(Record):
    """What anybody may know: the connectors that are switched on, how a forgotten password is replaced, the looks."""

    appearance: Appearance = Appearance()

    social_connectors: Annotated[tuple[Connector, ...], OBJECTS, key("socialConnectors")] = ()
    sso_connectors: Annotated[tuple[SsoConnector, ...], OBJECTS, key("ssoConnectors")] = ()
    resets_password_by_email: Annotated[Flag, key("forgotPassword", "email")] = False
    resets_password_by_phone: Annotated[Flag, key("forgotPassword", "phone")] = False
    fallback_language: Annotated[Text, key("languageInfo", "fallbackLanguage")] = ""  # where no other one fits


def identifiers(value: object) -> tuple[str, ...]:
    return tuple(text(one.get("identifier")) for one in items(value))


@dataclass(frozen=True)
class SignInExperience(Record):
    """docs/logto.md 4.4."""

    sign_in_methods: Annotated[tuple[SignInMethod, ...], OBJECTS, key("signIn", "methods")] = ()
    sign_up_identifiers: Annotated[Texts, key("signUp", "identifiers")] = ()
    secondary_identifiers: Annotated[
        tuple[str, ...], key("signUp", "secondaryIdentifiers"), PlainValidator(identifiers)
    ] = ()
    social_targets: Annotated[Texts, key("socialSignInConnectorTargets")] = ()
    enterprise_sign_in_enabled: Annotated[Flag, key("singleSignOnEnabled")] = False
    passkey_sign_in_enabled: Annotated[Flag, key("passkeySignIn", "enabled")] = False
    password_policy: Annotated[PasswordPolicy, OBJECT, key("passwordPolicy")] = PasswordPolicy()
    username_policy: Annotated[UsernamePolicy, OBJECT, key("usernamePolicy")] = UsernamePolicy()
    two_step: Annotated[TwoStepPolicy, OBJECT, key("mfa")] = TwoStepPolicy()
    email_blocklist: Annotated[EmailBlocklist, OBJECT, key("emailBlocklistPolicy")] = EmailBlocklist()
    unknown_session_address: Annotated[Text, key("unknownSessionRedirectUrl")] = ""
    verification_code: Annotated[VerificationCodePolicy, OBJECT, key("verificationCodePolicy")] = (
        VerificationCodePolicy()
    )
