"""The pages of access tokens: the list, a new one, its name, removal."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.logto.errors import LogtoError
from settings_app.safeguards.changes import Change
from settings_app.sections.tokens import actions
from settings_app.sections.tokens.forms import AddForm, RemoveTokenForm, RenameForm
from settings_app.sections.tokens.held import by_mark, held
from settings_app.sections.tokens.rows import FAILED
from settings_app.shell import errors
from settings_app.shell.gates import turned_on, verified_recently
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.reads import Reads, access_tokens


@turned_on("access_tokens")
def show(request: AccountRequest) -> HttpResponse:
    reads = Reads(request.account, [access_tokens])
    bool(request.person)  # without the person there is no page; the list is not what failed
    try:
        page = {"tokens": held(reads[access_tokens])}
    except LogtoError as error:
        failed = replace(FAILED, reference=errors.part_failed(request, "access tokens", error), is_all=True)
        return render(request, "tokens/show.html", {"failed": failed})
    return render(request, "tokens/show.html", page)


@turned_on("access_tokens")
@verified_recently
def add(request: AccountRequest) -> HttpResponse:
    """Its answer to a POST is the page with the token, not a redirect: nothing may keep it until the next request."""
    form = AddForm.received(request, formats=request.actor.formats)
    if form.submit(request.actor, Change.ACCESS_TOKEN_ADDED, actions.add, is_told=False):
        context = {"secret": form.result, "name": form.cleaned_data["name"], "ends": form.cleaned_data["ends"]}
        return render(request, "tokens/made.html", context)
    return render(request, "tokens/add.html", {"form": form})


@turned_on("access_tokens")
@verified_recently
def rename(request: AccountRequest, mark: str) -> HttpResponse:
    found = by_mark(request.account.personal_access_tokens(), mark)
    if found is None:
        return gone(request)
    form = RenameForm.received(request, initial={"name": found.token.name}, token=found.token.name)
    unchanged = form.is_unchanged()
    if unchanged or form.submit(request.actor, Change.ACCESS_TOKEN_RENAMED, actions.rename, token=found.token.name):
        return redirect("tokens")
    return render(request, "tokens/rename.html", {"form": form, "held": found})


@turned_on("access_tokens")
@verified_recently
def remove(request: AccountRequest, mark: str) -> HttpResponse:
    found = by_mark(request.account.personal_access_tokens(), mark)
    if found is None:
        return gone(request)
    form = RemoveTokenForm.received(request, token=found.token.name)
    if form.submit(request.actor, Change.ACCESS_TOKEN_REMOVED, actions.remove, token=found.token.name):
        return redirect("tokens")
    return render(request, "tokens/remove.html", {"form": form, "held": found})


def gone(request: AccountRequest) -> HttpResponse:
    messages.info(request, str(actions.GONE))
    return redirect("tokens")
