"""The ways to sign in on the overview, and whether the person can be reached about them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settings_app.formats import in_a_row, phone_number
from settings_app.logto.types import Person
from settings_app.safeguards.ways_in import Holdings
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import (
    Reads,
    account_center,
    connectors,
    factors,
    public_sign_in_experience,
    sign_in_experience,
)
from settings_app.shell.section import Finding, Summary
from settings_app.shell.standing import standing_of
from settings_app.typed import left_to_right


def summary(request: AccountRequest, reads: Reads) -> Summary:
    person, names = request.person, provider_names(request, reads)
    passkeys = sum(factor.is_passkey for factor in reads[factors])
    accounts = [names.get(one.target, one.target) for one in person.identities]
    work = [names.get(one.connector_id) or one.issuer for one in person.sso_identities]
    facts = [
        (_("Email"), person.email),
        (_("Password"), _("Set") if person.has_password else ""),
        (_("Passkeys"), request.actor.formats.number(passkeys) if passkeys else ""),
        (_("Connected accounts"), in_a_row(accounts)),
        (_("Work account"), in_a_row(work)),
        (_("Phone"), left_to_right(phone_number(person.phone)) if person.phone else ""),
        (_("Username"), person.username),
    ]
    summary = in_a_row(ways_in(person, passkeys) + accounts + work)
    return Summary([fact for fact in facts if fact[1]], summary, _("Manage sign-in"))


ADDED = ("email", "phone", "password", "social", "passkey")  # what one can add to sign in with


def ways_in(person: Person, passkeys: int) -> list[str]:
    """In words, the first of which may begin a line."""
    counted = ngettext("%(total)d passkey", "%(total)d passkeys", passkeys) % {"total": passkeys}
    known = [
        (_("Email"), _("email"), person.email),
        (_("Phone"), _("phone"), person.phone),
        (_("Username"), _("username"), person.username),
        (_("Password"), _("password"), person.has_password),
        (counted, counted, passkeys),
    ]
    held = [(alone, within) for alone, within, value in known if value]
    return [alone for alone, _within in held[:1]] + [within for _alone, within in held[1:]]


def provider_names(request: AccountRequest, reads: Reads) -> Mapping[str, str]:
    """Names of social providers by target and of organisations by id; without them, Logto's own words are shown."""
    language = str(request.actor.formats.locale.language)
    experience = reads.part(public_sign_in_experience).value
    names = {one.target: one.name(language) for one in reads.part(connectors).value or () if one.is_social}
    return names | {one.id: one.name for one in (experience.sso_connectors if experience else ())}


def reachable(request: AccountRequest, reads: Reads) -> Finding | None:
    """Logto says that an address is there, not that it was ever proven, so the words claim no more."""
    person = request.person
    reach = _("We’ll email you about changes to your account")
    if person.email and person.phone:
        return Finding("done", _("Email and phone added"), reach)
    if person.email:
        return Finding("done", _("Email added"), reach)
    if not standing_of(request.site, reads[account_center], "email").is_editable:
        return None
    text = _("We use it to tell you about changes to your account, and to help if you can’t sign in.")
    return Finding("todo", _("Add an email"), text, "email_change", _("Add email"), weight=90)


def ways_to_sign_in(request: AccountRequest, reads: Reads) -> Finding | None:
    """Whether one lost thing would lock the person out. A password that can be reset by a code is no such thing."""
    person, experience = request.person, reads[sign_in_experience]
    held = Holdings(person, reads[factors], experience, reads[connectors], organizations_require=False)
    ways = held.ways_in()
    if len(ways) != 1 or not any(is_editable(request, reads, field) for field in ADDED):
        return None
    resets = reads[public_sign_in_experience]
    can_reset = (resets.resets_password_by_email and person.email) or (resets.resets_password_by_phone and person.phone)
    if can_reset and not held.without_password().ways_in():
        return None
    text = _("You can sign in with %(way)s and with nothing else. Without it you couldn’t get in.") % {"way": ways[0]}
    return Finding("todo", _("Add another way to sign in"), text, "security", _("Add one"), weight=70)


def is_editable(request: AccountRequest, reads: Reads, field: str) -> bool:
    return standing_of(request.site, reads[account_center], field).is_editable
