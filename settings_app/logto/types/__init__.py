"""What Logto's answers become: frozen dataclasses that hold only what the site shows or decides by."""

from .access import Authorization, LogtoSession
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
    "LogtoConfig",
    "LogtoSession",
    "PasswordIssue",
    "PasswordPolicy",
    "PasswordVerdict",
    "Person",
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
