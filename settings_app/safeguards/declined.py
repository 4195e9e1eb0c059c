"""When this site itself says no to a change, in words for the person. Logto's own no is `logto.errors.Refused`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import ngettext_lazy

MINUTES_FROM_SECONDS = 90
HOURS_FROM_SECONDS = 90 * 60


@dataclass(frozen=True)
class Wait:
    """A sentence that says how long to wait, whole in each unit: many languages bend a unit to what stands before it.

    Each is an `ngettext_lazy` over `number`; a unit that is never needed is left out.
    """

    seconds: Any = None
    minutes: Any = None
    hours: Any = None

    def said(self, wait_seconds: float) -> str:
        """With the waiting time rounded up: in seconds at first, then in minutes, then in hours."""
        units = ((self.hours, 3600, HOURS_FROM_SECONDS), (self.minutes, 60, MINUTES_FROM_SECONDS), (self.seconds, 1, 0))
        known = [unit for unit in units if unit[0] is not None]
        words, size, _least = next((unit for unit in known if wait_seconds > unit[2]), known[-1])
        return str(words % {"number": math.ceil(wait_seconds / size)})


TOO_MANY = Wait(
    ngettext_lazy(
        "Too many tries. Try again in %(number)d second.", "Too many tries. Try again in %(number)d seconds.", "number"
    ),
    ngettext_lazy(
        "Too many tries. Try again in %(number)d minute.", "Too many tries. Try again in %(number)d minutes.", "number"
    ),
    ngettext_lazy(
        "Too many tries. Try again in %(number)d hour.", "Too many tries. Try again in %(number)d hours.", "number"
    ),
)


class Declined(Exception):  # noqa: N818  # what this site said, in one word
    """Raised inside an action; a form puts `text` beside `field`, or on the form itself where that is empty.

    `code` is our own word for the reason, for the audit trail. Nothing was changed when this is raised.
    """

    def __init__(self, text: Promise | str, *, field: str = "", code: str = "") -> None:
        super().__init__(code)
        self.text = text
        self.field = field
        self.code = code


class Needless(Declined):
    """What was asked for is so already: nothing is lost by the no."""


class Interrupted(Declined):
    """Part of a change was done and the rest was not, and trying again may do it. The text says exactly what is so."""


class Unfinished(Interrupted):
    """The account was changed, and not as far as it should be: the mails about it go out."""


class TooManyAttempts(Declined):
    """A limit is spent: `wait_seconds` until it opens again, which the text says."""

    def __init__(self, wait_seconds: float, words: Wait = TOO_MANY, *, code: str = "limit") -> None:
        self.wait_seconds = max(1, math.ceil(wait_seconds))
        super().__init__(words.said(self.wait_seconds), code=code)
