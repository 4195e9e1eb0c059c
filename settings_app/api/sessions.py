"""`/api/sessions`: where the person is signed in, ending one, ending all."""

from __future__ import annotations

from ninja import Path, Router, Schema

from settings_app.api.forms import posted, saved
from settings_app.api.problems import not_found
from settings_app.api.request import READ, AccessTokenAuth, ApiRequest
from settings_app.api.sensitive import CONFIRMED, SENSITIVE, confirmed, editable
from settings_app.api.times import in_ms
from settings_app.safeguards.app_confirmations import PurposeGroup
from settings_app.safeguards.changes import Change
from settings_app.sections.sessions import actions
from settings_app.sections.sessions.devices import Device, Devices
from settings_app.sections.sessions.forms import EndForm, EndOthersForm

router = Router(tags=["Sessions"])


class SignedInDevice(Schema):
    """A sign-in at Logto. An access token does not say which of them it came through."""

    id: str
    device: str
    place: str
    ip: str
    apps: list[str]
    signedInAt: int | None  # noqa: N815
    expiresAt: int | None  # noqa: N815


class EndedSessions(Schema):
    """What was done, in words for the person."""

    detail: str


@router.get(
    "/sessions",
    auth=AccessTokenAuth(READ),
    response=list[SignedInDevice],
    url_name="api_sessions",
    summary="Where the person is signed in",
)
def show(request: ApiRequest) -> list[SignedInDevice]:
    names = {one.id: one.name for one in request.account.tenant.applications().values()}
    return [told(one) for one in Devices.of(request.actor, request.account.sessions(), names).every]


@router.delete(
    "/sessions/{id}",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_sessions_end",
    summary="End one",
    openapi_extra=CONFIRMED,
)
def end(request: ApiRequest, id: Path[str]) -> None:  # noqa: A002  # the name in the address
    """Every access token that was given out so far ends with it: ask Logto for a new one."""
    editable(request, "session")
    confirmed(request, PurposeGroup.SESSIONS)
    device = Devices.of(request.actor, request.account.sessions()).by_uid(id)
    if device is None:
        raise not_found()
    saved(EndForm(posted(), uid=id), request.actor, Change.SESSION_ENDED, actions.end, session=device.session)


@router.delete(
    "/sessions",
    auth=SENSITIVE,
    response=EndedSessions,
    url_name="api_sessions_end_all",
    summary="End all of them",
    openapi_extra=CONFIRMED,
)
def end_all(request: ApiRequest) -> EndedSessions:
    """Those of this app too, with every access token that was given out so far."""
    editable(request, "session")
    confirmed(request, PurposeGroup.SESSIONS)
    remark = saved(EndOthersForm(posted()), request.actor, Change.OTHER_SESSIONS_ENDED, actions.end_others)
    return EndedSessions(detail=remark.text if remark else str(Change.OTHER_SESSIONS_ENDED.words.done))


def told(device: Device) -> SignedInDevice:
    session = device.session
    return SignedInDevice(
        id=session.uid,
        device=device.name,
        place=device.place,
        ip=session.address,
        apps=device.apps,
        signedInAt=in_ms(session.signed_in_at),
        expiresAt=in_ms(session.expires_at),
    )
