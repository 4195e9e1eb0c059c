"""What every page that removes a way to sign in shows: why it has to stay, or what remains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from settings_app.logto.types import Person
from settings_app.safeguards.ways_in import REQUIRED, Holdings, listed, why_it_stays
from settings_app.shell.forms import Form
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import (
    Read,
    View,
    begins,
    connectors,
    factors,
    organizations_require_two_step,
    sign_in_experience,
)
from settings_app.shell.sessions import OffersSignOut


@dataclass(frozen=True)
class Removal:
    """`refusal` says why it cannot be removed, empty when it can; `remaining` lists the ways to sign in after that.

    `is_required`: everybody has to have one, so that it can be changed and nothing else.
    """

    refusal: str
    remaining: str
    is_required: bool = False

    @classmethod
    def unless_refused(
        cls, request: AccountRequest, form: Form, without: Callable[[Holdings], Holdings]
    ) -> Self | None:
        """For the page that asks, which `@asks_what_is_held`. None once `form` was refused: that stands alone then.

        Reading again might fail, and the page of that failure would say that nothing was changed.
        """
        if form.is_bound:
            return None
        before = held_by(request)
        return cls.of(before, without(before))

    @classmethod
    def of(cls, before: Holdings, after: Holdings) -> Self:
        declined = why_it_stays(before, after)
        if declined is None:
            return cls("", listed(after.ways_in()))
        return cls(str(declined.text), listed(after.ways_in()), is_required=declined.code == REQUIRED)


def asks_what_is_held(*more: Read[Any]) -> Callable[[View], View]:
    """For a view that looks at `held_by`, and perhaps at more."""
    return begins(factors, sign_in_experience, connectors, organizations_require_two_step, *more)


def held_by(request: AccountRequest) -> Holdings:
    """For a page that was opened and `@asks_what_is_held`. Raises a `LogtoError`."""
    begun = request.begun
    return Holdings(
        request.person,
        begun[factors],
        begun[sign_in_experience],
        begun[connectors],
        begun[organizations_require_two_step],
    )


class RemovalForm(OffersSignOut):
    """The button that removes `username`, `email` or `phone`."""

    def __init__(self, *args: Any, removes: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.removes = removes

    def holds(self, person: Person) -> bool:
        return not getattr(person, self.removes)
