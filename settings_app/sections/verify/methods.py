"""By what a person may confirm who they are, and the addresses codes go to, half hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass

from settings_app import typed
from settings_app.actor import Actor
from settings_app.formats import phone_number
from settings_app.safeguards import confirmation
from settings_app.safeguards.pending import Kind
from settings_app.safeguards.ways_in import can_send, implicit_factors

LETTERS_SHOWN = 2
HIDDEN = "•••"


@dataclass(frozen=True)
class StepUpMethods:
    """What is offered beside the fresh sign-in at Logto, which is always there: nobody is left without a way.

    `email` and `phone` are whole addresses, empty when no code can be sent there. `second_factor`: this person has one,
    or whether is not known; then only the fresh sign-in counts, because only Logto can ask for a factor.
    """

    second_factor: bool
    unknown: bool = False
    asked: bool = True  # whether Logto asks for that factor at the fresh sign-in
    password: bool = False
    email: str = ""
    phone: str = ""

    @property
    def email_shown(self) -> str:
        return masked_email(self.email)

    @property
    def phone_shown(self) -> str:
        return masked_phone(self.phone)

    def recipient(self, kind: Kind) -> str:
        return self.email if kind is Kind.EMAIL else self.phone


def methods_of(actor: Actor) -> StepUpMethods:
    """Read afresh each time: whoever got a second factor a moment ago is asked for it."""
    tenant = actor.tenant
    factors, experience = tenant.start(actor.account.factors), tenant.start(tenant.sign_in_experience)
    connectors = tenant.start(tenant.connectors)
    is_asked = tenant.start(lambda: confirmation.asks_for_factor(actor.account))
    # guard: unknown-factors-mean-fresh-sign-in
    if factors.error or experience.error:
        return StepUpMethods(second_factor=True, unknown=True)
    person = actor.person
    # guard: second-factor-means-fresh-sign-in
    if factors.required() or implicit_factors(person, experience.required()):
        return StepUpMethods(second_factor=True, asked=is_asked.required())
    sends = connectors.value or ()
    return StepUpMethods(
        second_factor=False,
        password=person.has_password,
        email=person.email if can_send("email", sends) else "",
        phone=person.phone if can_send("phone", sends) else "",
    )


def masked_email(address: str) -> str:
    """`am•••@okafor.example` for `amara@okafor.example`."""
    local, at, domain = address.rpartition("@")
    return f"{local[:LETTERS_SHOWN]}{HIDDEN}{at}{domain}" if address else ""


def masked_phone(digits: str) -> str:
    """`+46 •• ••• •• 42` for `46705550142`: the country's code and the last two digits."""
    if not digits:
        return ""
    country, _space, rest = phone_number(digits).partition(" ")
    shown = re.sub(r"[0-9]", "•", rest[:-LETTERS_SHOWN]) + rest[-LETTERS_SHOWN:]
    return typed.left_to_right(f"{country} {shown}")
