"""What the overview is made of: cards and lines of the check-up, each with what it has to read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from settings_app.shell.http import AccountRequest

STATES = ("attention", "todo", "done")  # in the order of urgency

Fact = tuple[str, str]
Read = Callable[[AccountRequest], Any]


@dataclass(frozen=True)
class Told:
    """What a card says: up to four facts, and the one line that a phone shows instead."""

    facts: list[Fact]
    summary: str
    link: str


@dataclass(frozen=True)
class Card:
    """`address` is the url name of the section; `read` what it needs from Logto beyond the person."""

    address: str
    icon: str
    title: str | Promise
    tell: Callable[[AccountRequest, Any], Told]
    read: Read | None = None


@dataclass(frozen=True)
class Line:
    """A line of the check-up: `state` is one of STATES, `address` the url name that `link` leads to."""

    state: str
    title: str
    text: str
    address: str = ""
    link: str = ""

    @property
    def url(self) -> str:
        return address_of(self.address)


@dataclass(frozen=True)
class Check:
    """Looks at what `read` gave, and has a line for it, or None when there is nothing to say."""

    look: Callable[[AccountRequest, Any], Line | None]
    read: Read | None = None


def address_of(name: str) -> str:
    """The address of a section's page; empty in a site that has no such page."""
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""
