"""What happened, in the shape in which the page and the file show it, wherever it was written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.utils.functional import Promise

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ActivityKind(StrEnum):
    """By which the list can be filtered; the word stands in addresses."""

    SIGN_INS = "sign-ins"
    CHANGES = "changes"
    APPS = "apps"


@dataclass(frozen=True)
class Event:
    """One thing. `id` tells it from every other; what has the same `fold` and day is told as one line.

    `notes` are further sentences. `is_uncertain`: nobody can say how it ended. `is_flagged`: the person should look.
    `is_answerable`: it can have been somebody else; what an app's server does has no device that says so.
    """

    id: str
    at: datetime
    kind: ActivityKind
    title: str | Promise
    icon: str
    device: str = ""
    place: str = ""
    address: str = ""
    app: str = ""
    notes: tuple[str | Promise, ...] = ()
    fold: str = ""
    is_uncertain: bool = False
    is_flagged: bool = False
    is_answerable: bool = True

    @property
    def at_ms(self) -> int:
        return in_ms(self.at)


def in_ms(at: datetime) -> int:
    """Whole milliseconds since 1970, as Logto counts; never a later one than `at`."""
    return (at - EPOCH) // timedelta(milliseconds=1)


def moment(at_ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=at_ms)
