"""Where a person's photo can come from, as the tenant, the operator and the connected accounts have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from settings_app.shell.http import AccountRequest
from settings_app.shell.inputs import MOST_LETTERS_OF_AN_ADDRESS
from settings_app.shell.reads import Read, Reads, connectors, storage
from settings_app.shell.standing import READS as READS_OF_RULES
from settings_app.shell.standing import Rules, Standing
from settings_app.typed import first_letter, is_web_address

READS: tuple[Read[Any], ...] = (*READS_OF_RULES, storage, connectors)


@dataclass(frozen=True)
class Offer:
    """A picture that a connected account carries."""

    identity: str
    name: str
    address: str

    @property
    def letter(self) -> str:
        return first_letter(self.name)


@dataclass(frozen=True)
class Sources:
    """How this person can come to a photo."""

    upload: bool
    offers: list[Offer]
    address: bool

    def __bool__(self) -> bool:
        return self.upload or self.address or bool(self.offers)


def photo_standing(rules: Rules) -> Standing:
    return rules.standing("avatar", "avatar")


def sources_of(request: AccountRequest, reads: Reads, rules: Rules) -> Sources:
    known_connectors, uploads = reads.part(connectors).value or (), reads.part(storage)
    language = str(request.actor.formats.locale.language)
    names = {one.target: one.name(language) for one in known_connectors if one.is_social}
    offers = [Offer(one.target, names.get(one.target, one.target), one.avatar) for one in request.person.identities]
    offers += [
        Offer(f"sso:{one.connector_id}", rules.organisations.get(one.connector_id) or one.issuer, one.avatar)
        for one in request.person.sso_identities
    ]
    shown = [
        offer
        for offer in offers
        if is_web_address(offer.address, ("https",)) and len(offer.address) <= MOST_LETTERS_OF_AN_ADDRESS
    ]
    takes_addresses = request.site.allow_picture_address or is_an_address_to_the_tenant(rules)
    # While nobody can say whether photos can be stored, they can be tried: the form says what became of it.
    return Sources(uploads.failed or bool(uploads.value and uploads.value.is_ready), shown, takes_addresses)


def is_an_address_to_the_tenant(rules: Rules) -> bool:
    """Whether the tenant defined the photo as a web address, which is what its own pages then ask for."""
    return any(field.name == "avatar" and field.type == "Url" and field.enabled for field in rules.catalogue)
