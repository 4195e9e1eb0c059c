"""The side navigation: one line for each section that exists."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    name: str  # url name
    title: Promise
    icon: str
    below: tuple[str, ...] = ()  # first words of the url names that belong to this item
    divided: bool = False


ITEMS = (
    Item("overview", _("Overview"), "home"),
    Item("profile", _("Profile"), "user", ("profile",)),
    Item(
        "security",
        _("Sign-in and security"),
        "security",
        ("email", "phone", "username", "password", "verify", "two", "connections"),
    ),
)


@dataclass(frozen=True)
class Link:
    url: str
    title: Promise
    icon: str
    current: bool
    divided: bool


def navigation(request: HttpRequest) -> list[Link]:
    match = request.resolver_match
    here = match.url_name if match and match.url_name else ""
    return [
        Link(
            reverse(item.name),
            item.title,
            item.icon,
            here == item.name or here.split("_")[0] in item.below,
            item.divided,
        )
        for item in ITEMS
    ]
