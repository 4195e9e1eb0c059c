"""Writes to a person's factors: answers that never came, and two steps of which only the first was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.utils.translation import gettext as _

from settings_app.logto.errors import LogtoError, Unavailable
from settings_app.logto.types import Factor
from settings_app.safeguards import audit
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.ways_in import Holdings
from settings_app.shell.forms import WAIT_SECONDS
from settings_app.shell.http import AccountRequest
from settings_app.shell.second_steps import is_offered

HALF_DONE = "factor.half_replaced"

T = TypeVar("T")


class HalfDone(Declined):
    """The old factor is gone, and the new one is not there. The text says exactly that."""

    status = 503

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(WAIT_SECONDS)}


def refuse_unoffered(held: Holdings, kind: str) -> None:
    """Raises Declined where the tenant does not take this kind of factor; Logto itself would (contract 7.2)."""
    # guard: only-offered-factors
    if not is_offered(held, kind):
        raise Declined(_("This service doesn't take that as a second step any more."), code="factor.not_offered")


def remove(request: AccountRequest, factor: Factor) -> None:
    """Removes one factor. When the answer is lost, the list decides."""
    try:
        request.account.remove_factor(factor.id)
    except Unavailable as error:
        if not error.may_have_happened or is_there(request, lambda one: one.id == factor.id) is not False:
            raise


def add_authenticator(request: AccountRequest, secret: str) -> None:
    """Adds it where there is none. When the answer is lost, the list decides."""
    try:
        request.account.add_authenticator(secret)
    except Unavailable as error:
        if not error.may_have_happened or not is_there(request, lambda one: one.is_authenticator):
            raise


def in_place_of(
    request: AccountRequest, old: Iterable[Factor], add: Callable[[], T], *, removal: Change, half_done: str
) -> T:
    """Removes `old` and adds at once: Logto has no exchange (contract 7.2). Raises a LogtoError while all is as it was.

    Raises HalfDone with the text `half_done` when nothing took the place of what is gone; that is audited and announced
    as `removal`.
    """
    is_gone = False
    try:
        for factor in old:
            remove(request, factor)
            is_gone = True
        return add()
    except LogtoError as error:
        if not is_gone:
            raise
        audit.finish(audit.start(request, removal), audit.Outcome.DONE, "not replaced")
        raise HalfDone(half_done, code=HALF_DONE) from error


def is_there(request: AccountRequest, wanted: Callable[[Factor], bool]) -> bool | None:
    """Whether such a factor is there now; None when that cannot be read."""
    try:
        return any(wanted(factor) for factor in request.account.factors())
    except LogtoError:
        return None
