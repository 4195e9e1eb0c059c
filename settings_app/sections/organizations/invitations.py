"""Invitations to organisations, as pages show them: only those to an email that the person has proven here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from settings_app import typed
from settings_app.actor import Actor
from settings_app.logto.errors import NotFound
from settings_app.logto.parallel import Part
from settings_app.logto.types import Invitation, InvitationStatus, OrganizationLooks, OrganizationRole
from settings_app.safeguards import audit, proven_email
from settings_app.safeguards.changes import Change
from settings_app.sections.organizations.memberships import HeldRole, held_roles, logo_url, name_of
from settings_app.shell.reads import Reads, organization_roles, organizations, permission_descriptions

MOST_WAITING, MOST_PAST = 20, 10


@dataclass(frozen=True)
class Invited:
    """One invitation; `inviter` is empty where there is no name to say, `ended` says how one ended."""

    invitation: Invitation
    organization: OrganizationLooks
    inviter: str = ""
    ended: str = ""
    ended_at: datetime | None = None
    roles: tuple[HeldRole, ...] = ()
    knows_permissions: bool = True  # whether what these roles allow could be read

    @property
    def name(self) -> str:
        return name_of(self.organization)

    @property
    def logo_url(self) -> str:
        return logo_url(self.organization)


def to_person(actor: Actor) -> tuple[Invitation, ...]:
    """Newest first, in every state. Raises a `LogtoError`."""
    # guard: invitations-for-the-proven-email
    if not proven_email.is_proven(actor):
        return ()
    found = actor.account.invitations_to(actor.person.email)
    return tuple(sorted(found, key=lambda one: one.created_at.timestamp() if one.created_at else 0.0, reverse=True))


def shown(actor: Actor, found: Iterable[Invitation], reads: Reads) -> list[Invited]:
    """Those that can be answered, then the latest others. An invitation names everybody by id, so names are read

    once it is known, all at the same time: organisations are tenant data, and those who invited come in one answer.
    """
    every = list(found)
    chosen = [one for one in every if one.is_pending][:MOST_WAITING]
    chosen += [one for one in every if not one.is_pending][:MOST_PAST]
    tenant = actor.tenant
    mine = {one.id: one for one in reads.part(organizations).value or ()}
    others = {one.organization_id for one in chosen} - set(mine)
    looks = {key: tenant.start(tenant.organization(key)) for key in others}
    inviters = {one.inviter_id for one in chosen if one.is_pending and one.inviter_id}
    named = tenant.start(lambda: tenant.names_of(inviters))
    declined = audit.done_about(actor, Change.ORGANIZATION_DECLINED) if chosen else set()
    known, words = reads.part(organization_roles), reads.part(permission_descriptions).value or {}
    names = named.value or {}
    return [
        invited(actor, one, organization, names, declined, known, words)
        for one in chosen
        if (organization := mine.get(one.organization_id) or unless_gone(looks[one.organization_id])) is not None
    ]


def invited(
    actor: Actor,
    one: Invitation,
    organization: OrganizationLooks,
    names: Mapping[str, str],
    declined: set[str],
    known: Part[Mapping[str, OrganizationRole]],
    words: Mapping[str, str],
) -> Invited:
    ended, ended_at = ("", None) if one.is_pending else how_it_ended(actor, one, was_declined=one.id in declined)
    inviter = typed.line(names.get(one.inviter_id, ""))
    roles = held_roles(one.roles, known.value or {}, words)
    return Invited(one, organization, inviter, ended, ended_at, roles, knows_permissions=not known.failed)


def how_it_ended(actor: Actor, one: Invitation, *, was_declined: bool) -> tuple[str, datetime | None]:
    """Logto has one word for what was withdrawn and what was declined; what was declined here the trail knows."""
    if one.status is InvitationStatus.EXPIRED:
        return _("Expired"), one.expires_at
    if one.status is InvitationStatus.ACCEPTED:
        joined = one.accepted_by == actor.account.user_id
        return (_("You joined") if joined else _("Accepted by another account")), one.updated_at
    return (_("You declined") if was_declined else _("Withdrawn, or declined elsewhere")), one.updated_at


def unless_gone(looks: Part[OrganizationLooks]) -> OrganizationLooks | None:
    if isinstance(looks.error, NotFound):
        return None
    return looks.required()


def why_it_cannot_be_answered(actor: Actor, one: Invitation | None) -> str:
    """For somebody who comes with a link that is old, or from another tab; empty when it can be answered."""
    if one is None:
        return _("That invitation isn’t there any more.")
    if one.is_pending:
        return ""
    if one.status is InvitationStatus.ACCEPTED and one.accepted_by == actor.account.user_id:
        return _("You’ve already accepted that invitation.")
    if one.status is InvitationStatus.EXPIRED:
        return _("That invitation has expired. Ask for a new one.")
    if one.id in audit.done_about(actor, Change.ORGANIZATION_DECLINED):
        return _("You’ve already declined that invitation.")
    return _("That invitation can’t be answered any more.")
