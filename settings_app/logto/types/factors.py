"""Second factors, how they are used, and what Logto says about a password (docs/logto.md 4 and 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .reading import flag, items, mapping, moment_of_text, number, text, whole

TOTP = "Totp"
WEBAUTHN = "WebAuthn"
BACKUP_CODE = "BackupCode"


@dataclass(frozen=True)
class Factor:
    """One stored second factor; `codes_left` only for backup codes, `name` and `user_agent` only for passkeys."""

    id: str
    type: str
    created_at: datetime | None = None
    last_used_at: datetime | None = None
    name: str = ""
    user_agent: str = ""
    codes_left: int = 0

    @classmethod
    def from_api(cls, source: object) -> Factor:
        stored = mapping(source)
        return cls(
            id=text(stored.get("id")),
            type=text(stored.get("type")),
            created_at=moment_of_text(stored.get("createdAt")),
            last_used_at=moment_of_text(stored.get("lastUsedAt")),
            name=text(stored.get("name")),
            user_agent=text(stored.get("agent")),
            codes_left=whole(stored.get("remainCodes"), 0),
        )

    @property
    def is_authenticator(self) -> bool:
        return self.type == TOTP

    @property
    def is_passkey(self) -> bool:
        return self.type == WEBAUTHN

    @property
    def is_backup_codes(self) -> bool:
        return self.type == BACKUP_CODE


@dataclass(frozen=True)
class LogtoConfig:
    """How this person's second step is used. `two_step_enabled` None: never set, and Logto asks for what there is."""

    two_step_enabled: bool | None = None
    two_step_skipped: bool = False
    skips_two_step_at_sign_in: bool = False
    passkey_sign_in_skipped: bool = False

    @classmethod
    def from_api(cls, source: object) -> LogtoConfig:
        mfa = mapping(mapping(source).get("mfa"))
        enabled = mfa.get("enabled")
        return cls(
            two_step_enabled=enabled if isinstance(enabled, bool) else None,
            two_step_skipped=flag(mfa.get("skipped")),
            skips_two_step_at_sign_in=flag(mfa.get("skipMfaOnSignIn")),
            passkey_sign_in_skipped=flag(mapping(mapping(source).get("passkeySignIn")).get("skipped")),
        )

    @property
    def asks_at_sign_in(self) -> bool:
        """Whether stored factors are asked for at sign-in where the tenant's policy leaves it to the person."""
        return self.two_step_enabled is not False and not self.skips_two_step_at_sign_in


@dataclass(frozen=True)
class PasswordIssue:
    """One rule that a password breaks: `rule` is Logto's code without its prefix, `limit` the number it names."""

    rule: str
    limit: int | None = None

    @classmethod
    def from_api(cls, source: object) -> PasswordIssue:
        stored = mapping(source)
        named = mapping(stored.get("interpolation"))
        limit = number(named.get("min", named.get("max")))
        return cls(
            rule=text(stored.get("code")).removeprefix("password_rejected."),
            limit=None if limit is None else int(limit),
        )


@dataclass(frozen=True)
class PasswordVerdict:
    """Logto's judgement. `judged` is False when it could not give one, as when the breach service does not answer."""

    accepted: bool
    judged: bool = True
    issues: tuple[PasswordIssue, ...] = field(default=())

    @classmethod
    def from_api(cls, source: object) -> PasswordVerdict:
        stored = mapping(source)
        return cls(
            accepted=stored.get("result") is True,
            issues=tuple(PasswordIssue.from_api(issue) for issue in items(stored.get("issues"))),
        )
