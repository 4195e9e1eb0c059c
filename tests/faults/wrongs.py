"""What can go wrong with one call, as the table calls it, and how much of it is played."""

from __future__ import annotations

import os
from dataclasses import dataclass

from accountsite.sandbox.faults import FaultKind


@dataclass(frozen=True)
class Wrong:
    """One thing that goes wrong, as the table calls it."""

    name: str
    kind: FaultKind
    after: bool = False
    every_value: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether no usable answer came, so that nothing could have been shown in its place."""
        return self.kind in PLAIN

    @property
    def spoils_values(self) -> bool:
        return self.kind in VALUES

    @property
    def is_meanwhile(self) -> bool:
        """Whether something really is different from then on."""
        return self.kind in MEANWHILE


PLAIN = {
    FaultKind.REFUSED, FaultKind.RESET, FaultKind.TIMEOUT, FaultKind.SERVER_ERROR, FaultKind.BAD_GATEWAY,
    FaultKind.TOO_MANY_REQUESTS, FaultKind.TOO_MANY_WITH_TIME, FaultKind.MALFORMED, FaultKind.TRUNCATED,
    FaultKind.TOKEN_DOWN,
}  # fmt: skip
VALUES = {FaultKind.FIELD_MISSING, FaultKind.FIELD_OTHER_TYPE, FaultKind.UNKNOWN_VALUE}
MEANWHILE = {FaultKind.SUSPENDED, FaultKind.DELETED, FaultKind.SETTING_CHANGED, FaultKind.KEYS_ROTATED}
WRONGS = (
    Wrong("refused", FaultKind.REFUSED),
    Wrong("reset", FaultKind.RESET),
    Wrong("time-out before", FaultKind.TIMEOUT),
    Wrong("time-out after", FaultKind.TIMEOUT, after=True),
    Wrong("500", FaultKind.SERVER_ERROR),
    Wrong("502, HTML", FaultKind.BAD_GATEWAY),
    Wrong("502 after", FaultKind.BAD_GATEWAY, after=True),
    Wrong("429", FaultKind.TOO_MANY_REQUESTS),
    Wrong("429, Retry-After", FaultKind.TOO_MANY_WITH_TIME),
    Wrong("malformed", FaultKind.MALFORMED, after=True),
    Wrong("cut off", FaultKind.TRUNCATED),
    Wrong("a value missing", FaultKind.FIELD_MISSING),
    Wrong("all missing", FaultKind.FIELD_MISSING, every_value=True),
    Wrong("a value of another type", FaultKind.FIELD_OTHER_TYPE),
    Wrong("all of another type", FaultKind.FIELD_OTHER_TYPE, every_value=True),
    Wrong("an unknown word", FaultKind.UNKNOWN_VALUE),
    Wrong("all words unknown", FaultKind.UNKNOWN_VALUE, every_value=True),
    Wrong("token revoked", FaultKind.TOKEN_REVOKED),
    Wrong("token endpoint down", FaultKind.TOKEN_DOWN),
    Wrong("keys rotated", FaultKind.KEYS_ROTATED),
    Wrong("suspended", FaultKind.SUSPENDED),
    Wrong("deleted", FaultKind.DELETED),
    Wrong("settings changed", FaultKind.SETTING_CHANGED),
)
# Those of one kind differ below `transport.py` alone, or in what they spoil.
KINDS = (
    {FaultKind.REFUSED, FaultKind.RESET, FaultKind.TIMEOUT},
    {FaultKind.SERVER_ERROR, FaultKind.BAD_GATEWAY, FaultKind.MALFORMED, FaultKind.TRUNCATED},
    {FaultKind.TOO_MANY_REQUESTS, FaultKind.TOO_MANY_WITH_TIME},
    VALUES,
    {FaultKind.TOKEN_REVOKED, FaultKind.TOKEN_DOWN, FaultKind.KEYS_ROTATED},
    {FaultKind.SUSPENDED, FaultKind.DELETED, FaultKind.SETTING_CHANGED},
)
PLAYED = os.environ.get("FAULTS", "few")  # few, in every run of the tests; turn; all
