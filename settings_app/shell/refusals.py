"""Logto's refusals in our words: the code decides which field is wrong and what the person reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CANNOT_SEND = _("We can’t send codes there right now, so nothing was sent. Try again later.")
GENERAL = _("That couldn’t be saved. Check what you typed and try again.")


@dataclass(frozen=True)
class Refusal:
    """`field`: the form field it belongs to, empty for the form. `wait_seconds`: when to try again, for a 429."""

    field: str
    text: Promise
    wait_seconds: int = 0


REFUSALS: dict[str, Refusal] = {
    "user.username_already_in_use": Refusal("username", _("Someone else uses that username. Choose a different one.")),
    "user.email_already_in_use": Refusal("email", _("You can’t use that email here. Try a different one.")),
    "user.phone_already_in_use": Refusal("phone", _("You can’t use that number here. Try a different one.")),
    "user.invalid_phone": Refusal(
        "phone", _("That doesn’t look like a phone number. Check the country and the number.")
    ),
    "connector.not_found": Refusal("", CANNOT_SEND),
    "connector.template_not_found": Refusal("", CANNOT_SEND),
    "connector.invalid_config": Refusal("", CANNOT_SEND),
    "connector.general": Refusal("", CANNOT_SEND),
    "connector.insufficient_request_parameters": Refusal("", CANNOT_SEND),
    "request.message_rate_limited": Refusal(
        "", _("We’ve sent too many codes there. Wait 10 minutes, then send another."), wait_seconds=600
    ),
    "user.personal_access_token_name_exists": Refusal(
        "name", _("You already have a token with this name. Choose a different one.")
    ),
    "user.totp_already_in_use": Refusal("", _("You already have an authenticator app. Reload the page to see it.")),
    "user.backup_code_already_in_use": Refusal("", _("You already have backup codes. Reload the page to see them.")),
    "session.mfa.backup_code_can_not_be_alone": Refusal(
        "", _("To get backup codes, set up an authenticator app or a passkey first.")
    ),
    "entity.value_too_long": Refusal("", _("That’s too long. Shorten it and try again.")),
    "guard.invalid_input": Refusal("", GENERAL),
}


def refusal(code: str) -> Refusal | None:
    return REFUSALS.get(code)
