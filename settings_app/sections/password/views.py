"""The pages of the password: a new one, and Logto's judgement of it while it is typed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.safeguards.changes import Change
from settings_app.sections.password import actions
from settings_app.sections.password.actions import Verdict
from settings_app.sections.password.forms import CheckForm, PasswordForm
from settings_app.sections.password.policy import rules
from settings_app.sections.password.rows import what_is_missing
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, public, render
from settings_app.shell.verification import ask_for_the_password_again, current_password_is_proved


@public
def well_known(request: AccountRequest) -> HttpResponse:
    """Where password managers look for the page that changes a password (W3C change-password-url)."""
    return redirect("password_change")


@editable("password")
@verified_recently
def change(request: AccountRequest) -> HttpResponse:
    form = password_form(request)
    kind = Change.PASSWORD_CHANGED if request.person.has_password else Change.PASSWORD_SET
    if form.submit(request.actor, kind, actions.change_password):
        ask_for_the_password_again(request)
        form.sign_out_others_if_wanted(request)
        return redirect("security")
    return page(request, form)


@editable("password")
@verified_recently
def check(request: AccountRequest) -> HttpResponse:
    """The verdict on what is being typed; the page asks for it by itself. Nothing is saved."""
    if request.method != "POST":
        return redirect("password_change")
    typed = CheckForm(request.POST, policy=request.account.tenant.sign_in_experience().password_policy)
    return page(request, password_form(request, fresh=True), verdict=verdict_on(request, typed))


def password_form(request: AccountRequest, *, fresh: bool = False) -> PasswordForm:
    options: dict[str, Any] = {
        "policy": request.account.tenant.sign_in_experience().password_policy,
        "asks_current": request.person.has_password and not current_password_is_proved(request),
    }
    return PasswordForm(**options) if fresh else PasswordForm.received(request, **options)


def page(request: AccountRequest, form: PasswordForm, *, verdict: Verdict | None = None) -> HttpResponse:
    policy = form.policy
    missing = what_is_missing(request.person, request.account.tenant.sign_in_experience(), is_set=True)
    context = {"form": form, "rules": rules(policy), "policy": policy, "verdict": verdict, "missing": missing}
    return render(request, "password/change.html", context)


def verdict_on(request: AccountRequest, typed: CheckForm) -> Verdict:
    if not typed.is_valid():
        return Verdict("bad", [str(error) for error in typed.errors.get("password", [])])
    return actions.check_password(request.actor, **typed.cleaned_data)
