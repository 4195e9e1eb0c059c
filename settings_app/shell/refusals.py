"""Logto's refusals in our words: the code decides which field is wrong and what the person reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GENERAL = _("That couldn't be saved. Check what you typed and try again.")


@dataclass(frozen=True)
class Refusal:
    """`field` is the form field it belongs to; empty for the form itself."""

    field: str
    text: Promise


REFUSALS: dict[str, Refusal] = {
    "user.username_already_in_use": Refusal("username", _("Someone else uses that username. Choose a different one.")),
    "user.email_already_in_use": Refusal("email", _("You can't use that email here. Try a different one.")),
    "user.phone_already_in_use": Refusal("phone", _("You can't use that number here. Try a different one.")),
    "user.invalid_phone": Refusal(
        "phone", _("That doesn't look like a phone number. Check the country and the digits.")
    ),
    "entity.value_too_long": Refusal("", _("That's too long. Shorten it and try again.")),
    "guard.invalid_input": Refusal("", GENERAL),
}


def refusal(code: str) -> Refusal | None:
    return REFUSALS.get(code)
