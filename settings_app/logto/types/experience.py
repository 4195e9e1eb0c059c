"""The tenant's sign-in experience: policies, looks and connectors, with Logto's defaults (docs/logto.md 4, 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .reading import choices, flag, items, mapping, text, texts, whole

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
class PasswordPolicy:
    """docs/logto.md 4.2, with its defaults."""

    min_length: int = 8
    max_length: int = 256
    min_character_types: int = 1
    rejects_pwned: bool = True
    rejects_repetition_and_sequence: bool = True
    rejects_user_info: bool = True
    rejected_words: tuple[str, ...] = ()

    @classmethod
    def from_api(cls, source: object) -> PasswordPolicy:
        policy = mapping(source)
        length, kinds, rejects = (mapping(policy.get(key)) for key in ("length", "characterTypes", "rejects"))
        return cls(
            min_length=whole(length.get("min"), cls.min_length),
            max_length=whole(length.get("max"), cls.max_length),
            min_character_types=whole(kinds.get("min"), cls.min_character_types),
            rejects_pwned=flag(rejects.get("pwned"), True),
            rejects_repetition_and_sequence=flag(rejects.get("repetitionAndSequence"), True),
            rejects_user_info=flag(rejects.get("userInfo"), True),
            rejected_words=texts(rejects.get("words")),
        )


@dataclass(frozen=True)
class UsernamePolicy:
    case_sensitive: bool = True
    min_length: int = 1
    max_length: int = 128
    lowercase: bool = True
    uppercase: bool = True
    numbers: bool = True
    underscore: bool = True

    @classmethod
    def from_api(cls, source: object) -> UsernamePolicy:
        policy = mapping(source)
        allowed = mapping(policy.get("allowedChars"))
        return cls(
            case_sensitive=flag(policy.get("caseSensitive"), True),
            min_length=whole(policy.get("minLength"), cls.min_length),
            max_length=min(whole(policy.get("maxLength"), cls.max_length), cls.max_length),
            **{kind: flag(allowed.get(kind), True) for kind in ("lowercase", "uppercase", "numbers", "underscore")},
        )


@dataclass(frozen=True)
class EmailBlocklist:
    blocks_disposable: bool = False
    blocks_subaddressing: bool = False
    allowed: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()

    @classmethod
    def from_api(cls, source: object) -> EmailBlocklist:
        policy = mapping(source)
        return cls(
            blocks_disposable=flag(policy.get("blockDisposableAddresses")),
            blocks_subaddressing=flag(policy.get("blockSubaddressing")),
            allowed=texts(policy.get("customAllowlist")),
            blocked=texts(policy.get("customBlocklist")),
        )


@dataclass(frozen=True)
class VerificationCodePolicy:
    """docs/logto.md 3, with its defaults."""

    expiration_seconds: int = 600
    max_attempts: int = 10

    @classmethod
    def from_api(cls, source: object) -> VerificationCodePolicy:
        policy = mapping(source)
        return cls(
            expiration_seconds=whole(policy.get("expirationDuration"), cls.expiration_seconds),
            max_attempts=whole(policy.get("maxRetryAttempts"), cls.max_attempts),
        )


@dataclass(frozen=True)
class SignInMethod:
    identifier: str  # username, email or phone
    password: bool = False
    verification_code: bool = False


@dataclass(frozen=True)
class TwoStepPolicy:
    """Which second factors the tenant offers, and whether it insists."""

    factors: tuple[str, ...] = ()  # Totp, WebAuthn, BackupCode, EmailVerificationCode, PhoneVerificationCode
    policy: str = "NoPrompt"
    organizations_require: bool = False  # members of an organisation with `isMfaRequired` must have a second factor

    @classmethod
    def from_api(cls, source: object) -> TwoStepPolicy:
        stored = mapping(source)
        return cls(
            factors=texts(stored.get("factors")),
            policy=text(stored.get("policy")) or cls.policy,
            organizations_require=stored.get("organizationRequiredMfaPolicy") == "Mandatory",
        )

    @property
    def is_mandatory(self) -> bool:
        return self.policy.endswith("Mandatory")


@dataclass(frozen=True)
class Branding:
    primary_color: str = ""
    dark_primary_color: str = ""
    is_dark_mode_enabled: bool = False
    logo_url: str = ""
    dark_logo_url: str = ""
    favicon: str = ""
    dark_favicon: str = ""

    @classmethod
    def from_api(cls, source: object) -> Branding:
        experience = mapping(source)
        color, branding = mapping(experience.get("color")), mapping(experience.get("branding"))
        return cls(
            primary_color=text(color.get("primaryColor")),
            dark_primary_color=text(color.get("darkPrimaryColor")),
            is_dark_mode_enabled=flag(color.get("isDarkModeEnabled")),
            logo_url=text(branding.get("logoUrl")),
            dark_logo_url=text(branding.get("darkLogoUrl")),
            favicon=text(branding.get("favicon")),
            dark_favicon=text(branding.get("darkFavicon")),
        )


@dataclass(frozen=True)
class Connector:
    """A connector without its configuration, which is the provider's secrets in clear text.

    `has_generic_template`: whether a mail or SMS connector holds the template that codes of this site are sent with;
    None when it keeps its templates elsewhere.
    """

    id: str
    target: str = ""
    type: str = "Social"  # Social, Email or Sms
    factory_id: str = ""
    platform: str = ""  # Native, Universal or Web
    names: Mapping[str, str] = field(default_factory=dict)
    logo: str = ""
    dark_logo: str = ""
    is_demo: bool = False
    has_generic_template: bool | None = None

    @classmethod
    def from_api(cls, source: object) -> Connector:
        stored = mapping(source)
        return cls(
            id=text(stored.get("id")),
            target=text(stored.get("target")),
            type=text(stored.get("type")) or cls.type,
            factory_id=text(stored.get("connectorId")),
            platform=text(stored.get("platform")),
            names=choices(stored.get("name")),
            logo=text(stored.get("logo")),
            dark_logo=text(stored.get("logoDark")),
            is_demo=flag(stored.get("isDemo")),
            has_generic_template=has_generic_template(mapping(stored.get("config"))),
        )

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


def has_generic_template(config: Mapping[str, Any]) -> bool | None:
    if isinstance(config.get("templates"), list):
        return any(template.get("usageType") == "Generic" for template in items(config["templates"]))
    if isinstance(config.get("deliveries"), Mapping):
        return "Generic" in config["deliveries"]
    return None


@dataclass(frozen=True)
class SsoConnector:
    id: str
    name: str = ""
    logo: str = ""
    dark_logo: str = ""

    @classmethod
    def from_api(cls, source: object) -> SsoConnector:
        stored = mapping(source)
        name = text(stored.get("connectorName")) or text(stored.get("name"))
        return cls(text(stored.get("id")), name, text(stored.get("logo")), text(stored.get("darkLogo")))


@dataclass(frozen=True)
class PublicSignInExperience:
    """What anybody may know: the social connectors that are switched on, and the enterprise ones."""

    social_connectors: tuple[Connector, ...] = ()
    sso_connectors: tuple[SsoConnector, ...] = ()

    @classmethod
    def from_api(cls, source: object) -> PublicSignInExperience:
        stored = mapping(source)
        return cls(
            social_connectors=tuple(Connector.from_api(item) for item in items(stored.get("socialConnectors"))),
            sso_connectors=tuple(SsoConnector.from_api(item) for item in items(stored.get("ssoConnectors"))),
        )


@dataclass(frozen=True)
class SignInExperience:
    """docs/logto.md 4.4."""

    branding: Branding = Branding()
    fallback_language: str = "en"
    detects_language: bool = True
    terms_of_use_url: str = ""
    privacy_policy_url: str = ""
    support_email: str = ""
    support_website_url: str = ""
    sign_in_mode: str = "SignInAndRegister"
    sign_in_methods: tuple[SignInMethod, ...] = ()
    sign_up_identifiers: tuple[str, ...] = ()
    secondary_identifiers: tuple[str, ...] = ()
    sign_up_requires_password: bool = False
    sign_up_profile_fields: tuple[str, ...] = ()
    social_targets: tuple[str, ...] = ()
    enterprise_sign_in_enabled: bool = False
    passkey_sign_in_enabled: bool = False
    forgot_password_methods: tuple[str, ...] = ()
    password_policy: PasswordPolicy = PasswordPolicy()
    username_policy: UsernamePolicy = UsernamePolicy()
    two_step: TwoStepPolicy = TwoStepPolicy()
    email_blocklist: EmailBlocklist = EmailBlocklist()
    verification_code: VerificationCodePolicy = VerificationCodePolicy()

    @classmethod
    def from_api(cls, source: object) -> SignInExperience:
        stored = mapping(source)
        sign_up, language = mapping(stored.get("signUp")), mapping(stored.get("languageInfo"))
        methods = items(mapping(stored.get("signIn")).get("methods"))
        return cls(
            branding=Branding.from_api(stored),
            fallback_language=text(language.get("fallbackLanguage")) or cls.fallback_language,
            detects_language=flag(language.get("autoDetect"), True),
            terms_of_use_url=text(stored.get("termsOfUseUrl")),
            privacy_policy_url=text(stored.get("privacyPolicyUrl")),
            support_email=text(stored.get("supportEmail")),
            support_website_url=text(stored.get("supportWebsiteUrl")),
            sign_in_mode=text(stored.get("signInMode")) or cls.sign_in_mode,
            sign_in_methods=tuple(
                SignInMethod(text(one.get("identifier")), flag(one.get("password")), flag(one.get("verificationCode")))
                for one in methods
            ),
            sign_up_identifiers=texts(sign_up.get("identifiers")),
            secondary_identifiers=tuple(
                text(one.get("identifier")) for one in items(sign_up.get("secondaryIdentifiers"))
            ),
            sign_up_requires_password=flag(sign_up.get("password")),
            sign_up_profile_fields=tuple(text(one.get("name")) for one in items(stored.get("signUpProfileFields"))),
            social_targets=texts(stored.get("socialSignInConnectorTargets")),
            enterprise_sign_in_enabled=flag(stored.get("singleSignOnEnabled")),
            passkey_sign_in_enabled=flag(mapping(stored.get("passkeySignIn")).get("enabled")),
            forgot_password_methods=texts(stored.get("forgotPasswordMethods")),
            password_policy=PasswordPolicy.from_api(stored.get("passwordPolicy")),
            username_policy=UsernamePolicy.from_api(stored.get("usernamePolicy")),
            two_step=TwoStepPolicy.from_api(stored.get("mfa")),
            email_blocklist=EmailBlocklist.from_api(stored.get("emailBlocklistPolicy")),
            verification_code=VerificationCodePolicy.from_api(stored.get("verificationCodePolicy")),
        )
