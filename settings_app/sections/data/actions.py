"""Gathering a copy of one's data: every part is being read from here on, at the same time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError
from django.utils import timezone

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError
from settings_app.safeguards import limits
from settings_app.safeguards.limits import Limit
from settings_app.sections.data.parts import ACTIVITY, PARTS, DataPart, Shape, Values, reads_of
from settings_app.shell.reads import Reads

log = logging.getLogger(__name__)


@dataclass
class Gathered:
    """What is being read. `missing` names the parts that could not be, as they are come to."""

    actor: Actor
    reads: Reads
    made_at: datetime
    missing: list[str] = field(default_factory=list)

    def shape_of(self, part: DataPart) -> Shape | None:
        """None: it could not be read."""
        try:
            return part.tell(self.actor, self.reads)
        except LogtoError as error:
            log.warning("a copy of somebody’s data lacks %s: %s", part.name, error)
            self.missing.append(part.name)
            return None

    def activity(self) -> Iterator[Values]:
        """Row by row. It ends early when the database does not answer, and is missing then."""
        try:
            yield from ACTIVITY.rows(self.actor)
        except DatabaseError as error:
            log.warning("a copy of somebody’s data lacks activity: %s", type(error).__name__)
            self.missing.append(ACTIVITY.name)


def gather(actor: Actor) -> Gathered:
    # guard: downloads-limited
    limits.spend(actor, Limit.DOWNLOAD)
    return Gathered(actor, Reads(actor.account, reads_of(PARTS)), timezone.now())
