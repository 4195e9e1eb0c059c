"""`/api/organization-invitations`: those to the person's email, once it is proven; accepting one, declining one."""

from __future__ import annotations

from django.utils.translation import gettext as _
from ninja import Path, Router, Schema

from settings_app.api.confirmations import SentCode, sent
from settings_app.api.forms import posted, saved
from settings_app.api.identifiers import TypedCode
from settings_app.api.problems import Problem, not_found
from settings_app.api.request import READ, AccessTokenAuth, ApiRequest
from settings_app.api.sensitive import SENSITIVE
from settings_app.api.times import in_ms
from settings_app.logto.types import InvitationStatus
from settings_app.safeguards import pending, proven_email
from settings_app.safeguards.changes import Change
from settings_app.safeguards.pending import Purpose
from settings_app.safeguards.ways_in import can_send
from settings_app.sections.organizations import actions, invitations
from settings_app.sections.organizations.forms import AnswerForm
from settings_app.sections.organizations.invitations import Invited
from settings_app.sections.organizations.views import ANSWERS, TENANTS
from settings_app.shell.code import CodeForm
from settings_app.shell.forms import Form
from settings_app.shell.reads import Reads, organizations

router = Router(tags=["Organization invitations"])


class InvitationToPerson(Schema):
    """`status` in Logto's words. `ended` says for the person how it ended; empty while it can be answered."""

    id: str
    organizationId: str  # noqa: N815
    name: str
    inviter: str
    organizationRoles: list[str]  # noqa: N815
    status: str
    ended: str
    createdAt: int | None  # noqa: N815
    expiresAt: int | None  # noqa: N815


class InvitationsToPerson(Schema):
    """Nothing is told as long as the email is not proven by a code; `canBeProven`: one can be sent to it."""

    isEmailProven: bool  # noqa: N815
    canBeProven: bool  # noqa: N815
    invitations: list[InvitationToPerson]


@router.get(
    "/organization-invitations",
    auth=AccessTokenAuth(READ),
    response=InvitationsToPerson,
    url_name="api_organization_invitations",
    summary="Invitations",
)
def show(request: ApiRequest) -> InvitationsToPerson:
    """Those that can be answered, then how the latest others ended."""
    actor, reads = request.actor, Reads(request.account, [organizations, *TENANTS])
    found = invitations.shown(actor, invitations.to_person(actor), reads)
    return InvitationsToPerson(
        isEmailProven=proven_email.is_proven(actor),
        canBeProven=bool(actor.person.email) and can_send("email", request.account.tenant.connectors()),
        invitations=[told(one) for one in found],
    )


@router.post(
    "/organization-invitations/email",
    auth=SENSITIVE,
    response={202: SentCode},
    url_name="api_organization_invitations_email",
    summary="Send a code to the person's email, to prove it",
)
def send(request: ApiRequest) -> SentCode:
    refuse_proven(request)
    if not pending.is_on_its_way(request.actor, Purpose.PROOF, request.person.email):
        saved(Form(posted()), request.actor, Change.EMAIL_PROOF_SENT, actions.send_code)
    return sent(pending.waiting(request.actor, Purpose.PROOF))


@router.post(
    "/organization-invitations/email/code",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_organization_invitations_email_code",
    summary="Prove the person's email",
)
def prove(request: ApiRequest, typed: TypedCode) -> None:
    refuse_proven(request)
    saved(CodeForm(posted(code=typed.code)), request.actor, Change.EMAIL_PROVEN, actions.confirm_email)


@router.post(
    "/organization-invitations/{id}/accept",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_organization_invitations_accept",
    summary="Join the organization",
)
def accept(request: ApiRequest, id: Path[str]) -> None:  # noqa: A002  # the name in the address
    answer(request, id, InvitationStatus.ACCEPTED)


@router.post(
    "/organization-invitations/{id}/decline",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_organization_invitations_decline",
    summary="Decline it",
)
def decline(request: ApiRequest, id: Path[str]) -> None:  # noqa: A002  # the name in the address
    answer(request, id, InvitationStatus.REVOKED)


def answer(request: ApiRequest, invitation_id: str, becomes: InvitationStatus) -> None:
    actor = request.actor
    if not proven_email.is_proven(actor):
        raise Problem(409, "email.unproven", _("Confirm your email to see invitations"))
    found = next((one for one in invitations.to_person(actor) if one.id == invitation_id), None)
    if found is None:
        raise not_found()
    if why_not := invitations.why_it_cannot_be_answered(actor, found):
        raise Problem(409, "invitation.closed", why_not)
    change, action, _template = ANSWERS[becomes]
    form = AnswerForm(posted(), invitation=found, becomes=becomes)
    saved(form, actor, change, action, invitation=found, tags=invitation_id)


def refuse_proven(request: ApiRequest) -> None:
    if proven_email.is_proven(request.actor):
        raise Problem(409, "email.proven", "This email is proven already.")


def told(one: Invited) -> InvitationToPerson:
    return InvitationToPerson(
        id=one.invitation.id,
        organizationId=one.invitation.organization_id,
        name=one.name,
        inviter=one.inviter,
        organizationRoles=[role.name for role in one.roles],
        status=one.invitation.status.value,
        ended=one.ended,
        createdAt=in_ms(one.invitation.created_at),
        expiresAt=in_ms(one.invitation.expires_at),
    )
