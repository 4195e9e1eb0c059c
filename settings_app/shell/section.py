"""What a section of the site declares of itself; navigation, addresses, `/verify/` and the gathering pages read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.urls import URLPattern
from django.utils.functional import Promise


@dataclass(frozen=True)
class Entry:
    """The section's line in the navigation, which leads to the address named like the section."""

    title: Promise
    icon: str


@dataclass(frozen=True)
class Section:
    """`parent` is the section whose line in the navigation is marked on the pages of this one.

    `about` says on `/verify/` what the person is about to do; `about_at` says it for single addresses, by url name.
    """

    name: str
    parent: str = ""
    entry: Entry | None = None
    about: Promise | None = None
    about_at: Mapping[str, Promise] = field(default_factory=dict)
    addresses: tuple[URLPattern, ...] = ()

    def __post_init__(self) -> None:
        _section_at.update({str(address.name): self for address in self.addresses})

    def about_of(self, url_name: str) -> Promise | None:
        return self.about_at.get(url_name, self.about)


_section_at: dict[str, Section] = {}


def section_at(url_name: str) -> Section | None:
    """The section that declares the address of this name."""
    return _section_at.get(url_name)
