"""Where setting up the first authenticator app leads: on to the backup codes."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from settings_app.sections.two_step.steps import SecondSteps
from settings_app.shell.http import AccountRequest
from settings_app.shell.landing import after_a_change

FIRST = "first"


def after_the_first_app(before: SecondSteps) -> HttpResponse:
    """Codes for the day the phone is lost are offered at once, unless there are some."""
    if before.lacks_backup_codes:
        return HttpResponseRedirect(f"{reverse('two_step_backup_codes_make')}?{FIRST}=1")
    return after_a_change()


def is_second_step_of_set_up(request: AccountRequest) -> bool:
    return FIRST in request.GET
