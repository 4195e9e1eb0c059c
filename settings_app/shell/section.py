"""What a section of the site declares of itself; navigation, addresses, `/verify/` and the gathering pages read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern
from django.utils.functional import Promise

from settings_app.shell.http import AccountRequest
from settings_app.shell.own_addresses import address_of
from settings_app.shell.reads import Read, Reads
from settings_app.shell.rows import Panel

Text = str | Promise

STATES = ("attention", "todo", "done")  # of findings, in the order of urgency
MOST_FACTS = 4  # on a card


@dataclass(frozen=True)
class NavigationEntry:
    """The section's line in the navigation, which leads to the address named like the section."""

    title: Promise
    icon: str
    is_apart: bool = False  # set off from those before it


@dataclass(frozen=True)
class Summary:
    """What a card says: its facts, label and value, the one line that a phone shows instead, and its link."""

    facts: list[tuple[str, str]]
    line: str
    link: str


@dataclass(frozen=True)
class Card:
    """The section on the overview; it leads to the address named like the section.

    `lets_in`: what it shows can open the account, so it is looked at when the account is secured.
    """

    title: Text
    icon: str
    summarise: Callable[[AccountRequest, Reads], Summary]
    reads: tuple[Read[Any], ...] = ()
    lets_in: bool = False


@dataclass(frozen=True)
class Tile:
    """A card as it is drawn (templatetags/cards.py); without `summary` it could not be read, and says so."""

    name: str
    card: Card
    url: str
    summary: Summary | None
    reference: str = ""

    @property
    def facts(self) -> list[tuple[str, str]]:
        return self.summary.facts[:MOST_FACTS] if self.summary else []


@dataclass(frozen=True)
class Finding:
    """A line of the security check-up: `state` is one of STATES, `address` the url name that `link` leads to.

    Of the same state, what weighs more comes first.
    """

    state: str
    title: str
    text: str
    address: str = ""
    link: str = ""
    panel: str = ""  # the part of that page
    weight: int = 0

    @property
    def url(self) -> str:
        part = f"#{self.panel}" if self.panel else ""
        return address_of(self.address) + part if self.address else ""


@dataclass(frozen=True)
class Check:
    """Looks at one thing that makes an account safe; None when there is nothing to say about it."""

    look: Callable[[AccountRequest, Reads], Finding | None]
    reads: tuple[Read[Any], ...] = ()


@dataclass(frozen=True)
class Contribution:
    """What a section puts on the gathering page called `page`: rows for a panel of that page, or panels of its own.

    `instead` is drawn when Logto did not answer; without it the whole page fails.
    """

    page: str
    draw: Callable[[AccountRequest, Reads], list[Panel]]
    reads: tuple[Read[Any], ...] = ()
    instead: Panel | None = None


@dataclass(frozen=True)
class Section:
    """`parent` is the section whose line in the navigation is marked on the pages of this one.

    `in_preview` are its addresses, by url name, that an administrator may open who looks at somebody's account: pages
    that show, and neither reveal a secret nor hand anything out. Every other one is closed to them.
    `about` says on `/verify/` what the person is about to do; `about_at` says it for single addresses, by url name.
    """

    name: str
    parent: str = ""
    entry: NavigationEntry | None = None
    card: Card | None = None
    checks: tuple[Check, ...] = ()
    rows: tuple[Contribution, ...] = ()
    about: Promise | None = None
    about_at: Mapping[str, Promise] = field(default_factory=dict)
    addresses: tuple[URLPattern, ...] = ()
    fields: Mapping[str, Text] = field(default_factory=dict)  # what changes of it are called, by the tag of their row
    in_preview: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _section_at.update({str(address.name): self for address in self.addresses})
        _field_names.update(self.fields)

    def about_of(self, url_name: str) -> Promise | None:
        return self.about_at.get(url_name, self.about)


_section_at: dict[str, Section] = {}
_field_names: dict[str, Text] = {}


def section_at(url_name: str) -> Section | None:
    """The section that declares the address of this name."""
    return _section_at.get(url_name)


def field_named(name: str) -> str:
    """What the page calls the field that a change was about; a field of the tenant's own by the word in its address."""
    label = _field_names.get(name)
    return str(label) if label else name.replace("-", " ").capitalize()
