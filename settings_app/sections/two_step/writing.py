"""Writes to a person's factors: answers that never came, and two steps of which only the first was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.logto.errors import ErrorDetails, LogtoError, Unavailable
from settings_app.logto.types import Factor
from settings_app.safeguards import confirmation
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined, Interrupted
from settings_app.safeguards.leases import Held
from settings_app.safeguards.perform import read_again, record, was_lost
from settings_app.safeguards.ways_in import Holdings
from settings_app.sections.two_step.steps import is_offered

HALF_DONE = "factor.half_replaced"

T = TypeVar("T")


def refuse_unoffered(held: Holdings, kind: str) -> None:
    """Raises Declined where the tenant does not take this kind of factor; Logto itself would (docs/logto.md 7.2)."""
    # guard: only-offered-factors
    if not is_offered(held, kind):
        raise Declined(_("You can no longer use that as a second step."), code="factor.not_offered")


def why_unproven(held: Holdings, is_asked: Callable[[], bool]) -> Declined | None:
    """Why a factor cannot be taken away or replaced: Logto does not ask for it, so nothing shows who has it."""
    if not held.second_factors() or is_asked():
        return None
    words = _(
        "You’ve turned off the second step at sign-in, so we can’t check that this is yours. "
        "Turn it on, confirm it’s you with your second step, then try again."
    )
    return Declined(words, code="factor.unproven")


def refuse_unproven(actor: Actor, held: Holdings) -> None:
    """Raises Declined."""
    # guard: factor-proven-before-it-goes
    if declined := why_unproven(held, lambda: confirmation.asks_for_factor(actor.account)):
        raise declined


def remove(actor: Actor, factor: Factor) -> None:
    """Removes one factor. When the answer is lost, the list decides."""
    settle(
        actor,
        lambda: actor.account.remove_factor(factor.id),
        lambda factors: all(one.id != factor.id for one in factors),
    )


def add_authenticator(actor: Actor, secret: str) -> None:
    """Adds it where there is none. When the answer is lost, the list decides."""
    settle(
        actor,
        lambda: actor.account.add_authenticator(secret),
        lambda factors: any(one.is_authenticator for one in factors),
    )


def settle(actor: Actor, write: Callable[[], object], is_done: Callable[[tuple[Factor, ...]], bool]) -> None:
    """Runs `write`; when its answer is lost, the factors are read, and `is_done` of them decides whether it failed.

    Raises the write's own failure; as one that changed nothing where that is certain.
    """
    try:
        write()
    except LogtoError as error:
        factors = read_again(error, actor.account.factors)
        if factors is None:
            raise
        if not is_done(factors):
            details: ErrorDetails = {"status": error.status, "code": error.code, "request_id": error.request_id}
            raise Unavailable(error.method, error.path, answered=True, **details) from error


def in_place_of(
    actor: Actor,
    lease: Held,
    old: Iterable[Factor],
    add: Callable[[], T],
    *,
    removal: Change,
    half_done: str,
    unsure: str,
) -> T:
    """Removes `old`, then adds: Logto has no exchange (docs/logto.md 7.2). Raises a LogtoError while all is as it was.

    Raises Interrupted when nothing took the place of what is gone, with the text `half_done`, or `unsure` where the
    answer was lost; that is audited and announced as `removal`.
    """
    is_gone = False
    try:
        for factor in old:
            lease.renew()
            remove(actor, factor)
            is_gone = True
        lease.renew()
        return add()
    except (LogtoError, Declined) as error:
        if not is_gone:
            raise
        record(actor, removal, "not replaced")
        raise Interrupted(unsure if was_lost(error) else half_done, code=HALF_DONE) from error
