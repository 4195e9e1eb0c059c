"""Organizations, what their roles permit, and invitations to them (docs/logto.md 10 and 11.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated

from pydantic import PlainValidator

from settings_app import typed

from .reading import OBJECTS, Flag, Moment, Record, Text, key


@dataclass(frozen=True)
class Permission(Record):
    """Something that a role allows; `api` is the name of the API where it is allowed, empty for the organization."""

    id: Text = ""
    name: Text = ""
    description: Text = ""
    api: Annotated[Text, key("resource", "name")] = ""


@dataclass(frozen=True)
class Role(Record):
    """A role that a person has, in an organization or in the tenant."""

    id: Text = ""
    name: Text = ""
    description: Text = ""


@dataclass(frozen=True)
class OrganizationRole(Role):
    """A role as the tenant defined it for its organizations, with what it permits."""

    scopes: Annotated[tuple[Permission, ...], OBJECTS] = ()
    api_scopes: Annotated[tuple[Permission, ...], OBJECTS, key("resourceScopes")] = ()

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return (*self.scopes, *self.api_scopes)

    def described(self, descriptions: Mapping[str, str]) -> OrganizationRole:
        """With the words of the tenant for each permission, by its id, which the list of roles leaves out."""

        def with_words(permissions: tuple[Permission, ...]) -> tuple[Permission, ...]:
            return tuple(replace(one, description=descriptions.get(one.id, "")) for one in permissions)

        return replace(self, scopes=with_words(self.scopes), api_scopes=with_words(self.api_scopes))


@dataclass(frozen=True)
class OrganizationLooks(Record):
    """What an organization shows of itself, to members and to those who are invited."""

    id: Text = ""
    name: Text = ""
    description: Text = ""
    logo: Annotated[Text, key("branding", "logoUrl")] = ""
    requires_two_step: Annotated[Flag, key("isMfaRequired")] = False

    @property
    def letter(self) -> str:
        """Stands in for a logo."""
        return typed.first_letter(self.name)


@dataclass(frozen=True)
class Organization(OrganizationLooks):
    """An organization that the person belongs to."""

    roles: Annotated[tuple[Role, ...], OBJECTS, key("organizationRoles")] = ()


class InvitationStatus(StrEnum):
    """`REVOKED`: withdrawn by the organization, or declined: Logto has one word for both."""

    PENDING = "Pending"
    ACCEPTED = "Accepted"
    EXPIRED = "Expired"
    REVOKED = "Revoked"


def invitation_status(value: object) -> InvitationStatus:
    """What is none of Logto's words can't be answered."""
    if isinstance(value, str) and value in set(InvitationStatus):
        return InvitationStatus(value)
    return InvitationStatus.REVOKED


@dataclass(frozen=True)
class Invitation(Record):
    """An invitation to an organization, which it names by id alone."""

    id: Text = ""
    organization_id: Annotated[Text, key("organizationId")] = ""
    invitee: Text = ""
    inviter_id: Annotated[Text, key("inviterId")] = ""
    accepted_by: Annotated[Text, key("acceptedUserId")] = ""
    status: Annotated[InvitationStatus, PlainValidator(invitation_status)] = InvitationStatus.REVOKED
    roles: Annotated[tuple[Role, ...], OBJECTS, key("organizationRoles")] = ()
    created_at: Annotated[Moment, key("createdAt")] = None
    updated_at: Annotated[Moment, key("updatedAt")] = None
    expires_at: Annotated[Moment, key("expiresAt")] = None

    @property
    def is_pending(self) -> bool:
        return self.status is InvitationStatus.PENDING
