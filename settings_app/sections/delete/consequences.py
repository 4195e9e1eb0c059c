"""What goes with an account, in the person's own numbers; general words for what could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from babel.lists import format_list
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from settings_app.logto.types import Factor, Grant, LogtoSession
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import (
    Read,
    Reads,
    applications,
    connectors,
    factors,
    grants,
    organizations,
)

READS: tuple[Read[Any], ...] = (factors, grants, organizations, applications, connectors)
MOST_NAMED = 3


@dataclass(frozen=True)
class Consequence:
    icon: str
    title: str
    hint: str


def of(request: AccountRequest, reads: Reads, sessions: tuple[LogtoSession, ...] | None) -> list[Consequence]:
    found = [of_profile(request, reads), of_devices(sessions), of_apps(reads), of_organizations(reads)]
    return [one for one in found if one]


def of_profile(request: AccountRequest, reads: Reads) -> Consequence:
    title = _("Your profile and ways to sign in are deleted")
    held = ways(reads.part(factors).value or ()) + connections(request, reads)
    if not held:
        return Consequence("person-removed", title, _("You can’t sign in with them any more, here or in any app."))
    return Consequence("person-removed", title, _("That includes %(ways)s.") % {"ways": joined(held)})


def ways(held: tuple[Factor, ...]) -> list[str]:
    passkeys = sum(factor.is_passkey for factor in held)
    words: list[str] = []
    if passkeys:
        words.append(ngettext("%(count)d passkey", "%(count)d passkeys", passkeys) % {"count": passkeys})
    if any(factor.is_authenticator for factor in held):
        words.append(_("your authenticator app"))
    return words


def connections(request: AccountRequest, reads: Reads) -> list[str]:
    named = {one.target: one.name(get_language() or "en") for one in reads.part(connectors).value or ()}
    targets = [identity.target for identity in request.person.identities]
    return [_("your %(name)s account") % {"name": named.get(target, target)} for target in targets[:MOST_NAMED]]


def of_devices(sessions: tuple[LogtoSession, ...] | None) -> Consequence:
    count = sum(not one.is_dead for one in sessions or ())
    title = (
        ngettext("You’re signed out on your device", "You’re signed out on all %(count)d devices", count)
        % {"count": count}
        if count
        else _("You’re signed out on every device")
    )
    return Consequence("sign-out", title, _("It can take up to an hour to reach every app."))


def of_apps(reads: Reads) -> Consequence | None:
    given = reads.part(grants).value
    if given is None:
        return Consequence("apps", _("Apps lose access"), _("They may keep data they already have."))
    names = third_party(given, reads)
    if not names:
        return None
    title = ngettext("%(count)d app loses access", "%(count)d apps lose access", len(names)) % {"count": len(names)}
    hint = _("%(names)s may keep data they already have.")
    if len(names) == 1:
        hint = _("%(names)s may keep data it already has.")
    return Consequence("apps", title, hint % {"names": shortened(names)})


def third_party(given: Iterable[Grant], reads: Reads) -> list[str]:
    """The names of the apps of others, each once; an app that the tenant does not know is none of its own."""
    known = reads.part(applications).value or {}
    found = {
        grant.application_id: grant.application_name or grant.application_id
        for grant in given
        if grant.application_id not in known or known[grant.application_id].is_third_party
    }
    return sorted(found.values(), key=str.casefold)


def of_organizations(reads: Reads) -> Consequence | None:
    joined_ones = reads.part(organizations).value
    if joined_ones is None:
        title = _("You leave your organisations")
    elif not joined_ones:
        return None
    else:
        title = _("You leave %(names)s") % {"names": shortened([one.name for one in joined_ones])}
    return Consequence("organizations", title, _("Your work there stays with each organisation."))


def shortened(names: list[str]) -> str:
    """The first of them by name, the others by number."""
    more = len(names) - MOST_NAMED
    if more <= 1:
        return joined(names)
    return joined([*names[:MOST_NAMED], _("%(count)d more") % {"count": more}])


def joined(words: list[str]) -> str:
    language = get_language() or "en"
    return format_list(words, locale="en_GB" if language == "en" else language.replace("-", "_"))
