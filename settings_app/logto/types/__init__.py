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
from .logs import LogEntry, LogPage
from .organizations import (
    Invitation,
    InvitationStatus,
    Organization,
    OrganizationLooks,
    OrganizationRole,
    Permission,
    Role,
)
from .person import Address, People, Person, Profile, SocialIdentity, SsoIdentity
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
    "Invitation",
    "InvitationStatus",
    "LogEntry",
    "LogPage",
    "LogtoConfig",
    "LogtoSession",
    "Organization",
    "OrganizationLooks",
    "OrganizationRole",
    "PasswordIssue",
    "PasswordPolicy",
    "PasswordVerdict",
    "People",
    "Permission",
    "Person",
    "PersonalAccessToken",
    "Profile",
    "PublicSignInExperience",
    "Role",
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
