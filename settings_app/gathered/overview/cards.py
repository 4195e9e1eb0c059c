"""The cards of the overview, one for each section."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from settings_app.formats import phone_number
from settings_app.gathered.overview.parts import Card, Told
from settings_app.gathered.overview.reads import SignIn, sign_in
from settings_app.logto.types import Person
from settings_app.shell.http import AccountRequest


def profile_card(request: AccountRequest, read: None) -> Told:
    person, formats = request.person, request.actor.formats
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


def sign_in_card(request: AccountRequest, read: SignIn) -> Told:
    person, passkeys = request.person, len(read.steps.passkeys)
    accounts = [read.names.get(one.target, one.target) for one in person.identities]
    work = [read.names.get(one.connector_id) or one.issuer for one in person.sso_identities]
    facts = [
        (_("Email"), person.email),
        (_("Password"), _("Set") if person.has_password else ""),
        (_("Passkeys"), request.actor.formats.number(passkeys) if passkeys else ""),
        (_("Connected accounts"), joined(accounts)),
        (_("Work account"), joined(work)),
        (_("Phone"), phone_number(person.phone) if person.phone else ""),
        (_("Username"), person.username),
    ]
    summary = joined(ways_in(person, passkeys) + accounts + work)
    return Told([fact for fact in facts if fact[1]], summary[:1].upper() + summary[1:], _("Manage sign-in"))


def ways_in(person: Person, passkeys: int) -> list[str]:
    known = [
        (_("email"), person.email),
        (_("phone"), person.phone),
        (_("username"), person.username),
        (_("password"), person.has_password),
        (ngettext("%(total)d passkey", "%(total)d passkeys", passkeys) % {"total": passkeys}, passkeys),
    ]
    return [name for name, value in known if value]


def joined(words: list[str]) -> str:
    return ", ".join(words)


CARDS: tuple[Card, ...] = (
    Card("profile", "user", gettext_lazy("Profile"), profile_card),
    Card("security", "passkey", gettext_lazy("Sign-in methods"), sign_in_card, sign_in),
)
