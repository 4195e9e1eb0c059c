"""Who may open a page of the help desk: administrators who confirmed just now, and look at this person right now."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.safeguards import previews
from settings_app.shell import errors
from settings_app.shell.administration import admins_only
from settings_app.shell.gates import verified_recently
from settings_app.shell.http import AccountRequest

View = Callable[..., HttpResponse]


def helps(setting: str) -> Callable[[View], View]:
    """Allows what the operator has turned on by this setting; without it there is no such page.

    The trail has why the administrator looks at the account before anything is done to it.
    """

    def decorate(view: View) -> View:
        def open_one(request: AccountRequest, person_id: str) -> HttpResponse:
            # guard: help-begins-in-a-preview
            if previews.open_one(request.actor, person_id) is None:
                return redirect("admin_preview_start", person_id)
            return view(request, person_id)

        looking: View = open_one
        # guard: help-asks-to-confirm-anew
        looking = verified_recently(looking)

        @admins_only
        @wraps(view)
        def guarded(request: AccountRequest, person_id: str) -> HttpResponse:
            # guard: help-where-the-operator-turned-it-on
            if not getattr(request.site, setting):
                return errors.not_found(request)
            return looking(request, person_id)

        return guarded

    return decorate
