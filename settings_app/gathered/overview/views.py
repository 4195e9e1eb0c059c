"""The overview page: reads what its cards and checks need, all at the same time, and draws what came."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.gathered.overview.cards import CARDS
from settings_app.gathered.overview.checks import CHECKS
from settings_app.gathered.overview.parts import STATES, Card, Line, Read, address_of
from settings_app.logto.parallel import Part
from settings_app.shell.http import AccountRequest, render

MOST_LINES = 4
MOST_FACTS = 4

Parts = Mapping[Read | None, Part[Any]]


def show(request: AccountRequest) -> HttpResponse:
    cards = [card for card in CARDS if address_of(card.address)]
    wanted = [card.read for card in cards] + [check.read for check in CHECKS]
    reads = list(dict.fromkeys(read for read in wanted if read))
    parts: dict[Read | None, Part[Any]] = {None: Part(lambda: None)}
    parts |= {read: request.account.tenant.start(partial(read, request)) for read in reads}
    tiles = [tile(request, card, parts[card.read]) for card in cards]
    return render(request, "overview/show.html", {"tiles": tiles, "checkup": checkup(request, parts)})


def tile(request: AccountRequest, card: Card, part: Part[Any]) -> dict[str, Any]:
    """A card as components/tile.html draws it; a card whose reading failed says so and leaves the others alone."""
    drawn = {"name": card.address, "icon": card.icon, "title": card.title, "url": address_of(card.address)}
    if part.failed:
        failed = _("We couldn’t load this part. The rest of this page is up to date.")
        return drawn | {"failed": failed, "link": _("Try again")}
    told = card.tell(request, part.value)
    return drawn | {"facts": told.facts[:MOST_FACTS], "summary": told.summary, "link": told.link}


def checkup(request: AccountRequest, parts: Parts) -> dict[str, Any] | None:
    """The check-up, most urgent first; one line when all is well, nothing when nothing can be told."""
    readable = [check for check in CHECKS if not parts[check.read].failed]
    looked = [check.look(request, parts[check.read].value) for check in readable]
    lines = sorted((line for line in looked if line), key=urgency)[:MOST_LINES]
    if not lines:
        return None
    done, total = sum(line.state == "done" for line in lines), len(lines)
    if len(readable) < len(CHECKS):
        return {"lead": _("We couldn’t check everything right now."), "items": lines, "done": done}
    if done == total:
        return {"lead": _("Your account is in good shape."), "items": [], "done": done}
    needed = ngettext("%(left)d thing needs your attention.", "%(left)d things need your attention.", total - done)
    words = {"done": done, "total": total, "left": needed % {"left": total - done}}
    return {"lead": _("%(done)d of %(total)d done. %(left)s") % words, "items": lines, "done": done}


def urgency(line: Line) -> int:
    return STATES.index(line.state)
