"""The forms of the pages, filled in by an app: the same rules, the same change, and their words as problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import QueryDict

from settings_app.actor import Actor
from settings_app.api.problems import Problem, Wrong, unconfirmed, wrong_values
from settings_app.logto.errors import LogtoError, Refused, TooManyRequests
from settings_app.safeguards.changes import Change
from settings_app.safeguards.perform import may_have_changed, was_lost
from settings_app.shell.forms import Form

# What Logto refuses, by a word of ours; never Logto's.
TAKEN = {
    "user.username_already_in_use": "username.taken",
    "user.email_already_in_use": "email.refused",
    "user.phone_already_in_use": "phone.refused",
    "user.invalid_phone": "phone.invalid",
    "user.personal_access_token_name_exists": "name.taken",
    "request.message_rate_limited": "limit.code-send",
    "user.totp_already_in_use": "authenticator.present",
    "user.backup_code_already_in_use": "backup_codes.present",
    "session.mfa.backup_code_can_not_be_alone": "backup_codes.alone",
    "entity.value_too_long": "field.max_length",
}


def posted(**values: str | list[str]) -> QueryDict:
    """As a browser posts them."""
    found = QueryDict(mutable=True)
    for name, value in values.items():
        found.setlist(name, value if isinstance(value, list) else [value])
    return found


def saved(form: Form, actor: Actor, change: Change, action: Callable[..., object], **options: Any) -> Any:
    """Submits the form as its page does, and gives what the action gave. Raises Problem for whatever was refused."""
    changed_before = may_have_changed(actor)
    if form.submit(actor, change, action, **options):
        return form.result
    problem = problem_of(form)
    # guard: the-rest-that-failed-is-not-said-to-be-all
    if problem.status == 503 and changed_before:
        raise unconfirmed(form.headers)
    raise problem


def problem_of(form: Form) -> Problem:
    """Why a form was not taken: what its page would say, beside the field that it would say it of."""
    code = code_of(form)
    wrong = tuple(
        Wrong("" if name == "__all__" else f"/{name}", error.code or code, " ".join(error.messages))
        for name, found in form.errors.as_data().items()
        for error in found
    )
    if form.status != 200:
        return Problem(form.status, code, wrong[0].detail, dict(form.headers))
    if form.failure is not None and not any(one.pointer for one in wrong):
        return Problem(422, code, wrong[0].detail)
    return wrong_values(wrong) if form.failure is None else Problem(422, code, wrong[0].detail, {}, wrong)


def code_of(form: Form) -> str:
    """Of what the action or Logto refused; each field has its own else."""
    failure = form.failure
    if failure is None:
        return "field.refused"
    if isinstance(failure, Refused):
        return TAKEN.get(failure.code, "refused")
    if isinstance(failure, TooManyRequests):
        return TAKEN.get(failure.code, "too_many_requests")
    if not isinstance(failure, LogtoError):
        return failure.code or "unavailable"
    # guard: lost-answer-is-no-unavailable
    if form.writes and was_lost(failure):
        return "unconfirmed"
    return "unavailable"
