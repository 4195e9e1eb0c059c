"""Second factors, how they are used, and what Logto says about a password (docs/logto.md 4 and 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import PlainValidator

from .reading import OBJECTS, Flag, Record, Text, TextMoment, Whole, cut, key, mapping, text

TOTP = "Totp"
WEBAUTHN = "WebAuthn"
BACKUP_CODE = "BackupCode"


@dataclass(frozen=True)
class Factor(Record):
    """One stored second factor; `codes_left` only for backup codes, `name` and `user_agent` only for passkeys."""

    id: Text = ""
    type: Text = ""
    created_at: Annotated[TextMoment, key("createdAt")] = None
    last_used_at: Annotated[TextMoment, key("lastUsedAt")] = None
    name: Text = ""
    user_agent: Annotated[Text, key("agent")] = ""
    codes_left: Annotated[Whole, key("remainCodes")] = 0

    @property
    def is_authenticator(self) -> bool:
        return self.type == TOTP

    @property
    def is_passkey(self) -> bool:
        return self.type == WEBAUTHN

    @property
    def is_backup_codes(self) -> bool:
        return self.type == BACKUP_CODE


def yes_or_no(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


@dataclass(frozen=True)
class LogtoConfig(Record):
    """How this person's second step is used. `two_step_enabled` None: never set, and Logto asks for what there is."""

    two_step_enabled: Annotated[bool | None, key("mfa", "enabled"), PlainValidator(yes_or_no)] = None
    skips_two_step_at_sign_in: Annotated[Flag, key("mfa", "skipMfaOnSignIn")] = False

    @property
    def asks_at_sign_in(self) -> bool:
        """Whether stored factors are asked for at sign-in where the tenant's policy leaves it to the person."""
        return self.two_step_enabled is not False and not self.skips_two_step_at_sign_in


def without_prefix(code: object) -> str:
    return text(code).removeprefix("password_rejected.")


def named_limit(values: object) -> int | None:
    found = mapping(values)
    return cut(found.get("min", found.get("max")))


@dataclass(frozen=True)
class PasswordIssue(Record):
    """One rule that a password breaks: `rule` is Logto's code without its prefix, `limit` the number it names."""

    rule: Annotated[str, key("code"), PlainValidator(without_prefix)] = ""
    limit: Annotated[int | None, key("interpolation"), PlainValidator(named_limit)] = None


@dataclass(frozen=True)
class PasswordVerdict(Record):
    """Logto's judgement. `judged` is False when it could not give one, as when the breach service does not answer."""

    accepted: Annotated[bool, key("result"), PlainValidator(lambda value: value is True)] = False
    judged: bool = True
    issues: Annotated[tuple[PasswordIssue, ...], OBJECTS] = ()
