"""`/api/activity`: what happened to the account, as the page tells it."""

from __future__ import annotations

from typing import Literal

from ninja import Query, Router, Schema

from settings_app.api.forms import posted, problem_of
from settings_app.api.problems import of_logto
from settings_app.api.request import READ, AccessTokenAuth, ApiRequest
from settings_app.api.times import in_ms
from settings_app.sections.activity.forms import PeriodForm
from settings_app.sections.activity.timeline import TimelineLine, read

router = Router(tags=["Activity"])


class ActivityEvent(Schema):
    """One thing, newest first; `times` counts what differs in nothing but its moment. Texts are for the person."""

    id: str
    at: int
    kind: str
    title: str
    device: str
    place: str
    ip: str
    app: str
    notes: list[str]
    times: int
    isUncertain: bool  # noqa: N815


class ActivityPage(Schema):
    """`before` leads to what is older; null at the end."""

    events: list[ActivityEvent]
    before: int | None


@router.get(
    "/activity", auth=AccessTokenAuth(READ), response=ActivityPage, url_name="api_activity", summary="What happened"
)
def show(
    request: ApiRequest,
    kind: Literal["sign-ins", "changes", "apps"] | None = None,
    since: str = "",
    until: str = "",
    before: Query[int | None] = None,
) -> ActivityPage:
    """`since` and `until` are days such as 2026-11-18; `before` is what the page before gave."""
    form = PeriodForm(posted(since=since, until=until))
    if not form.is_valid():
        raise problem_of(form)
    wanted = form.wanted(request.actor, kind=kind or "", before="" if before is None else str(before))
    found = read(request.actor, wanted)
    if found.failure:
        raise of_logto(request, found.failure)  # half of it would look like all of it
    return ActivityPage(events=[told(line) for line in found.lines], before=found.older_ms)


def told(line: TimelineLine) -> ActivityEvent:
    event = line.event
    return ActivityEvent(
        id=event.id,
        at=in_ms(event.at) or 0,
        kind=event.kind.value,
        title=str(event.title),
        device=event.device,
        place=event.place,
        ip=event.address,
        app=event.app,
        notes=[str(note) for note in event.notes],
        times=line.times,
        isUncertain=event.is_uncertain,
    )
