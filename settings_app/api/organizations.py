"""`/api/organizations`: those that the person belongs to, and leaving one."""

from __future__ import annotations

from ninja import Path, Router, Schema
from pydantic import ConfigDict

from settings_app.api.forms import posted, saved
from settings_app.api.problems import not_found
from settings_app.api.request import READ, AccessTokenAuth, ApiRequest
from settings_app.api.sensitive import CONFIRMED, SENSITIVE, confirmed
from settings_app.safeguards.app_confirmations import PurposeGroup
from settings_app.safeguards.changes import Change
from settings_app.sections.organizations import actions
from settings_app.sections.organizations.forms import LeaveForm
from settings_app.sections.organizations.memberships import Membership, memberships
from settings_app.shell.reads import Reads, organization_roles, organizations, permission_descriptions

router = Router(tags=["Organizations"])
READS = (organizations, organization_roles, permission_descriptions)


class JoinedOrganization(Schema):
    """An organization with the roles that the person has there."""

    id: str
    name: str
    description: str
    organizationRoles: list[str]  # noqa: N815  # Logto's word


class NameOfOrganization(Schema):
    """The name, typed by the person as on the page."""

    model_config = ConfigDict(extra="forbid")

    name: str


@router.get(
    "/organizations",
    auth=AccessTokenAuth(READ),
    response=list[JoinedOrganization],
    url_name="api_organizations",
    summary="The person's organizations",
)
def show(request: ApiRequest) -> list[JoinedOrganization]:
    return [told(one) for one in memberships(Reads(request.account, READS))]


@router.post(
    "/organizations/{id}/leave",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_organizations_leave",
    summary="Leave one",
    openapi_extra=CONFIRMED,
)
def leave(request: ApiRequest, id: Path[str], typed: NameOfOrganization) -> None:  # noqa: A002  # the name in the address
    confirmed(request, PurposeGroup.ORGANIZATIONS)
    found = next((one for one in memberships(Reads(request.account, READS)) if one.organization.id == id), None)
    if found is None:
        raise not_found()
    form = LeaveForm(posted(name=typed.name), called=found.name, organization_id=id)
    saved(form, request.actor, Change.ORGANIZATION_LEFT, actions.leave, organization_id=id)


def told(one: Membership) -> JoinedOrganization:
    return JoinedOrganization(
        id=one.organization.id,
        name=one.name,
        description=one.description,
        organizationRoles=[role.name for role in one.roles],
    )
