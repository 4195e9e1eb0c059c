"""Undoing the last changes to an account, or locking everyone out, from the link in a mail.

Works signed out, changes nothing before a button is pressed, and signs nobody in.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from settings_app.actor import Actor
from settings_app.logto.errors import NotFound
from settings_app.logto.tenant import Tenant
from settings_app.safeguards import reports, undo
from settings_app.safeguards.changes import Change
from settings_app.sections.undo import actions
from settings_app.shell import owner_proof
from settings_app.shell.forms import Form
from settings_app.shell.http import AccountRequest, actor_on, public, render


class LinkForm(Form):
    """What the link carries goes with its button."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=300)


@public
def show(request: AccountRequest) -> HttpResponse:
    """What the link brings back, and the button that does it; afterwards the way to a new password."""
    token = request.POST.get("token") or request.GET.get("token") or owner_proof.kept_link(request)
    link = undo.read(request.site, token)
    actor = owner(request, link.row.subject) if link.row else None
    if link.row is None or actor is None:
        return render(request, "undo/gone.html", {"problem": link.problem or undo.UNKNOWN})
    if link.row.used_at:
        return render(request, "undo/done.html", {"left": link.row.left.split(",")})
    if link.kept is None:
        return render(request, "undo/gone.html", {"problem": undo.UNKNOWN})
    is_proven = owner_proof.is_proven(request, subject=link.row.subject)
    asks = not is_proven and undo.needs_sign_in(actor, link.kept)
    form = LinkForm.received(request, initial={"token": token})
    change, action, written = Change.ACCOUNT_RESTORED, actions.take_back, link.kept.email
    if not asks and form.submit(actor, change, action, written=written, row=link.row, is_proven=is_proven):
        return HttpResponseRedirect(f"{reverse('undo')}?{urlencode({'token': token})}")
    resets = actions.can_reset(actor, link.kept)
    context = {"form": form, "token": token, "kept": link.kept, "asks": asks, "resets": resets}
    return render(request, "undo/show.html", context)


@public
def report(request: AccountRequest) -> HttpResponse:
    """“This wasn’t me”: what it ends, and the button that does it; afterwards the way to a new password."""
    token = request.POST.get("token") or request.GET.get("token", "")
    found = reports.read(request.site, token)
    actor = owner(request, found.notice.subject) if found.notice else None
    if found.notice is None or actor is None:
        return render(request, "undo/gone.html", {"problem": found.problem or reports.UNKNOWN, "is_report": True})
    ends = actions.ends_password(actor, found)
    resets = actions.can_choose_password(actor)
    password = {"has_password": actor.person.has_password, "resets": resets, "ends_password": ends}
    if found.is_used:
        return render(request, "undo/reported.html", password)
    form = LinkForm.received(request, initial={"token": token})
    change, action, notice = Change.ACCOUNT_REPORTED, actions.lock_out, found.notice
    if form.submit(actor, change, action, is_told=False, notice=notice, ends_password=ends):
        return HttpResponseRedirect(f"{reverse('not_me')}?{urlencode({'token': token})}")
    return render(request, "undo/report.html", {"form": form, **password})


def owner(request: AccountRequest, subject: str) -> Actor | None:
    """Whoever holds the link acts on the account it is about; None when that is gone or suspended."""
    account = Tenant.of(request.site).account(subject)
    try:
        person = account.person()
    except NotFound:
        return None
    return None if person.is_suspended else actor_on(request, account, person)
