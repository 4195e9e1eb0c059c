"""What Logto's answers become: frozen dataclasses that hold only what the site shows or decides by."""

from .access import Authorization, Grant, LogtoSession, PersonalAccessToken
from .experience import (
    Connector,
    EmailBlocklist,
    PasswordPolicy,
    PublicSignInExperience,
    SignInExperience,
    SignInMethod,
    SsoConnector,
    TwoStepPolicy,
    UsernamePolicy,
    VerificationCodePolicy,
)
from .factors import Factor, LogtoConfig, PasswordIssue, PasswordVerdict
from .person import Address, Person, Profile, SocialIdentity, SsoIdentity
from .tenant import AccountCenter, Application, CustomProfileField, FieldOption, FieldPart, FieldPolicy, ServiceStatus

__all__ = [
    "AccountCenter",
    "Address",
    "Application",
    "Authorization",
    "Connector",
    "CustomProfileField",
    "EmailBlocklist",
    "Factor",
    "FieldOption",
    "FieldPart",
    "FieldPolicy",
    "Grant",
    "LogtoConfig",
    "LogtoSession",
    "PasswordIssue",
    "PasswordPolicy",
    "PasswordVerdict",
    "Person",
    "PersonalAccessToken",
    "Profile",
    "PublicSignInExperience",
    "ServiceStatus",
    "SignInExperience",
    "SignInMethod",
    "SocialIdentity",
    "SsoConnector",
    "SsoIdentity",
    "TwoStepPolicy",
    "UsernamePolicy",
    "VerificationCodePolicy",
]
