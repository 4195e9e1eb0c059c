"""The pages that ask people to confirm who they are: by password, by a code, or by signing in again at Logto."""

from __future__ import annotations

from dataclasses import replace

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from settings_app.safeguards import pending
from settings_app.safeguards.changes import Change
from settings_app.safeguards.pending import Kind, Purpose
from settings_app.sections.verify import actions
from settings_app.sections.verify.destination import Destination, destination
from settings_app.sections.verify.methods import StepUpMethods, methods_of
from settings_app.shell import drafts
from settings_app.shell.code import CodeForm
from settings_app.shell.forms import Form
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.verification import FOR_ITS_OWN_PAGE, end_verification, mark_verified, verified_until


class CurrentPasswordForm(Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
        error_messages={"required": _("Enter your password.")},
    )


def show(request: AccountRequest) -> HttpResponse:
    """Asks; its own form takes the password. To somebody who has just confirmed it says until when that counts."""
    going = destination(request)
    if verified_until(request):
        return on_to(going) if going.asked else confirmed_page(request)
    methods = methods_of(request.actor)
    form = CurrentPasswordForm.received(request)
    if form.submit(request.actor, Change.STEP_UP, actions.check_password, methods=methods):
        method = FOR_ITS_OWN_PAGE if going.is_for_password else "password"
        mark_verified(request, request.account, method=method)
        return on_to(going)
    return asking_page(request, form, methods, going)


def send(request: AccountRequest, kind: str) -> HttpResponse:
    """Sends a code to the email or phone that the person has now."""
    going = destination(request)
    if request.method != "POST":
        return redirect_to("verify", going)
    methods = methods_of(request.actor)
    form = Form.received(request)
    already = pending.is_on_its_way(request.actor, Purpose.STEP_UP, methods.recipient(Kind(kind)))
    if already or form.submit(
        request.actor, Change.STEP_UP_CODE_SENT, actions.send_code, is_told=False, kind=Kind(kind), methods=methods
    ):
        return redirect_to("verify_confirm", going)
    return asking_page(request, form, methods, going)


def confirm(request: AccountRequest) -> HttpResponse:
    """Takes the code."""
    going = destination(request)
    if verified_until(request):
        return on_to(going)
    waiting = pending.waiting(request.actor, Purpose.STEP_UP)
    form = CodeForm.received(request)
    if form.submit(request.actor, Change.STEP_UP, actions.check_code):
        mark_verified(request, request.account, method="code")
        return on_to(going)
    if waiting is None and not form.is_bound:
        return redirect_to("verify", going)
    return render(request, "verify/code.html", {"form": form, "waiting": waiting, "going": going})


def end(request: AccountRequest) -> HttpResponse:
    """From now on the person is asked again."""
    if request.method == "POST":
        end_verification(request)
    return redirect("security")


def asking_page(request: AccountRequest, form: Form, methods: StepUpMethods, going: Destination) -> HttpResponse:
    """`form` is the one that was posted; that of the password stands on the page whichever that was, if it counts."""
    password_form: Form | None = form if isinstance(form, CurrentPasswordForm) else CurrentPasswordForm()
    if not methods.password:
        form, password_form = (form if form.is_bound else Form()), None
    elif going.is_for_password:
        methods = replace(methods, email="", phone="")  # after a code its own page would still ask for the password
    kept = drafts.is_kept(request, going.path)
    context = {"form": form, "password_form": password_form, "methods": methods, "going": going, "kept": kept}
    return render(request, "verify/show.html", context)


def confirmed_page(request: AccountRequest) -> HttpResponse:
    return render(request, "verify/confirmed.html", {"verified_until": verified_until(request)})


def on_to(going: Destination) -> HttpResponse:
    return HttpResponseRedirect(going.url)


def redirect_to(url_name: str, going: Destination) -> HttpResponse:
    return HttpResponseRedirect(reverse(url_name) + going.query)
