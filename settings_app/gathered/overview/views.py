"""The overview page: reads what cards and checks need, all at the same time, and draws what came."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.gathered.profile.section import SECTION as PROFILE
from settings_app.gathered.security.section import SECTION as SECURITY
from settings_app.logto.errors import LogtoError
from settings_app.sections import SECTIONS
from settings_app.shell import errors
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.own_addresses import address_of
from settings_app.shell.reads import Reads
from settings_app.shell.section import STATES, Card, Check, Finding, Tile

MOST_FINDINGS = 4

CARDS = {section.name: section.card for section in (PROFILE, SECURITY, *SECTIONS) if section.card}
CHECKS = tuple(check for section in (*SECTIONS, SECURITY) for check in section.checks)


@dataclass(frozen=True)
class Checkup:
    """What was found, the most urgent first; `shown` are those that have a place on the page."""

    lead: str
    findings: list[Finding]
    shown: list[Finding]
    is_complete: bool = True

    @property
    def done(self) -> int:
        return sum(one.state == "done" for one in self.findings)

    @property
    def has_more(self) -> bool:
        return len(self.shown) < len(self.findings)


def show(request: AccountRequest) -> HttpResponse:
    declared: list[Card | Check] = [*CARDS.values(), *CHECKS]
    reads = Reads(request.account, [read for one in declared for read in one.reads])
    bool(request.person)  # without the person there is no page; a card is not what failed
    tiles = [tile(request, name, card, reads) for name, card in CARDS.items()]
    return render(request, "overview/show.html", {"tiles": tiles, "checkup": checkup(request, reads)})


def tile(request: AccountRequest, name: str, card: Card, reads: Reads) -> Tile:
    """A card whose reading failed leaves the others alone."""
    try:
        return Tile(name, card, address_of(name), card.summarise(request, reads))
    except LogtoError as error:
        return Tile(name, card, address_of(name), None, errors.part_failed(request, name, error))


def check_up(request: AccountRequest) -> HttpResponse:
    """All that was found, what is in order included."""
    reads = Reads(request.account, [read for check in CHECKS for read in check.reads])
    bool(request.person)  # without the person there is no page; a check is not what failed
    found = checkup(request, reads)
    return render(
        request, "overview/check_up.html", {"checkup": replace(found, shown=found.findings) if found else None}
    )


def checkup(request: AccountRequest, reads: Reads) -> Checkup | None:
    """The check-up as the overview shows it: one line when all is well, nothing when there is nothing to check."""
    found, is_complete = [], True
    for check in CHECKS:
        try:
            found.append(check.look(request, reads))
        except LogtoError:
            is_complete = False
    findings = sorted((one for one in found if one), key=urgency)
    if not is_complete:
        failure = _("We couldn’t check everything right now.")
        return Checkup(failure, findings, findings[:MOST_FINDINGS], is_complete=False)
    if not findings:
        return None
    done, total = sum(one.state == "done" for one in findings), len(findings)
    if done == total:
        return Checkup(_("Your account is in good shape."), findings, [])
    needed = ngettext("%(left)d thing needs your attention.", "%(left)d things need your attention.", total - done)
    words = {"done": done, "total": total, "left": needed % {"left": total - done}}
    return Checkup(_("%(done)d of %(total)d done. %(left)s") % words, findings, findings[:MOST_FINDINGS])


def urgency(finding: Finding) -> tuple[int, int]:
    return STATES.index(finding.state), -finding.weight
