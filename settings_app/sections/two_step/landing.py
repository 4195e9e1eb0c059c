"""Where changes of the second step lead: back to its page, which then offers to end other sessions."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from settings_app.sections.two_step.steps import SecondSteps
from settings_app.shell.http import AccountRequest

CHANGED = "changed"
FIRST = "first"


def after_a_change() -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('two_step')}?{CHANGED}=1")


def after_the_first_app(before: SecondSteps) -> HttpResponse:
    """Codes for the day the phone is lost are offered at once, unless there are some."""
    if before.lacks_backup_codes:
        return HttpResponseRedirect(f"{reverse('two_step_backup_codes_make')}?{FIRST}=1")
    return after_a_change()


def was_changed(request: AccountRequest) -> bool:
    """Whether this is the page right after a change. Anybody may make that address: it only shows a link."""
    return CHANGED in request.GET


def is_second_step_of_set_up(request: AccountRequest) -> bool:
    return FIRST in request.GET
