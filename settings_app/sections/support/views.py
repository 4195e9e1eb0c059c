"""The button of the banner, and what the link in the mail leads to: a second step that support would remove stays."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from settings_app.actor import Actor
from settings_app.logto.errors import NotFound
from settings_app.logto.tenant import Tenant
from settings_app.models import FactorRemoval
from settings_app.safeguards import factor_removals
from settings_app.safeguards.changes import Change
from settings_app.sections.support import actions
from settings_app.shell.forms import Form
from settings_app.shell.http import AccountRequest, actor_on, public, render

OPEN = (FactorRemoval.State.WAITING, FactorRemoval.State.SIGNED_IN)


class KeepFactorForm(Form):
    """Nothing to fill in."""


class KeepFactorByLinkForm(Form):
    """What the link carries goes with its button."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=300)

    def clean(self) -> dict[str, object]:
        return {}


def cancel(request: AccountRequest) -> HttpResponse:
    """The button of the banner that stands on every page until then."""
    if request.method == "POST":
        form = KeepFactorForm.received(request)
        if not form.submit(request.actor, Change.FACTOR_REMOVAL_STOPPED, actions.keep):
            form.tell_refusal()
    return redirect("security")


@public
def keep(request: AccountRequest) -> HttpResponse:
    """What the link in the mail leads to. Works signed out, and signs nobody in."""
    token = request.POST.get("token") or request.GET.get("token") or ""
    row = factor_removals.read(request.site, token)
    actor = owner(request, row) if row else None
    if row is None or actor is None:
        return render(request, "support/kept.html", {"state": ""})
    if row.state not in OPEN:
        return render(request, "support/kept.html", {"state": row.state})
    form = KeepFactorByLinkForm.received(request, initial={"token": token})
    if form.submit(actor, Change.FACTOR_REMOVAL_STOPPED, actions.keep, is_told=False):
        return HttpResponseRedirect(f"{reverse('support_keep')}?{urlencode({'token': token})}")
    return render(request, "support/keep.html", {"form": form, "due_at": row.due_at})


def owner(request: AccountRequest, row: FactorRemoval) -> Actor | None:
    """Whoever holds the link acts on the account it is about; None when that is gone."""
    account = Tenant.of(request.site).account(row.subject)
    try:
        person = account.person()
    except NotFound as error:
        if not error.code:
            raise
        return None
    return actor_on(request, account, person)
