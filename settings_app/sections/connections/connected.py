"""The accounts elsewhere that a person can sign in with: one per provider of the tenant, and those at organisations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Self

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from settings_app import typed
from settings_app.actor import Actor
from settings_app.logto.types import AccountCenter, Connector, FieldPolicy, Person, SocialIdentity, SsoIdentity
from settings_app.safeguards.encryption import digest
from settings_app.shell.reads import Read, Reads, account_center, connectors, public_sign_in_experience
from settings_app.shell.standing import Standing, standing_of

READS: tuple[Read[Any], ...] = (public_sign_in_experience, connectors, account_center)
LONGEST_SHOWN = 120
SEEN_LENGTH = 20


class Place(Enum):
    """Where an account of a provider can be connected."""

    HERE = auto()
    ACCOUNT_CENTER = auto()  # a page of Logto's own, for connectors that need its hosted sign-in (docs/logto.md 5.3)
    NOWHERE = auto()


@dataclass(frozen=True)
class Connection:
    """One provider; `identity` is the account there, `connector_id` empty when the tenant offers it no more."""

    target: str
    name: str
    connector_id: str
    place: Place
    identity: SocialIdentity | None
    logo: str = ""  # the address that the connector names

    @property
    def letter(self) -> str:
        return typed.first_letter(self.name)

    @property
    def account(self) -> str:
        """What the provider calls the connected account: its email, else its name. Untrusted text."""
        if self.identity is None:
            return ""
        return readable(self.identity.email) or readable(self.identity.name) or _("Connected")

    @property
    def seen(self) -> str:
        return seen(self.identity)


@dataclass(frozen=True)
class Connections:
    """What the pages about social and work accounts draw from."""

    person: Person
    standing: Standing
    social: tuple[Connection, ...]
    names_of_organisations: dict[str, str]

    @classmethod
    def read(cls, actor: Actor) -> Self:
        """Reads what belongs to the tenant, all at the same time. Raises a `LogtoError`."""
        return cls.of(actor, Reads(actor.account, READS))

    @classmethod
    def of(cls, actor: Actor, reads: Reads) -> Self:
        """From what is being read for the page, READS among it. Raises a `LogtoError`.

        Without connectors a provider's own answer tells whether it can be linked.
        """
        public, center = reads[public_sign_in_experience], reads[account_center]
        known_connectors = reads.part(connectors).value or ()
        person, language = actor.person, get_language() or "en"
        factories = {one.id: one for one in known_connectors}
        offered = one_per_target(public.social_connectors)
        found = []
        for target, shown in offered.items():
            linkable = actor.tenant.can_link(factories.get(shown.id, shown))
            elsewhere = Place.ACCOUNT_CENTER if has_social_page(center) else Place.NOWHERE
            place = Place.HERE if linkable else elsewhere
            found.append(
                Connection(target, readable(shown.name(language)), shown.id, place, person.identity(target), shown.logo)
            )
        known = {one.target: one.name(language) for one in known_connectors if one.is_social}
        for identity in person.identities:
            if identity.target not in offered:
                name = readable(known.get(identity.target, "")) or readable(identity.target)
                found.append(Connection(identity.target, name, "", Place.NOWHERE, identity))
        organisations = {one.id: readable(one.name) for one in public.sso_connectors}
        return cls(person, standing_of(actor.site, center, "social"), tuple(found), organisations)

    def of_target(self, target: str) -> Connection | None:
        return next((one for one in self.social if one.target == target), None)

    def organisation(self, identity: SsoIdentity) -> str:
        """The organisation's name as the tenant gives it, else the host of its issuer."""
        return self.names_of_organisations.get(identity.connector_id) or readable(identity.issuer)


def one_per_target(connectors: Iterable[Connector]) -> dict[str, Connector]:
    """The connector to link each target through: never one for apps alone, rather one for the web than for all."""
    chosen: dict[str, Connector] = {}
    for one in connectors:
        if one.platform == "Native" or not one.target:
            continue
        if one.target not in chosen or (one.platform == "Web" and chosen[one.target].platform != "Web"):
            chosen[one.target] = one
    return chosen


def has_social_page(center: AccountCenter) -> bool:
    return center.enabled and center.social is FieldPolicy.EDIT


def seen(identity: SocialIdentity | None) -> str:
    """Stands for the account that is connected right now, so that what follows can tell when it was another one."""
    return digest("connected-account", identity.target, identity.id)[:SEEN_LENGTH] if identity else ""


def readable(text: str) -> str:
    """A provider's words on one line, cut where they would fill the page."""
    line = typed.line(text)
    return f"{line[: LONGEST_SHOWN - 1]}…" if len(line) > LONGEST_SHOWN else line
