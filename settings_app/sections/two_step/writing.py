"""Writes to a person's factors: answers that never came, and two steps of which only the first was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.utils.translation import gettext as _

from settings_app.logto.errors import ErrorDetails, LogtoError, Unavailable
from settings_app.logto.types import Factor
from settings_app.safeguards import audit
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.ways_in import Holdings
from settings_app.sections.two_step.steps import is_offered
from settings_app.shell.forms import WAIT_SECONDS
from settings_app.shell.http import AccountRequest

HALF_DONE = "factor.half_replaced"

T = TypeVar("T")


class HalfDone(Declined):
    """The old factor is gone, and the new one is not there. The text says exactly that."""

    status = 503

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(WAIT_SECONDS)}


def refuse_unoffered(held: Holdings, kind: str) -> None:
    """Raises Declined where the tenant does not take this kind of factor; Logto itself would (docs/logto.md 7.2)."""
    # guard: only-offered-factors
    if not is_offered(held, kind):
        raise Declined(_("This service doesn’t take that as a second step any more."), code="factor.not_offered")


def remove(request: AccountRequest, factor: Factor) -> None:
    """Removes one factor. When the answer is lost, the list decides."""
    with settled(request, lambda factors: all(one.id != factor.id for one in factors)):
        request.account.remove_factor(factor.id)


def add_authenticator(request: AccountRequest, secret: str) -> None:
    """Adds it where there is none. When the answer is lost, the list decides."""
    with settled(request, lambda factors: any(one.is_authenticator for one in factors)):
        request.account.add_authenticator(secret)


@contextmanager
def settled(request: AccountRequest, is_done: Callable[[tuple[Factor, ...]], bool]) -> Iterator[None]:
    """Around a write: when its answer is lost, the factors are read, and `is_done` of them decides whether it failed.

    Raises the write's own failure; as one that changed nothing where that is certain.
    """
    try:
        yield
    except Unavailable as error:
        if not error.may_have_happened:
            raise
        try:
            factors = request.account.factors()
        except LogtoError:
            raise error from None
        if not is_done(factors):
            told: ErrorDetails = {"status": error.status, "code": error.code, "request_id": error.request_id}
            raise Unavailable(error.method, error.path, answered=True, **told) from error


def in_place_of(
    request: AccountRequest,
    old: Iterable[Factor],
    add: Callable[[], T],
    *,
    removal: Change,
    half_done: str,
    unsure: str,
) -> T:
    """Removes `old`, then adds: Logto has no exchange (docs/logto.md 7.2). Raises a LogtoError while all is as it was.

    Raises HalfDone when nothing took the place of what is gone, with the text `half_done`, or `unsure` where the answer
    was lost; that is audited and announced as `removal`.
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
        lost = isinstance(error, Unavailable) and error.may_have_happened
        raise HalfDone(unsure if lost else half_done, code=HALF_DONE) from error
