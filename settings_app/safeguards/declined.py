"""When this site itself says no to a change, in words for the person. Logto's own no is `logto.errors.Refused`."""

from __future__ import annotations

import math

from babel.units import format_unit
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

MINUTES_FROM_SECONDS = 90
HOURS_FROM_SECONDS = 90 * 60


class Declined(Exception):  # noqa: N818  # what this site said, in one word
    """Raised inside an action; a form puts `text` beside `field`, or on the form itself where that is empty.

    `code` is our own word for the reason, for the audit trail. Nothing was changed when this is raised.
    """

    def __init__(self, text: Promise | str, *, field: str = "", code: str = "") -> None:
        super().__init__(code)
        self.text = text
        self.field = field
        self.code = code


class Interrupted(Declined):
    """Part of a change was done and the rest was not, and trying again may do it. The text says exactly what is so."""


class Unfinished(Interrupted):
    """The account was changed, and not as far as it should be: the mails about it go out."""


class TooManyAttempts(Declined):
    """A limit is spent: `wait_seconds` until it opens again. `text` may hold `%(wait)s`, the waiting time in words."""

    def __init__(self, wait_seconds: float, text: Promise | str = "", *, code: str = "limit") -> None:
        self.wait_seconds = max(1, math.ceil(wait_seconds))
        words = text or _("Too many tries. Try again in %(wait)s.")
        super().__init__(str(words) % {"wait": in_words(self.wait_seconds)}, code=code)


def in_words(seconds: float) -> str:
    """ "42 seconds", "10 minutes" or "2 hours" in the language of the page, rounded up."""
    number, unit = math.ceil(seconds), "duration-second"
    if seconds > HOURS_FROM_SECONDS:
        number, unit = math.ceil(seconds / 3600), "duration-hour"
    elif seconds > MINUTES_FROM_SECONDS:
        number, unit = math.ceil(seconds / 60), "duration-minute"
    return format_unit(number, unit, locale=(get_language() or "en").replace("-", "_"))
