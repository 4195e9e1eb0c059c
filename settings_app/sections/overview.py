"""The overview: who is signed in, what to look after, and one card for each section.

A section joins by one entry in CARDS, and by one in CHECKS when it can tell how safe the account is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from settings_app.logto.account import Account
from settings_app.logto.errors import LogtoError
from settings_app.logto.together import Part, together
from settings_app.logto.types import Connector, Person
from settings_app.shell.formats import Formats, phone_number
from settings_app.shell.http import AccountRequest, render

MOST_CHECKS = 4
MOST_FACTS = 4
STATES = ("attention", "todo", "done")  # in the order of urgency

Fact = tuple[str, str]


@dataclass(frozen=True)
class Told:
    """What a card says: up to four facts, and the one line that a phone shows instead."""

    facts: list[Fact]
    summary: str
    link: str


@dataclass(frozen=True)
class Card:
    """`address` is the url name of the section; `read` what it needs from Logto beyond the person, all read at once."""

    address: str
    icon: str
    title: str | Promise
    tell: Callable[[AccountRequest, Any], Told]
    read: Callable[[Account], Any] | None = None


@dataclass(frozen=True)
class Check:
    """A line of the check-up: `state` is one of STATES, `address` the url name that `link` leads to."""

    state: str
    title: str
    text: str
    address: str = ""
    link: str = ""

    @property
    def url(self) -> str:
        return address_of(self.address)


def show(request: AccountRequest) -> HttpResponse:
    cards = [card for card in CARDS if address_of(card.address)]
    wanted = [card.read for card in cards if card.read] + [read for read, _check in CHECKS]
    parts = iter(together(*(lambda read=read: read(request.account) for read in wanted)))
    tiles = [tile(request, card, next(parts) if card.read else Part(None, None)) for card in cards]
    return render(request, "overview/show.html", {"tiles": tiles, "checkup": checkup(request, list(parts))})


def tile(request: AccountRequest, card: Card, part: Part[Any]) -> dict[str, Any]:
    """A card as components/tile.html draws it; a card whose reading failed says so and leaves the others alone."""
    drawn = {"name": card.address, "icon": card.icon, "title": card.title, "url": address_of(card.address)}
    if part.failed:
        return drawn | {
            "failed": _("We couldn’t load this part. The rest of this page is up to date."),
            "link": _("Try again"),
        }
    told = card.tell(request, part.value)
    return drawn | {"facts": told.facts[:MOST_FACTS], "summary": told.summary, "link": told.link}


def checkup(request: AccountRequest, parts: list[Part[Any]]) -> dict[str, Any] | None:
    """The check-up, most urgent first; one line when all is well, nothing when nothing can be told."""
    found = [check(request, part.value) for (_read, check), part in zip(CHECKS, parts, strict=True) if not part.failed]
    checks = sorted((check for check in found if check), key=lambda check: STATES.index(check.state))[:MOST_CHECKS]
    if not checks:
        return None
    done, total = sum(check.state == "done" for check in checks), len(checks)
    if done == total:
        return {"lead": _("Your account is in good shape."), "items": [], "done": done}
    left = ngettext("%(left)d thing needs your attention.", "%(left)d things need your attention.", total - done) % {
        "left": total - done
    }
    return {
        "lead": _("%(done)d of %(total)d done. %(left)s") % {"done": done, "total": total, "left": left},
        "items": checks,
        "done": done,
    }


def address_of(name: str) -> str:
    """The address of a section's page; empty in a site that has no such page."""
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""


def profile_card(request: AccountRequest, read: None) -> Told:
    person, formats = request.person, Formats.of(request)
    facts = [
        (_("Name"), person.name),
        (_("Birthdate"), formats.birthdate(person.profile.birthdate)),
        (_("Language"), formats.language(person.profile.locale)),
        (_("Time zone"), person.profile.zoneinfo.replace("_", " ")),
    ]
    filled = [(label, value or _("Not set")) for label, value in facts]
    return Told(
        filled,
        joined([value for _label, value in facts if value][:2]) or _("Nothing filled in yet"),
        _("Edit your profile"),
    )


def connectors(account: Account) -> tuple[Connector, ...]:
    """For their names only: without them the card shows what Logto calls the providers."""
    try:
        return account.tenant.connectors()
    except LogtoError:
        return ()


def sign_in_card(request: AccountRequest, known: tuple[Connector, ...]) -> Told:
    person, language = request.person, str(Formats.of(request).locale.language)
    names = {one.target: one.name(language) for one in known if one.is_social}
    facts = [
        (_("Email"), person.email),
        (_("Password"), _("Set") if person.has_password else ""),
        (_("Connected accounts"), joined([names.get(one.target, one.target) for one in person.identities])),
        (_("Phone"), phone_number(person.phone) if person.phone else ""),
        (_("Username"), person.username),
    ]
    return Told([fact for fact in facts if fact[1]], joined(ways_in(person)), _("Manage sign-in"))


def ways_in(person: Person) -> list[str]:
    known = [
        (_("Email"), person.email),
        (_("phone"), person.phone),
        (_("username"), person.username),
        (_("password"), person.has_password),
    ]
    ways = [name for name, value in known if value]
    if person.identities:
        total = len(person.identities)
        ways.append(ngettext("%(total)d connected account", "%(total)d connected accounts", total) % {"total": total})
    return [ways[0].capitalize(), *ways[1:]] if ways else []


def joined(words: list[str]) -> str:
    return ", ".join(words)


CARDS: tuple[Card, ...] = (
    Card("profile", "user", gettext_lazy("Profile"), profile_card),
    Card("security", "password", gettext_lazy("Sign-in methods"), sign_in_card, connectors),
)
CHECKS: tuple[tuple[Callable[[Account], Any], Callable[[AccountRequest, Any], Check | None]], ...] = ()
