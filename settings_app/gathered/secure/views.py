"""Secure my account: where the mails about changes lead, with what to do when it wasn't you."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.gathered.overview.views import CARDS, tile
from settings_app.gathered.secure import actions
from settings_app.safeguards import audit, sessions
from settings_app.safeguards.audit import Past
from settings_app.safeguards.changes import Change
from settings_app.sections.undo.actions import can_choose_password
from settings_app.shell.forms import Form
from settings_app.shell.gates import verified_recently
from settings_app.shell.http import AccountRequest, public, render
from settings_app.shell.reads import Reads
from settings_app.shell.section import Card, field_named

LOCKED = "locked"  # in the session of nobody that follows
SHOWN_DAYS = 30
ON_A_PAGE = 20


@dataclass(frozen=True)
class Told:
    """A line of what was changed: the newest of some that differ in nothing but their moment."""

    past: Past
    times: int
    field: str


class SignOutOthersForm(Form):
    """Nothing to fill in."""


class LockForm(Form):
    """Nothing to fill in."""


def show(request: AccountRequest) -> HttpResponse:
    cards = cards_that_let_in()
    reads = Reads(request.account, [read for card in cards.values() for read in card.reads])
    told = grouped(audit.of_person(request.actor, days=SHOWN_DAYS), request.actor.formats.zone)
    page = Paginator(told, ON_A_PAGE).get_page(request.GET.get("page"))
    bool(request.person)  # without the person there is no page; a part of it is not what failed
    left = [tile(request, name, card, reads) for name, card in cards.items()]
    locked_at = audit.last_done(request.actor, Change.ACCOUNT_LOCKED, days=SHOWN_DAYS)
    return render(request, "secure/show.html", {"page": page, "days": SHOWN_DAYS, "left": left, "locked_at": locked_at})


def cards_that_let_in() -> dict[str, Card]:
    return {name: card for name, card in CARDS.items() if card.lets_in}


@verified_recently
def lock(request: AccountRequest) -> HttpResponse:
    """Locks everyone out, this browser too, and leads to the way back in."""
    form = LockForm.received(request)
    resets = can_choose_password(request.actor)
    stays = request.person.has_password and not resets
    if form.submit(request.actor, Change.ACCOUNT_LOCKED, actions.lock, is_told=False):
        request.session[LOCKED] = {"resets": resets, "stays": stays}
        return redirect("secure_locked")
    return render(request, "secure/lock.html", {"form": form, "resets": resets, "stays": stays})


@public
def locked(request: AccountRequest) -> HttpResponse:
    """Where somebody stands who has just locked everyone out; anybody else is led to the page that does it."""
    found = request.session.get(LOCKED)
    if found is None:
        return redirect("secure")
    return render(request, "secure/locked.html", found)


def grouped(past: Iterable[Past], zone: ZoneInfo) -> list[Told]:
    """What differs in nothing but its moment is told once for each day."""
    told: dict[tuple[date, Past], Told] = {}
    for one in past:
        key = (one.at.astimezone(zone).date(), replace(one, at=datetime.min.replace(tzinfo=UTC)))
        if key in told:
            told[key] = replace(told[key], times=told[key].times + 1)
        else:
            told[key] = Told(one, 1, field_named(one.about))
    return list(told.values())


@verified_recently
def sign_out_others(request: AccountRequest) -> HttpResponse:
    form = SignOutOthersForm.received(request)
    if form.submit(request.actor, Change.OTHER_SESSIONS_ENDED, sessions.end_others):
        return redirect("secure")
    return render(request, "secure/sign_out_others.html", {"form": form})
