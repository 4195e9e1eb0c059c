"""Who may edit what: as the tenant's account center, the operator and an organisation have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from settings_app.logto.types import AccountCenter, CustomProfileField, FieldPolicy, Person
from settings_app.safeguards.field_policy import policy as policy_of
from settings_app.shell.http import AccountRequest
from settings_app.shell.reads import Read, Reads, account_center, custom_profile_fields, public_sign_in_experience
from settings_app.sites import Site

READS: tuple[Read[Any], ...] = (account_center, custom_profile_fields, public_sign_in_experience)


@dataclass(frozen=True)
class Standing:
    """What a person may do with a row: `policy`, why not more, and what to know before editing."""

    policy: FieldPolicy
    reason: str | Promise = ""
    managed_by: str = ""
    note: str | Promise = ""

    @property
    def is_shown(self) -> bool:
        return self.policy is not FieldPolicy.OFF

    @property
    def is_editable(self) -> bool:
        return self.policy is FieldPolicy.EDIT


def standing_of(site: Site, center: AccountCenter, field: str) -> Standing:
    """What the tenant's account center leaves of `field` to the person."""
    policy = policy_of(center, field)
    return only_the_brand_can(site) if policy is FieldPolicy.READ_ONLY else Standing(policy)


def only_the_brand_can(site: Site) -> Standing:
    reason = format_lazy(_("Only {brand} can change this."), brand=site.brand.name)
    return Standing(FieldPolicy.READ_ONLY, reason)


@dataclass(frozen=True)
class Rules:
    """Everything that decides about one person's rows on the profile page."""

    site: Site
    account_center: AccountCenter
    catalogue: tuple[CustomProfileField, ...]
    person: Person
    organisations: Mapping[str, str]  # names of enterprise connectors by id

    @classmethod
    def of(cls, request: AccountRequest, reads: Reads) -> Self:
        experience = reads.part(public_sign_in_experience).value
        organisations = {one.id: one.name for one in experience.sso_connectors} if experience else {}
        return cls(request.site, reads[account_center], reads[custom_profile_fields], request.person, organisations)

    def standing(self, key: str, governed_by: str, *, unusable: str | Promise = "") -> Standing:
        """What this person may do with the row of `key`, a field's name in Logto, under the policy `governed_by`."""
        policy = policy_of(self.account_center, governed_by)
        # guard: field-policy-off
        if policy is FieldPolicy.OFF or self.is_left_out(key):
            return Standing(FieldPolicy.OFF)
        organisation = self.organisation_that_sets(key)
        # guard: field-managed-by-organisation
        if organisation and self.signs_in_only_there():
            reason = format_lazy(_("{organisation} manages this. Ask them to change it."), organisation=organisation)
            return Standing(FieldPolicy.READ_ONLY, reason, managed_by=organisation)
        # guard: field-policy-read-only
        if policy is FieldPolicy.READ_ONLY:
            return only_the_brand_can(self.site)
        # guard: field-unusable
        if unusable:
            return Standing(FieldPolicy.READ_ONLY, unusable)
        note = (
            format_lazy(_("{organisation} may change this back when you next sign in."), organisation=organisation)
            if organisation
            else ""
        )
        return Standing(FieldPolicy.EDIT, note=note)

    def is_left_out(self, key: str) -> bool:
        """Left out by the operator's `visible_fields`, or defined by the tenant and not among its `profileFields`."""
        if self.site.visible_fields and key not in self.site.visible_fields:
            return True
        chosen = self.account_center.profile_fields if self.account_center.enabled else None
        return chosen is not None and key not in chosen and any(field.name == key for field in self.catalogue)

    def organisation_that_sets(self, key: str) -> str:
        """The organisation whose account for this person carries this value: signing in there may write it."""
        for identity in self.person.sso_identities:
            if key in ("name", "avatar") and getattr(identity, key):
                return self.organisations.get(identity.connector_id) or identity.issuer
        return ""

    def signs_in_only_there(self) -> bool:
        return bool(self.person.sso_identities) and not self.person.has_password and not self.person.identities

    def catalogued(self, key: str) -> CustomProfileField | None:
        """The tenant's own definition of a field, if it made one."""
        return next((field for field in self.catalogue if field.name == key), None)

    def custom_fields(self) -> list[CustomProfileField]:
        """The tenant's fields in its order: that of `profileFields` when it chose any, else the catalogue's."""
        chosen = self.account_center.profile_fields if self.account_center.enabled else None
        if chosen is None:
            return list(self.catalogue)
        return [field for name in chosen if (field := self.catalogued(name)) is not None]
