"""`/api/export` and `/api/deletion`: a copy of one's data, and the end of the account."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict

from settings_app.api import repeats
from settings_app.api.forms import posted, saved
from settings_app.api.problems import Problem
from settings_app.api.request import READ, AccessTokenAuth, ApiRequest
from settings_app.api.sensitive import CONFIRMED, SENSITIVE, confirmed
from settings_app.api.times import in_ms
from settings_app.safeguards import deletion
from settings_app.safeguards.app_confirmations import PurposeGroup
from settings_app.safeguards.changes import Change
from settings_app.sections.data import actions as data_actions
from settings_app.sections.data.views import DownloadForm
from settings_app.sections.data.writing import as_json
from settings_app.sections.delete import actions, blockers
from settings_app.sections.delete.forms import DeleteForm, KeepForm, Typed
from settings_app.shell.reads import Reads

router = Router(tags=["Data and deletion"])
EXPORT = {200: {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}}


class Blocker(Schema):
    """What has to be settled first."""

    text: str
    link: str
    url: str


class DeletionState(Schema):
    """`waitsUntil`: it was asked for and happens then. `dueAt`: when it would happen if asked for now; null at once."""

    waitsUntil: int | None  # noqa: N815
    dueAt: int | None  # noqa: N815
    blockers: list[Blocker]
    typed: str


class WantedDeletion(Schema):
    """`typed` is what stands for the account, typed by the person as on the page."""

    model_config = ConfigDict(extra="forbid")

    typed: str


@router.post(
    "/export",
    auth=SENSITIVE,
    url_name="api_export",
    summary="A copy of one's data",
    openapi_extra=CONFIRMED | {"responses": EXPORT},
)
def export(request: ApiRequest) -> HttpResponse:
    """The file of the page. It is not kept for an Idempotency-Key."""
    confirmed(request, PurposeGroup.EXPORT)
    repeats.keep_nothing(request)
    gathered = saved(DownloadForm(posted()), request.actor, Change.DATA_DOWNLOADED, data_actions.gather)
    return HttpResponse("".join(as_json(gathered)), content_type="application/json")


@router.get(
    "/deletion",
    auth=AccessTokenAuth(READ),
    response=DeletionState,
    url_name="api_deletion",
    summary="Whether it waits, and what stands in the way",
)
def show(request: ApiRequest) -> DeletionState:
    waits, due_at = deletion.waiting(request.actor), deletion.day_of(request.actor)
    return DeletionState(
        waitsUntil=in_ms(waits.due_at) if waits else None,
        dueAt=in_ms(due_at),
        blockers=[Blocker(text=one.text, link=one.link, url=one.url) for one in blocking(request)],
        typed=Typed.of(request.person).shown,
    )


@router.post(
    "/deletion",
    auth=SENSITIVE,
    response={202: DeletionState, 204: None},
    url_name="api_deletion_ask",
    summary="Delete the account",
    openapi_extra=CONFIRMED,
)
def ask(request: ApiRequest, wanted: WantedDeletion) -> Status[DeletionState | None]:
    """202 where it waits for its day, 204 where the account is gone."""
    confirmed(request, PurposeGroup.DELETION)
    if deletion.waiting(request.actor):
        raise Problem(409, "deletion.asked_before", deletion.ALREADY_ASKED)
    if blocking(request):
        raise Problem(409, "deletion.blocked", actions.BLOCKED)
    form = DeleteForm(posted(confirmation=wanted.typed), typed=Typed.of(request.person))
    if deletion.day_of(request.actor) is not None:
        saved(form, request.actor, Change.DELETION_ASKED, deletion.ask)
        return Status(202, show(request))
    saved(form, request.actor, Change.ACCOUNT_DELETED, actions.delete_at_once)
    request.is_noted = False
    return Status(204, None)


@router.delete(
    "/deletion", auth=SENSITIVE, response={204: None}, url_name="api_deletion_cancel", summary="Keep the account"
)
def cancel(request: ApiRequest) -> None:
    saved(KeepForm(posted()), request.actor, Change.DELETION_CANCELLED, actions.keep)


def blocking(request: ApiRequest) -> list[blockers.Blocking]:
    reads = Reads(request.account, blockers.reads_of(request.site))
    return blockers.of_page(request.site, request.person, reads)
