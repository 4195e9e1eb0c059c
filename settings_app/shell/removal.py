"""What every page that removes a way to sign in shows: why it has to stay, or what remains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from settings_app.actor import Actor
from settings_app.logto.types import Person
from settings_app.safeguards.ways_in import REQUIRED, Holdings, listed, why_it_stays
from settings_app.shell.forms import Form
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
    def unless_refused(cls, actor: Actor, form: Form, without: Callable[[Holdings], Holdings]) -> Self | None:
        """For the page that asks. None once `form` was refused: what it says then stands alone.

        Reading again might fail, and the page of that failure would say that nothing was changed.
        """
        if form.is_bound:
            return None
        before = Holdings.read(actor.account)
        return cls.of(before, without(before))

    @classmethod
    def of(cls, before: Holdings, after: Holdings) -> Self:
        declined = why_it_stays(before, after)
        if declined is None:
            return cls("", listed(after.ways_in()))
        return cls(str(declined.text), listed(after.ways_in()), is_required=declined.code == REQUIRED)


class RemovalForm(OffersSignOut):
    """The button that removes `username`, `email` or `phone`."""

    def __init__(self, *args: Any, removes: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.removes = removes

    def holds(self, person: Person) -> bool:
        return not getattr(person, self.removes)
