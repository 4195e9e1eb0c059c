"""Where Logto keeps the values of a row: the user, its profile, its address or its custom data (docs/logto.md 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from settings_app.actor import Actor
from settings_app.logto.types import Person


class Store(Protocol):
    """Reads a row's values by field name, and writes the ones that changed."""

    @property
    def keys(self) -> tuple[str, ...]: ...

    def read(self, person: Person) -> dict[str, Any]: ...

    def save(self, actor: Actor, **changed: Any) -> object: ...


@dataclass(frozen=True)
class NameStore:
    """The person's `name`, a top-level field."""

    keys: tuple[str, ...] = ("name",)

    def read(self, person: Person) -> dict[str, Any]:
        return {"name": person.name}

    def save(self, actor: Actor, **changed: Any) -> object:
        return actor.account.change_name(**changed)


@dataclass(frozen=True)
class ProfileStore:
    """Values of the `profile` object, which merges: what is not named stays."""

    keys: tuple[str, ...]

    def read(self, person: Person) -> dict[str, Any]:
        return {key: getattr(person.profile, key) for key in self.keys}

    def save(self, actor: Actor, **changed: Any) -> object:
        return actor.account.change_profile(**changed)


@dataclass(frozen=True)
class AddressStore:
    """Parts of `profile.address`, which Logto replaces whole: the layer below sends the other parts back."""

    keys: tuple[str, ...]

    def read(self, person: Person) -> dict[str, Any]:
        return {key: getattr(person.profile.address, key) for key in self.keys}

    def save(self, actor: Actor, **changed: Any) -> object:
        return actor.account.change_address(**changed)


@dataclass(frozen=True)
class CustomDataStore:
    """One key of `customData`, by the merging route: every other key stays as it is."""

    key: str
    name: str  # of the form field: a key may hold what no HTML id may

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, person: Person) -> dict[str, Any]:
        return {self.name: person.custom_data.get(self.key)}

    def save(self, actor: Actor, **changed: Any) -> object:
        return actor.account.change_custom_data({self.key: changed[self.name]})
