"""Events as the list shows them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.actor import Actor
from settings_app.sections.activity.events import Event
from settings_app.sections.activity.timeline import TimelineLine
from settings_app.shell.items import Fact, Item
from settings_app.shell.rows import Badge


def item_of(actor: Actor, line: TimelineLine) -> Item:
    event = line.event
    is_asked = event.is_answerable and not is_from_here(actor, event)
    is_flagged = event.is_flagged and is_asked
    return Item(
        title=event.title,
        icon="warning" if is_flagged else event.icon,
        facts=tuple(facts(line)),
        hints=event.notes,
        badge=Badge(_("Not confirmed"), "warn") if event.is_uncertain else None,
        url=reverse("secure") if is_asked else "",
        action=_("This wasn’t me"),
        end=Fact(actor.formats.clock(event.at), at=event.at),
        is_flagged=is_flagged,
    )


def is_from_here(actor: Actor, event: Event) -> bool:
    """Whether it was done by a browser like this one at the same address: nothing to be asked about."""
    return (event.device, event.address) == (actor.device, actor.address)


def facts(line: TimelineLine) -> list[Fact]:
    event = line.event
    found = []
    if line.times > 1:
        times = ngettext("%(times)d time", "%(times)d times", line.times) % {"times": line.times}
        found.append(Fact(times))
    if event.is_answerable and not event.device:
        found.append(Fact(_("Unknown device")))
    found += [Fact(text, is_own=True) for text in (event.device, event.place) if text]
    if event.address:
        found.append(Fact(event.address, ltr=True))
    if event.app:
        found.append(Fact(event.app, is_own=True))
    return found
