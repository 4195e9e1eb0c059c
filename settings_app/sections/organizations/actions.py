"""What can be done about organisations: proving the email, joining, declining, leaving."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.account import is_same_email
from settings_app.logto.errors import LogtoError, NotFound, Refused
from settings_app.logto.types import Invitation, InvitationStatus
from settings_app.safeguards import pending
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.pending import Kind, Purpose

NOT_OPEN = _("This invitation can’t be answered any more. It may have been withdrawn.")


def send_code(actor: Actor) -> None:
    """To the email that is on the account now, and nowhere else."""
    if not actor.person.email:
        raise Declined(_("Add an email first."), code="proof.no_email")
    pending.send(actor, Purpose.PROOF, Kind.EMAIL, actor.person.email)


def confirm_email(actor: Actor, code: str) -> None:
    recipient = pending.redeem(actor, Purpose.PROOF, code)
    if recipient != actor.person.email:
        words = _("Your email has changed since we sent the code. Send a code to the new one.")
        raise Declined(words, code="proof.old_address")


def accept(actor: Actor, invitation: Invitation) -> None:
    try:
        actor.account.accept_invitation(invitation.id)
    except (Refused, NotFound) as error:
        refuse_unless(actor, invitation, InvitationStatus.ACCEPTED, error)


def decline(actor: Actor, invitation: Invitation) -> None:
    """Logto takes an answer to anybody's invitation: it has to be one of the person's own."""
    # guard: only-ones-own-invitations-are-declined
    if not is_same_email(invitation.invitee, actor.person.email):
        raise Declined(NOT_OPEN, code="invitation.of_another")
    try:
        actor.account.decline_invitation(invitation.id)
    except (Refused, NotFound) as error:
        refuse_unless(actor, invitation, InvitationStatus.REVOKED, error)


def refuse_unless(actor: Actor, invitation: Invitation, became: InvitationStatus, error: Refused | NotFound) -> None:
    """It ended between the look and the press (docs/logto.md 10). As wanted, where the button was pressed twice."""
    refused = Declined(NOT_OPEN, code=error.code or "invitation.gone")
    try:
        now = {one.id: one for one in actor.account.invitations_to(actor.person.email)}.get(invitation.id)
    except LogtoError:
        raise refused from error
    is_mine = now is not None and now.accepted_by in ("", actor.account.user_id)
    if now is None or now.status is not became or not is_mine:
        raise refused from error


def leave(actor: Actor, organization_id: str) -> None:
    actor.account.leave_organization(organization_id)
