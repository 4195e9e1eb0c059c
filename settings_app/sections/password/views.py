"""The pages of the password: a new one, and Logto's judgement of it while it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from settings_app.logto.errors import LogtoError, Unavailable
from settings_app.safeguards import limits
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.other_devices import sign_out_others
from settings_app.sections.password.forms import CheckForm, PasswordForm
from settings_app.sections.password.policy import rules, verdict_in_words
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, public, render
from settings_app.shell.verification import verified_by


@public
def well_known(request: AccountRequest) -> HttpResponse:
    """Where password managers look for the page that changes a password (W3C change-password-url)."""
    return redirect("password_change")


@editable("password")
@verified_recently
def change(request: AccountRequest) -> HttpResponse:
    def write(password: str, *, current_password: str = "", sign_out_others: bool) -> None:
        prove_another_one(request, current_password, password)
        judge(request, password)
        store(request, password)

    form = password_form(request)
    kind = Change.PASSWORD_CHANGED if request.person.has_password else Change.PASSWORD_SET
    if form.submit(request, kind, write):
        if form.cleaned_data["sign_out_others"]:
            sign_out_others(request)
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
        # A fresh sign-in at Logto stands for the current password: the person may have forgotten it.
        "asks_current": request.person.has_password and verified_by(request) != "sign-in",
    }
    return PasswordForm(**options) if fresh else PasswordForm.received(request, **options)


def page(request: AccountRequest, form: PasswordForm, *, verdict: Verdict | None = None) -> HttpResponse:
    policy = form.policy
    context = {"form": form, "rules": rules(policy), "policy": policy, "verdict": verdict}
    return render(request, "password/change.html", context)


@dataclass(frozen=True)
class Verdict:
    """What the page says about a password that is being typed; `kind` is ok, bad or info."""

    kind: str
    sentences: list[str]


def verdict_on(request: AccountRequest, typed: CheckForm) -> Verdict:
    if not typed.is_valid():
        return Verdict("bad", [str(error) for error in typed.errors.get("password", [])])
    password = typed.cleaned_data["password"]
    try:
        with limits.attempt(request, Limit.CHECK_PASSWORD):
            verdict = request.account.check_password(password)
    except (Declined, LogtoError):
        return Verdict("info", [_("We can’t check more of it right now. It’s checked again when you save.")])
    if not verdict.judged:
        return Verdict("info", [_("We can’t look it up among leaked passwords now. It’s checked again when you save.")])
    if wrong := verdict_in_words(verdict, password):
        return Verdict("bad", wrong)
    return Verdict("ok", [_("This password meets all the rules.")])


def prove_another_one(request: AccountRequest, current: str, new: str) -> None:
    """That the current password is known and the new one differs from it, with one check at Logto. Raises Declined."""
    if not request.person.has_password:
        return
    if current:
        with limits.attempt(request, Limit.STEP_UP_PASSWORD) as attempt:
            # guard: current-password-proved
            if not request.account.verify_password(current):
                words = _("That’s not your current password. Try again.")
                raise Declined(words, field="current_password", code="password.wrong")
            attempt.succeeded()
        is_same = current == new
    else:
        with limits.attempt(request, Limit.SAME_PASSWORD):
            is_same = request.account.verify_password(new)
    # guard: same-password-refused
    if is_same:
        words = _("That’s the password you have now. Choose a different one.")
        raise Declined(words, field="password", code="password.same")


def judge(request: AccountRequest, password: str) -> None:
    """Logto's final judgement. Without one nothing is saved: a password nobody looked up might be a leaked one."""
    with limits.attempt(request, Limit.SAVE_PASSWORD):
        verdict = request.account.check_password(password)
    # guard: unjudged-password-refused
    if not verdict.judged:
        raise Declined(
            _("We can’t look it up among leaked passwords now, so nothing was changed. Try again in a moment."),
            code="password.not_judged",
        )
    # guard: password-judged-by-logto
    if not verdict.accepted:
        words = " ".join(verdict_in_words(verdict, password))
        raise Declined(words, field="password", code="password.rejected")


def store(request: AccountRequest, password: str) -> None:
    """Writes it. When the answer is lost, asks Logto which password counts now, once."""
    try:
        request.account.set_password(password)
    except Unavailable as error:
        if not error.may_have_happened:
            raise
        if not is_stored(request, password):
            words = _(
                "We lost the connection while saving. If your old password doesn’t work any more, the new one does."
            )
            raise Declined(words, code="password.answer_lost") from error


def is_stored(request: AccountRequest, password: str) -> bool:
    try:
        with limits.attempt(request, Limit.SAME_PASSWORD):
            return request.account.verify_password(password)
    except (Declined, LogtoError):
        return False
