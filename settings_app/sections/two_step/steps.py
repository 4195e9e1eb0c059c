"""A person's second steps: which there are, which the tenant offers, and whether it demands one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.logto.types import Factor, LogtoConfig
from settings_app.safeguards.ways_in import Holdings
from settings_app.shell.reads import (
    Read,
    Reads,
    account_center,
    configuration,
    factors,
    organizations_require_two_step,
    sign_in_experience,
)
from settings_app.shell.standing import Standing, standing_of

READS: tuple[Read[Any], ...] = (
    factors,
    configuration,
    organizations_require_two_step,
    sign_in_experience,
    account_center,
)
TOTP, WEBAUTHN, BACKUP_CODE = "Totp", "WebAuthn", "BackupCode"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SecondSteps:
    """What decides what a person sees and may do about the second step."""

    held: Holdings
    configuration: LogtoConfig
    standing: Standing
    standing_of_passkeys: Standing
    has_account_center: bool  # pages of Logto's own, where passkeys are added

    @classmethod
    def read(cls, actor: Actor) -> Self:
        """Reads everything at the same time. Raises a `LogtoError`."""
        return cls.of(actor, Reads(actor.account, READS))

    @classmethod
    def of(cls, actor: Actor, reads: Reads) -> Self:
        """From what is being read for the page, READS among it. Raises a `LogtoError`."""
        required = reads[organizations_require_two_step]
        held = Holdings(actor.person, reads[factors], reads[sign_in_experience], (), required)
        center = reads[account_center]
        return cls(
            held,
            reads[configuration],
            standing_of(actor.site, center, "mfa"),
            standing_of(actor.site, center, "passkey"),
            center.enabled,
        )

    def offers(self, kind: str) -> bool:
        """Whether the tenant takes this kind of factor; `kind` is Logto's name for it."""
        return is_offered(self.held, kind)

    @property
    def authenticator(self) -> Factor | None:
        return next((factor for factor in self.held.factors if factor.is_authenticator), None)

    @property
    def passkeys(self) -> tuple[Factor, ...]:
        return tuple(factor for factor in self.held.factors if factor.is_passkey)

    @property
    def backup_codes(self) -> Factor | None:
        """The newest set. Logto keeps used-up ones beside it (docs/logto.md 7.1); they are not shown."""
        sets = [factor for factor in self.held.factors if factor.is_backup_codes]
        return max(sets, key=lambda one: (one.codes_left > 0, one.created_at or BEGINNING), default=None)

    @property
    def can_have_backup_codes(self) -> bool:
        return self.offers(BACKUP_CODE) and bool(self.authenticator or self.passkeys)

    @property
    def lacks_backup_codes(self) -> bool:
        """Whether to offer codes as soon as there is something for them to go with: none is left."""
        return self.offers(BACKUP_CODE) and not (self.backup_codes and self.backup_codes.codes_left)

    @property
    def is_demanded(self) -> bool:
        return self.held.second_factor_is_demanded()

    @property
    def is_usable(self) -> bool:
        return bool(self.held.second_factors())

    @property
    def is_asked(self) -> bool:
        return self.held.is_asked(self.configuration)

    @property
    def is_half_on(self) -> bool:
        """Set up here, but the person's configuration was not written: Logto may not ask (docs/logto.md 7.4)."""
        return bool(self.authenticator) and self.is_asked and self.configuration.two_step_enabled is None

    @property
    def can_choose(self) -> bool:
        return self.is_usable and not self.is_demanded and self.editable

    @property
    def editable(self) -> bool:
        return self.standing.is_editable

    @property
    def is_shown(self) -> bool:
        """Whether the tenant lets people see anything of it."""
        return self.standing.is_shown or self.standing_of_passkeys.is_shown

    @property
    def why_no_new_passkeys(self) -> str:
        """Why passkeys can be neither added nor renamed from here; empty when they can (docs/logto.md 17, 18)."""
        if not (self.offers(WEBAUTHN) or self.held.experience.passkey_sign_in_enabled):
            return _("You can’t add new passkeys here.")
        if not self.has_account_center:
            return _("There’s no page here for adding passkeys.")
        if not self.standing_of_passkeys.is_editable:
            return _("You can’t add passkeys yourself.")
        return ""


def is_offered(held: Holdings, kind: str) -> bool:
    return kind in held.experience.two_step.factors
