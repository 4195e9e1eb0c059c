"""`/api/apps`: other companies' apps with access to the account, and taking it back."""

from __future__ import annotations

from ninja import Path, Router, Schema
from pydantic import ConfigDict

from settings_app.api.forms import posted, saved
from settings_app.api.problems import not_found
from settings_app.api.request import READ, AccessTokenAuth, ApiRequest
from settings_app.api.sensitive import CONFIRMED, SENSITIVE, confirmed, editable
from settings_app.api.times import in_ms
from settings_app.logto.types import Organization
from settings_app.safeguards.app_confirmations import PurposeGroup
from settings_app.safeguards.changes import Change
from settings_app.sections.apps import actions
from settings_app.sections.apps.forms import OrganizationsForm, RemoveAccessForm
from settings_app.sections.apps.listed import READS, Listed, ListedApps, one_by_key
from settings_app.sections.apps.removal import AppRemoval
from settings_app.shell import logto_session
from settings_app.shell.reads import Reads

router = Router(tags=["Apps"])


class AppWithAccess(Schema):
    """`scopes` are what it was allowed, in Logto's words; `resources` the same for each API."""

    id: str
    name: str
    scopes: list[str]
    resources: dict[str, list[str]]
    since: int | None


class OrganizationOfApp(Schema):
    """An organization that the app may act in."""

    id: str
    name: str


class KeptOrganizations(Schema):
    """The ids of those that the app keeps. Another one is never given to it."""

    model_config = ConfigDict(extra="forbid")

    organizations: list[str]


class RemovedApp(Schema):
    """What the app may still use for a while, in words for the person; empty where there is nothing."""

    detail: str


@router.get(
    "/apps", auth=AccessTokenAuth(READ), response=list[AppWithAccess], url_name="api_apps", summary="Apps with access"
)
def show(request: ApiRequest) -> list[AppWithAccess]:
    return [told(one) for one in ListedApps.read(request, Reads(request.account, READS)).theirs]


@router.delete(
    "/apps/{id}",
    auth=SENSITIVE,
    response=RemovedApp,
    url_name="api_apps_remove",
    summary="Remove its access",
    openapi_extra=CONFIRMED,
)
def remove(request: ApiRequest, id: Path[str]) -> RemovedApp:  # noqa: A002  # the name in the address
    editable(request, "session")
    confirmed(request, PurposeGroup.APPS)
    reads, sessions = Reads(request.account, READS), logto_session.listed(request)
    listed = one_by_key(request, reads, id)
    if listed is None:
        raise not_found()
    lives_on = AppRemoval.of(request.actor, listed, sessions.value).remark
    given = {"application_id": listed.app.id, "lives_on": lives_on}
    saved(RemoveAccessForm(posted()), request.actor, Change.APP_REMOVED, actions.remove, **given)
    return RemovedApp(detail=lives_on)


@router.get(
    "/apps/{id}/organizations",
    auth=AccessTokenAuth(READ),
    response=list[OrganizationOfApp],
    url_name="api_apps_organizations",
    summary="Organizations that it may act in",
)
def organizations(request: ApiRequest, id: Path[str]) -> list[OrganizationOfApp]:  # noqa: A002  # the name in the address
    return told_organizations(chosen_for(request, listed_as(request, id)))


@router.put(
    "/apps/{id}/organizations",
    auth=SENSITIVE,
    response=list[OrganizationOfApp],
    url_name="api_apps_organizations_change",
    summary="Take organizations away from it",
    openapi_extra=CONFIRMED,
)
def narrow(request: ApiRequest, id: Path[str], kept: KeptOrganizations) -> list[OrganizationOfApp]:  # noqa: A002  # as above
    editable(request, "session")
    confirmed(request, PurposeGroup.APPS)
    listed = listed_as(request, id)
    chosen = chosen_for(request, listed)
    given = {"application_id": listed.app.id}
    form = OrganizationsForm(posted(organizations=kept.organizations), chosen=chosen, **given)
    saved(form, request.actor, Change.APP_ORGANIZATIONS_CHANGED, actions.narrow, **given)
    return told_organizations(chosen_for(request, listed))


def listed_as(request: ApiRequest, key: str) -> Listed:
    listed = one_by_key(request, Reads(request.account, READS), key)
    if listed is None:
        raise not_found()
    return listed


def chosen_for(request: ApiRequest, listed: Listed) -> tuple[Organization, ...]:
    return request.account.consent_organizations(listed.app.id)


def told_organizations(chosen: tuple[Organization, ...]) -> list[OrganizationOfApp]:
    return [OrganizationOfApp(id=one.id, name=one.name) for one in chosen]


def told(listed: Listed) -> AppWithAccess:
    resources = {indicator: list(scopes) for indicator, scopes in listed.app.resources.items()}
    return AppWithAccess(
        id=listed.app.key,
        name=listed.name,
        scopes=list(listed.app.scopes),
        resources=resources,
        since=in_ms(listed.app.since),
    )
