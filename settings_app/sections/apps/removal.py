"""What is said before an app loses its access: what lives on until when, and where one has to sign in again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from django.utils import timezone
from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.logto.types import LogtoSession
from settings_app.safeguards.sessions import is_this_browsers
from settings_app.sections.apps.listed import Listed
from settings_app.sections.apps.permissions import lives_on

CLOCK_HOURS = 12  # later than this a time of day alone would mislead


@dataclass(frozen=True)
class AppRemoval:
    """`is_here`: this browser's sign-in at Logto goes with it; `elsewhere` counts those of others that do.

    It is None where the sign-ins could not be read.
    """

    listed: Listed
    lives_on: str
    until_time: (
        str  # a time of day, or below a day: each has a sentence of its own, as languages put them in differently
    )
    until_day: str
    is_here: bool
    elsewhere: int | None
    knows_this: bool

    @classmethod
    def of(cls, actor: Actor, listed: Listed, sessions: Iterable[LogtoSession] | None) -> Self:
        known = [(is_this_browsers(actor, one), listed.app.id in one.application_ids) for one in sessions or ()]
        names, seconds = lives_on(listed.app, listed.catalogue)
        ends = timezone.now() + timedelta(seconds=seconds)
        is_soon = seconds <= CLOCK_HOURS * 3600
        return cls(
            listed,
            actor.formats.listed(str(name) for name in names),
            until_time=actor.formats.clock(ends) if is_soon else "",
            until_day="" if is_soon else actor.formats.day(ends),
            is_here=any(is_this and is_used for is_this, is_used in known),
            elsewhere=None if sessions is None else sum(is_used and not is_this for is_this, is_used in known),
            knows_this=any(is_this for is_this, _is_used in known),
        )

    @property
    def remark(self) -> str:
        """What is said of it once the rest is gone."""
        if not self.lives_on:
            return ""
        if self.until_day:
            words = _("%(name)s may keep using %(names)s until %(day)s.")
            return words % {"name": self.listed.name, "names": self.lives_on, "day": self.until_day}
        words = _("%(name)s may keep using %(names)s until %(time)s.")
        return words % {"name": self.listed.name, "names": self.lives_on, "time": self.until_time}
