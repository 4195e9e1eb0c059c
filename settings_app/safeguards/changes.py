"""The one table of what a person can change here: its words, its name in the audit trail, whether it is announced."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Words:
    """`done` is the message after success."""

    done: Promise


class Change(Enum):
    """Each kind of change; the value is its name in the audit trail."""

    PROFILE = "profile"

    @property
    def words(self) -> Words:
        return TABLE[self]


TABLE: dict[Change, Words] = {
    Change.PROFILE: Words(done=_("Saved")),
}
