"""Which ways to sign in a person has, and what has to stay: asked before any of them is removed.

Logto itself removes whatever it is told to (docs/logto.md 2.3, 5.5, 7.3), so this is the only place that says no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Self

from babel.lists import format_list
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.logto.account import Account
from settings_app.logto.types import Connector, Factor, LogtoConfig, Person, SignInExperience
from settings_app.safeguards import leases
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.leases import Held

IMPLICIT_FACTORS = {"EmailVerificationCode": "email", "PhoneVerificationCode": "phone"}
REQUIRED = "removal.required"
KEEP_WORDS = {
    "username": gettext_lazy("Every account needs a username, so you can’t remove yours. You can change it instead."),
    "email": gettext_lazy("Every account needs an email, so you can’t remove yours. You can change it instead."),
    "phone": gettext_lazy("Every account needs a phone number, so you can’t remove yours. You can change it instead."),
}


@dataclass(frozen=True)
class Holdings:
    """What a decision about one person's ways in stands on, all read at the same moment."""

    person: Person
    factors: tuple[Factor, ...]
    experience: SignInExperience
    connectors: tuple[Connector, ...]
    organizations_require: bool

    @classmethod
    def read(cls, account: Account) -> Self:
        """Reads everything afresh, at the same time. Raises a `LogtoError`."""
        tenant = account.tenant
        person, factors = tenant.start(account.person), tenant.start(account.factors)
        experience, connectors = tenant.start(tenant.sign_in_experience), tenant.start(tenant.connectors)
        required = tenant.start(account.organizations_require_two_step)
        return cls(
            person.required(), factors.required(), experience.required(), connectors.required(), required.required()
        )

    def without(self, name: str) -> Holdings:
        """The same without `username`, `email` or `phone`."""
        return self._with_person(**{name: ""})

    def without_social(self, target: str) -> Holdings:
        kept = tuple(identity for identity in self.person.identities if identity.target != target)
        return self._with_person(identities=kept)

    def without_password(self) -> Holdings:
        return self._with_person(has_password=False)

    def _with_person(self, **changed: Any) -> Holdings:
        """A page's person is read while the page is made; what is changed is a copy of what was read."""
        bool(self.person)
        return replace(self, person=replace(copy(self.person), **changed))

    def without_factors(self, *ids: str) -> Holdings:
        return replace(self, factors=tuple(factor for factor in self.factors if factor.id not in ids))

    def ways_in(self) -> list[str]:
        """Every way to sign in, in words that end the sentence "You can still sign in with …"."""
        ways = [
            (self._by_password(), _("your password")),
            (self._by_code("email"), _("a code sent to your email")),
            (self._by_code("phone"), _("a code by text message")),
            (self._by_passkey(), _("your passkey")),
        ]
        named = [words for open_, words in ways if open_]
        named += [self._social_name(one.target) for one in self.person.identities if self._social_is_on(one.target)]
        if self.person.sso_identities and self.experience.enterprise_sign_in_enabled:
            named.append(_("your work account"))
        return named

    def second_factors(self) -> list[str]:
        """What Logto can ask this person for as a second step; backup codes cannot stand alone (docs/logto.md 7.2)."""
        allowed = self.experience.two_step.factors
        stored = [factor.type for factor in self.factors if factor.type in allowed and not factor.is_backup_codes]
        return stored + implicit_factors(self.person, self.experience)

    def second_factor_is_demanded(self) -> bool:
        two_step = self.experience.two_step
        return two_step.is_mandatory or (two_step.organizations_require and self.organizations_require)

    def is_asked(self, configuration: LogtoConfig) -> bool:
        """Whether Logto asks for a second step when this person signs in."""
        return bool(self.second_factors()) and (self.second_factor_is_demanded() or configuration.asks_at_sign_in)

    def _by_password(self) -> bool:
        methods = self.experience.sign_in_methods
        return self.person.has_password and any(
            one.password and getattr(self.person, one.identifier, "") for one in methods
        )

    def _by_code(self, kind: str) -> bool:
        methods = self.experience.sign_in_methods
        wanted = any(one.identifier == kind and one.verification_code for one in methods)
        return bool(wanted and getattr(self.person, kind) and can_send(kind, self.connectors))

    def _by_passkey(self) -> bool:
        return self.experience.passkey_sign_in_enabled and any(factor.is_passkey for factor in self.factors)

    def _social_is_on(self, target: str) -> bool:
        return target in self.experience.social_targets

    def _social_name(self, target: str) -> str:
        found = next((one for one in self.connectors if one.is_social and one.target == target), None)
        return found.name(get_language() or "en") if found else target


def without_identifier(name: str) -> Callable[[Holdings], Holdings]:
    """What is left without `username`, `email` or `phone`."""
    return lambda held: held.without(name)


@contextmanager
def removing(actor: Actor, without: Callable[[Holdings], Holdings]) -> Iterator[tuple[Holdings, Held]]:
    """Around the write that removes something: one removal of this person at a time, decided on what is so right then.

    Gives what was read for that, and the lease: `renew` it before each further write.

    Raises Declined when it has to stay, and TooManyAttempts while another removal goes on.
    """
    with leases.on_person(actor) as lease:
        before = Holdings.read(actor.account)
        refusal = why_it_stays(before, without(before))
        # guard: unsafe-removal-refused
        if refusal:
            raise refusal
        lease.renew()
        yield before, lease


def why_it_stays(before: Holdings, after: Holdings) -> Declined | None:
    """Why the step from `before` to `after` is refused: nobody could sign in any more, or the tenant wants it kept."""
    # guard: last-way-in-stays
    if not after.ways_in():
        words = _("You can’t remove this yet. It’s your only way to sign in. Add another one first.")
        return Declined(words, code="removal.last_way_in")
    missing = missing_identifier(after.person, after.experience)
    # guard: required-identifier-stays
    if missing and not missing_identifier(before.person, before.experience):
        return Declined(KEEP_WORDS[missing], code=REQUIRED)
    # guard: demanded-second-factor-stays
    if before.second_factor_is_demanded() and before.second_factors() and not after.second_factors():
        words = _("Your account needs a second step, and this is your only one. Set up another one first.")
        return Declined(words, code="removal.second_factor")
    return None


def implicit_factors(person: Person, experience: SignInExperience) -> list[str]:
    """Second factors that nobody set up: where codes are factors, the primary email and phone are some (7.1)."""
    allowed = experience.two_step.factors
    return [factor for factor, field in IMPLICIT_FACTORS.items() if factor in allowed and getattr(person, field)]


def missing_identifier(person: Person, experience: SignInExperience, *, without: str = "") -> str:
    """`username`, `email` or `phone`, when the tenant wants everybody to have it and this person has not; else nothing.

    With `without`, as if that one were gone. Of the sign-up identifiers one is enough; each further one is wanted
    by itself (docs/logto.md 4.4).
    """
    held = [name for name in ("username", "email", "phone") if name != without and getattr(person, name)]
    if experience.sign_up_identifiers and not set(held) & set(experience.sign_up_identifiers):
        return experience.sign_up_identifiers[0]
    for name in experience.secondary_identifiers:
        wanted = ("email", "phone") if name == "emailOrPhone" else (name,)
        if not set(held) & set(wanted):
            return wanted[0]
    return ""


def can_send(kind: str, connectors: tuple[Connector, ...]) -> bool:
    """Whether the tenant can send codes by `email` or to a `phone`."""
    wanted = "Email" if kind == "email" else "Sms"
    return any(one.type == wanted for one in connectors)


def listed(ways: list[str]) -> str:
    """ "your password or Google" in the language of the page: the first two, since more of them help nobody decide."""
    return format_list(ways[:2], style="or", locale=(get_language() or "en").replace("-", "_"))
