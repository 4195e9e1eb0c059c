"""The pages of the username: added, changed, removed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.safeguards.changes import Change
from settings_app.sections.username import actions
from settings_app.sections.username.forms import UsernameForm
from settings_app.shell import identifiers
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.removal import asks_what_is_held
from settings_app.typed import exact


@editable("username")
@verified_recently
def change(request: AccountRequest) -> HttpResponse:
    policy = request.account.tenant.sign_in_experience().username_policy
    current = request.person.username
    form = UsernameForm.received(request, initial={"username": current}, policy=policy, current=current)
    kind = Change.USERNAME_CHANGED if current else Change.USERNAME_ADDED
    written = exact(form.data.get("username", ""))
    if form.is_unchanged() or form.submit(request.actor, kind, actions.change_username, written=written):
        form.sign_out_others_if_wanted(request)
        return redirect("security")
    return render(request, "username/change.html", {"form": form})


@editable("username")
@verified_recently
@asks_what_is_held()
def remove(request: AccountRequest) -> HttpResponse:
    return identifiers.remove(request, "username", Change.USERNAME_REMOVED, actions.remove_username)
