"""The pages of the email: a new one, the code that was sent to it, removal."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from settings_app.safeguards import pending
from settings_app.safeguards.changes import Change
from settings_app.safeguards.pending import Kind, Purpose, Waiting
from settings_app.safeguards.ways_in import Holdings, removing
from settings_app.sections.email.forms import EmailForm
from settings_app.shell.code import CodeForm, back_to_first_step, proven, sent_moments_ago, why_back
from settings_app.shell.forms import Form
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.removal import Removal, RemovalForm


@editable("email")
@verified_recently
def change(request: AccountRequest) -> HttpResponse:
    def send(email: str) -> None:
        pending.send(request, Purpose.EMAIL, Kind.EMAIL, email)

    blocklist = request.account.tenant.sign_in_experience().email_blocklist
    form = EmailForm.received(request, current=request.person.email, blocklist=blocklist)
    already = sent_moments_ago(request, form, Purpose.EMAIL, "email")
    if already or form.submit(request, Change.EMAIL_CODE_SENT, send, told=False):
        return redirect("email_confirm")
    return render(request, "email/change.html", {"form": form, "gone": why_back(request, Purpose.EMAIL)})


@editable("email")
@verified_recently
def confirm(request: AccountRequest) -> HttpResponse:
    def write(code: str) -> None:
        with proven(request, Purpose.EMAIL, code) as email:
            request.account.change_email(email)

    waiting = pending.waiting(request, Purpose.EMAIL)
    if pending.has_led_to(request, Purpose.EMAIL, request.person.email):
        return redirect("security")
    form = CodeForm.received(request, becomes=waiting.recipient if waiting else "")
    kind = Change.EMAIL_CHANGED if request.person.email else Change.EMAIL_ADDED
    if form.submit(request, kind, write):
        return redirect("security")
    if waiting is None and not form.is_bound:
        return back_to_first_step("email_change")
    return confirm_page(request, form, form, waiting)


@editable("email")
@verified_recently
def resend(request: AccountRequest) -> HttpResponse:
    waiting = pending.waiting(request, Purpose.EMAIL)
    if waiting is None:
        return back_to_first_step("email_change")
    recipient = waiting.recipient
    form = Form.received(request)
    if not form.is_bound or form.submit(
        request, Change.EMAIL_CODE_SENT, lambda: pending.send(request, Purpose.EMAIL, Kind.EMAIL, recipient)
    ):
        return redirect("email_confirm")
    return confirm_page(request, form, CodeForm(), waiting)


def confirm_page(request: AccountRequest, form: Form, code_form: Form, waiting: Waiting | None) -> HttpResponse:
    """`form` is the one that was posted, which is not that of the code when another code was asked for."""
    return render(request, "email/confirm.html", {"form": form, "code_form": code_form, "waiting": waiting})


def cancel(request: AccountRequest) -> HttpResponse:
    """Ends the change that waits for its code, in whichever browser it began; the old email stays."""
    if request.method == "POST":
        pending.cancel(request, Purpose.EMAIL)
    return redirect("security")


@editable("email")
@verified_recently
def remove(request: AccountRequest) -> HttpResponse:
    def without(held: Holdings) -> Holdings:
        return held.without("email")

    def write() -> None:
        with removing(request, without):
            request.account.remove_email()

    if not request.person.email:
        return redirect("security")
    form = RemovalForm.received(request, removes="email")
    if form.submit(request, Change.EMAIL_REMOVED, write):
        return redirect("security")
    removal = Removal.unless_refused(request, form, without)
    return render(request, "email/remove.html", {"form": form, "removal": removal})
