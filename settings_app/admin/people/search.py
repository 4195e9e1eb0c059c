"""Finding people by what they are known by. Each search is in the trail before Logto is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.functional import cached_property

from settings_app.actor import Actor
from settings_app.logto.types import People, Person
from settings_app.safeguards import limits
from settings_app.safeguards.changes import Change
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.perform import perform

LONGEST_TERM = 128
PAGE_SIZE = 20


@dataclass(frozen=True)
class Found:
    """What a page shows of a search."""

    term: str
    page: int
    people: tuple[Person, ...]
    total: int

    @cached_property
    def has_more(self) -> bool:
        return self.page * PAGE_SIZE < self.total

    @property
    def next_page(self) -> int:
        return self.page + 1

    @property
    def previous_page(self) -> int:
        return self.page - 1


def find(actor: Actor, term: str, page: int) -> Found:
    """Raises TooManyAttempts, or the `LogtoError` of the search."""
    limits.spend(actor, Limit.PEOPLE_SEARCH)
    admin = replace(actor, acting_admin=actor.account.user_id)
    found = perform(admin, Change.PEOPLE_SEARCHED, search, about=kind_of(term), term=term, page=page)
    return Found(term, page, found.people, found.total) if found else Found(term, page, (), 0)


def named(actor: Actor, person_id: str) -> Person | None:
    """Whose ID it is: a search like any other, in the trail before Logto is asked. None for nobody's."""
    found = find(actor, person_id, page=1).people
    return next((one for one in found if one.id == person_id), None)


def search(actor: Actor, term: str, page: int) -> People:
    return actor.tenant.find_people(term, page=page, size=PAGE_SIZE)


def kind_of(term: str) -> str:
    """What was searched by; the trail holds no value that somebody typed."""
    return "email" if "@" in term else "number" if any(letter.isdigit() for letter in term) else "name"
