"""Why a code is not taken, each reason in its own words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.logto.errors import Refused
from settings_app.safeguards.declined import Declined

GONE: dict[str, Promise] = {
    "code.none": _("We haven’t sent you a code yet. Send one first."),
    "code.replaced": _(
        "A newer code was sent from another tab or device, so this one no longer works. Send another one."
    ),
    "code.used": _("That code has already been used. Send another one if you need it."),
    "code.cancelled": _("This was cancelled. Send another code to start again."),
    "code.expired": _("That code has expired. Send another one."),
    "code.exhausted": _("Too many tries. Send another code."),
    "code.wrong": _("That code didn’t match. Check the newest message and try again."),
}
LOGTO_SAYS = {
    "verification_code.code_mismatch": "code.wrong",
    "verification_code.expired": "code.expired",
    "verification_code.exceed_max_try": "code.exhausted",
    "verification_code.not_found": "code.used",
}


def code_declined(why: str) -> Declined:
    """`why` is one of the keys of GONE."""
    return Declined(GONE[why], field="code", code=why)


def declined_by_logto(refusal: Refused, *, was_the_last_try: bool) -> Declined | None:
    """Logto's reason as one of ours; None where it is no reason of a code's (docs/logto.md 3)."""
    why = LOGTO_SAYS.get(refusal.code)
    if why is None:
        return None
    return code_declined("code.exhausted" if why == "code.wrong" and was_the_last_try else why)
