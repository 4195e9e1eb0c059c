"""`/api/apps`: other companies' apps with access to the account, and taking it back."""

from __future__ import annotations

from ninja import Path, Router, Schema

from settings_app.api.forms import posted, saved
from settings_app.api.problems import not_found
from settings_app.api.request import READ, AccessTokenAuth, ApiRequest
from settings_app.api.sensitive import CONFIRMED, SENSITIVE, confirmed, editable
from settings_app.api.times import in_ms
from settings_app.safeguards.app_confirmations import PurposeGroup
from settings_app.safeguards.changes import Change
from settings_app.sections.apps import actions
from settings_app.sections.apps.forms import RemoveAccessForm
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
    lives_on = AppRemoval.of(request.actor, listed, sessions.value or ()).remark
    given = {"application_id": listed.app.id, "lives_on": lives_on}
    saved(RemoveAccessForm(posted()), request.actor, Change.APP_REMOVED, actions.remove, **given)
    return RemovedApp(detail=lives_on)


def told(listed: Listed) -> AppWithAccess:
    resources = {indicator: list(scopes) for indicator, scopes in listed.app.resources.items()}
    return AppWithAccess(
        id=listed.app.key,
        name=listed.name,
        scopes=list(listed.app.scopes),
        resources=resources,
        since=in_ms(listed.app.since),
    )
