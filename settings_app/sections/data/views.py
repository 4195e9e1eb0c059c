"""The pages of one's data: what there is, and a copy of it as one of two files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from settings_app.safeguards.changes import Change
from settings_app.sections.data import actions, kept
from settings_app.sections.data.actions import Gathered
from settings_app.sections.data.parts import EVERY
from settings_app.sections.data.writing import as_json, as_page
from settings_app.shell.forms import Form
from settings_app.shell.gates import verified_recently
from settings_app.shell.http import AccountRequest, changes_nothing, render


class DownloadForm(Form):
    """Nothing to fill in."""

    writes = False


@require_safe
def show(request: AccountRequest) -> HttpResponse:
    return render(request, "data/show.html", {"parts": EVERY, "kept": kept.listed(request.site)})


@verified_recently
@require_safe
def download(request: AccountRequest) -> HttpResponse:
    return render(request, "data/download.html")


@verified_recently
@changes_nothing
def download_page(request: AccountRequest) -> HttpResponse:
    return answer(request, as_page, "text/html; charset=utf-8", "html")


@verified_recently
@changes_nothing
def download_file(request: AccountRequest) -> HttpResponse:
    return answer(request, as_json, "application/json", "json")


def answer(
    request: AccountRequest, write: Callable[[Gathered], Iterator[str]], content_type: str, ending: str
) -> HttpResponse:
    """The file, written while it is read. Whoever comes back from confirming presses the button again."""
    if request.method != "POST":
        return redirect("data_download")
    form = DownloadForm.received(request)
    if not form.submit(request.actor, Change.DATA_DOWNLOADED, actions.gather, is_told=False):
        return render(request, "data/download.html", {"form": form})
    gathered: Gathered = form.result
    day = gathered.made_at.astimezone(request.actor.formats.zone).date()
    name = f"{slugify(request.site.brand.name) or 'account'}-data-{day}.{ending}"
    response = StreamingHttpResponse(write(gathered), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return cast("HttpResponse", response)  # middleware takes either
