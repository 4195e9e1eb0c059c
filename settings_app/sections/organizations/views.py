"""The pages of organisations: the list, the email that invitations go to, joining, declining, leaving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from settings_app.logto.errors import LogtoError, NotFound
from settings_app.logto.types import Invitation, InvitationStatus
from settings_app.safeguards import pending, proven_email
from settings_app.safeguards.changes import Change
from settings_app.safeguards.pending import Purpose
from settings_app.sections.organizations import actions, invitations
from settings_app.sections.organizations.forms import AnswerForm, LeaveForm
from settings_app.sections.organizations.invitations import Invited
from settings_app.sections.organizations.memberships import memberships, own_roles
from settings_app.shell import errors, logos
from settings_app.shell.code import CodeForm, back_to_first_step, why_back
from settings_app.shell.forms import Form
from settings_app.shell.gates import verified_recently
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.reads import (
    Reads,
    connectors,
    organization_roles,
    organizations,
    permission_descriptions,
    roles,
)
from settings_app.shell.rows import Panel
from settings_app.shell.ways_in_rows import reaches

TENANTS = (organization_roles, permission_descriptions)


def show(request: AccountRequest) -> HttpResponse:
    own = (roles,) if request.site.show_roles else ()
    reads = Reads(request.account, [organizations, connectors, *TENANTS, *own])
    bool(request.person)  # without the person there is no page; a part of it is not what failed
    page: dict[str, Any] = {"inbox": Inbox.of(request, reads), "memberships": [], "own_roles": []}
    page["knows_permissions"] = not reads.part(organization_roles).failed
    try:
        page["memberships"] = memberships(reads)
    except LogtoError as error:
        failure = _("We couldn’t load your organisations")
        page["failed"] = failed(request, "organizations", _("Your organisations"), failure, error)
    try:
        page["own_roles"] = own_roles(request.account, reads[roles]) if own else []
    except LogtoError as error:
        failure = _("We couldn’t load your roles")
        page["roles_failed"] = failed(request, "roles", _("Your roles"), failure, error)
    return render(request, "organizations/show.html", page)


@dataclass(frozen=True)
class Inbox:
    """Invitations to the person's email, or why there are none to be seen."""

    email: str
    is_proven: bool
    can_be_proven: bool
    waiting: tuple[Invited, ...] = ()
    more: int = 0
    past: tuple[Invited, ...] = ()
    failed: Panel | None = None

    @classmethod
    def of(cls, request: AccountRequest, reads: Reads) -> Inbox:
        email, is_proven = request.person.email, proven_email.is_proven(request.actor)
        can_be_proven = reaches(reads, "email")
        try:
            every = invitations.to_person(request.actor)
            found = invitations.shown(request.actor, every, reads)
        except LogtoError as error:
            failure = _("We couldn’t load your invitations")
            panel = failed(request, "invitations", _("Invitations"), failure, error)
            return cls(email, is_proven, can_be_proven, failed=panel)
        waiting = tuple(one for one in found if one.invitation.is_pending)
        more = max(0, sum(one.is_pending for one in every) - invitations.MOST_WAITING)
        past = tuple(one for one in found if not one.invitation.is_pending)
        return cls(email, is_proven, can_be_proven, waiting, more, past)


def failed(request: AccountRequest, part: str, title: str, failure: str, error: LogtoError) -> Panel:
    return Panel(part, title, failure=failure, reference=errors.part_failed(request, part, error))


def logo(request: AccountRequest, organization_id: str) -> HttpResponse:
    """Of an organisation that a page showed to somebody: the mark in that address is made here and with our key."""
    try:
        found = request.account.tenant.organization(organization_id)()
    except NotFound as error:
        raise Http404 from error
    # guard: only-logos-that-a-page-showed
    if not constant_time_compare(logos.mark_of(found.logo), request.META.get("QUERY_STRING", "")):
        raise Http404
    return logos.answer_with(found.logo, kept_by="private")


def email(request: AccountRequest) -> HttpResponse:
    """Sends a code to the email that is on the account now: only its owner may see invitations to it."""
    if not request.person.email or proven_email.is_proven(request.actor):
        return redirect("organizations")
    form = Form.received(request)
    already = form.is_bound and pending.is_on_its_way(request.actor, Purpose.PROOF, request.person.email)
    if already or form.submit(request.actor, Change.EMAIL_PROOF_SENT, actions.send_code, is_told=False):
        return redirect("organizations_email_confirm")
    return render(request, "organizations/email.html", {"form": form, "gone": why_back(request, Purpose.PROOF)})


def confirm_email(request: AccountRequest) -> HttpResponse:
    """Takes the code."""
    if proven_email.is_proven(request.actor):
        return redirect("organizations")
    waiting = pending.waiting(request.actor, Purpose.PROOF)
    form = CodeForm.received(request)
    if form.submit(request.actor, Change.EMAIL_PROVEN, actions.confirm_email):
        return redirect("organizations")
    if waiting is None and not form.is_bound:
        return back_to_first_step("organizations_email")
    return render(request, "organizations/confirm.html", {"form": form, "waiting": waiting})


def join(request: AccountRequest, invitation_id: str) -> HttpResponse:
    return answer(request, invitation_id, InvitationStatus.ACCEPTED)


def decline(request: AccountRequest, invitation_id: str) -> HttpResponse:
    return answer(request, invitation_id, InvitationStatus.REVOKED)


ANSWERS = {
    InvitationStatus.ACCEPTED: (Change.ORGANIZATION_JOINED, actions.accept, "organizations/join.html"),
    InvitationStatus.REVOKED: (Change.ORGANIZATION_DECLINED, actions.decline, "organizations/decline.html"),
}


def answer(request: AccountRequest, invitation_id: str, becomes: InvitationStatus) -> HttpResponse:
    if request.person.email and not proven_email.is_proven(request.actor):
        return redirect("organizations_email")
    reads = Reads(request.account, [organizations, *TENANTS])
    found: list[Invitation] = [one for one in invitations.to_person(request.actor) if one.id == invitation_id]
    why_not = invitations.why_it_cannot_be_answered(request.actor, found[0] if found else None)
    invited = None if why_not else next(iter(invitations.shown(request.actor, found, reads)), None)
    if invited is None:
        messages.info(request, why_not or _("That invitation isn’t there any more."))
        return redirect("organizations")
    change, action, template = ANSWERS[becomes]
    form = AnswerForm.received(request, invitation=found[0], becomes=becomes)
    if form.submit(request.actor, change, action, invitation=found[0], tags=invitation_id, is_told=False):
        messages.success(request, str(change.words.done) % {"name": invited.name})
        return redirect("organizations")
    return render(request, template, {"form": form, "invited": invited})


@verified_recently
def leave(request: AccountRequest, organization_id: str) -> HttpResponse:
    reads = Reads(request.account, [organizations, *TENANTS])
    membership = next((one for one in memberships(reads) if one.organization.id == organization_id), None)
    if membership is None:
        messages.info(request, _("You don’t belong to that organisation any more."))
        return redirect("organizations")
    form = LeaveForm.received(request, called=membership.name, organization_id=organization_id)
    change = Change.ORGANIZATION_LEFT
    if form.submit(request.actor, change, actions.leave, organization_id=organization_id, is_told=False):
        messages.success(request, str(change.words.done) % {"name": membership.name})
        return redirect("organizations")
    return render(request, "organizations/leave.html", {"form": form, "membership": membership})
