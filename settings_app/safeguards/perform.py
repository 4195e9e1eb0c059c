"""The one way to change anything: between the two halves of its audit row, with its notice, its end told truthfully."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from settings_app.actor import Actor
from settings_app.logto import deadline
from settings_app.logto.errors import LogtoError, Refused, Unavailable
from settings_app.logto.read_only import OnlyReads
from settings_app.models import AuditEntry
from settings_app.safeguards import audit, limits, undo
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined, Unfinished
from settings_app.safeguards.limits import Limit

T = TypeVar("T")

CHANGED = "something was changed"


@dataclass(frozen=True)
class Remark:
    """What an action that is done gives back when there is more to say of it than its `Change` says."""

    text: str
    is_warning: bool = False
    says_done: bool = False  # in place of the words of the `Change`


def perform(
    actor: Actor,
    change: Change,
    action: Callable[..., T],
    *,
    written: str = "",
    about: str = "",
    is_done: Callable[[], bool] | None = None,
    is_part: bool = False,
    is_mailed: bool = True,
    on_start: Callable[[AuditEntry], object] | None = None,
    **values: Any,
) -> T | None:
    """Runs `action(actor, **values)`. Out: what it gives; None where its answer was lost and `is_done` says it is done.

    `written` is the email or phone that is about to be written: both addresses are told of that. `is_done` reads again.
    `about` names the field that is changed, for the trail.
    `on_start` is given the row, once it is committed and before the action runs.
    `is_mailed` False: the action decides whether somebody is told.
    `is_part`: this is a step of taking the account back, which is announced as a whole.
    Raises what the action raises; by then the trail has it and the notice is released or dropped. Raises OnlyReads for
    an administrator who looks at somebody's account.
    """
    # guard: acting-admin-changes-nothing
    if actor.acting_admin and not change.words.by_admin:
        raise OnlyReads(change.value)
    takes_back = is_part or change is Change.ACCOUNT_RESTORED  # has a limit of its own, which nobody else uses up
    # guard: changes-limited
    if change.words.is_limited and not takes_back:
        limits.spend(actor, Limit.CHANGE)
    # guard: nobody-else-changes-what-is-taken-back
    if not takes_back:
        undo.refuse_while_taken_back(actor)
    entry = audit.start(actor, change, written=written, is_part=is_part, is_mailed=is_mailed)
    if on_start is not None:
        on_start(entry)
    try:
        result = (action if takes_back else unless_taken_back(action))(actor, **values)
    except (LogtoError, Declined) as error:
        if is_done is not None and read_again(error, is_done):
            finish(actor, entry, Outcome.DONE, about or "answer lost, read again")
            return None
        finish(actor, entry, outcome_of(error), error.code or type(error).__name__)
        raise
    finish(actor, entry, Outcome.DONE, about)
    return result


def finish(actor: Actor, entry: AuditEntry, outcome: Outcome, reason: str) -> None:
    if outcome in (Outcome.DONE, Outcome.UNKNOWN):
        actor.remembered[CHANGED] = True
    audit.finish(entry, outcome, reason)


def may_have_changed(actor: Actor) -> bool:
    """Whether this actor has changed something by now, so that nobody may say that nothing was changed."""
    return CHANGED in actor.remembered


def unless_taken_back(action: Callable[..., T]) -> Callable[..., T]:
    """The action, unless its owner takes the account back: who does that waits for what had begun before.

    They see this change now that its row is written. So it looks once more, and ends within the time they wait for.
    """

    def checked(actor: Actor, **values: Any) -> T:
        # guard: begun-changes-look-again
        undo.refuse_while_taken_back(actor)
        # guard: changes-end-in-time
        with deadline.until(time.monotonic() + undo.LONGEST_CHANGE.total_seconds()):
            return action(actor, **values)

    return checked


def record(actor: Actor, change: Change, reason: str, *, sightings: Sequence[Mapping[str, Any]] = ()) -> None:
    """Records and announces what happened already, as at Logto's own pages; `reason` says how it came.

    `sightings` are the devices that the mail tells of.
    """
    audit.finish(audit.start(actor, change, sightings=sightings), Outcome.DONE, reason)


def read_again(error: LogtoError | Declined, read: Callable[[], T]) -> T | None:
    """What `read` finds once the answer to a write was lost; None where it was not lost, or nothing can be read."""
    if not was_lost(error):
        return None
    try:
        return read()
    except LogtoError:
        return None


def was_lost(error: LogtoError | Declined) -> bool:
    """Whether the answer to a write never came, so that nobody knows what became of it."""
    return isinstance(error, Unavailable) and error.may_have_happened


def outcome_of(error: LogtoError | Declined) -> Outcome:
    """What a failure says about the change: refused, failed, or nobody knows."""
    if isinstance(error, Unfinished):
        return Outcome.UNKNOWN
    if isinstance(error, (Refused, Declined)):
        return Outcome.REFUSED
    return Outcome.UNKNOWN if was_lost(error) else Outcome.FAILED
