"""The pages of deletion: what goes and what stands in the way, the last confirmation, keeping the account, goodbye."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from settings_app.actor import Actor
from settings_app.lifetimes import audit_kept_days
from settings_app.logto.errors import NotFound
from settings_app.logto.tenant import Tenant
from settings_app.models import DeletionRequest
from settings_app.safeguards import deletion
from settings_app.safeguards.changes import Change
from settings_app.sections.delete import actions, blockers, consequences
from settings_app.sections.delete.forms import DeleteForm, KeepByLinkForm, KeepForm, Typed
from settings_app.shell import logto_session
from settings_app.shell.gates import verified_recently
from settings_app.shell.http import AccountRequest, actor_on, public, render
from settings_app.shell.lifetime import clear_site_data
from settings_app.shell.reads import Reads

DELETED = "deleted"  # in the session of a browser whose account has just been deleted


@require_safe
def show(request: AccountRequest) -> HttpResponse:
    reads = Reads(request.account, (*consequences.READS, *blockers.reads_of(request.site)))
    sessions = logto_session.listed(request)
    page = {
        "blocking": blockers.of_page(request.site, request.person, reads),
        "consequences": consequences.of(request, reads, sessions.value),
        "waits": deletion.waiting(request.actor),
        "last_try": deletion.last_try(request.actor),
        "due_at": deletion.day_of(request.actor),
        "kept_days": audit_kept_days(request.site),
    }
    return render(request, "delete/show.html", page)


@verified_recently
def confirm(request: AccountRequest) -> HttpResponse:
    reads = Reads(request.account, blockers.reads_of(request.site))
    if deletion.waiting(request.actor) or blockers.of_page(request.site, request.person, reads):
        return redirect("delete")
    form = DeleteForm.received(request, typed=Typed.of(request.person))
    if (due_at := deletion.day_of(request.actor)) is not None:
        if form.submit(request.actor, Change.DELETION_ASKED, deletion.ask, is_told=False):
            return redirect("delete")
    elif form.submit(request.actor, Change.ACCOUNT_DELETED, actions.delete_at_once, is_told=False):
        request.session[DELETED] = True
        return redirect("delete_done")
    return render(request, "delete/confirm.html", {"form": form, "due_at": due_at})


def cancel(request: AccountRequest) -> HttpResponse:
    """The button of the banner that stands on every page until then."""
    if request.method == "POST":
        form = KeepForm.received(request)
        if not form.submit(request.actor, Change.DELETION_CANCELLED, actions.keep):
            form.tell_refusal()
        return redirect("overview")
    return redirect("delete")


@public
def keep(request: AccountRequest) -> HttpResponse:
    """What the link in the mail leads to. Works signed out, and signs nobody in."""
    token = request.POST.get("token") or request.GET.get("token") or ""
    row = deletion.read(request.site, token)
    actor = owner(request, row) if row else None
    if row is None or (actor is None and row.state == DeletionRequest.State.WAITING):
        return render(request, "delete/kept.html", {"state": "" if row is None else DeletionRequest.State.DELETED})
    if actor is None or row.state != DeletionRequest.State.WAITING:
        return render(request, "delete/kept.html", {"state": row.state})
    form = KeepByLinkForm.received(request, initial={"token": token})
    if form.submit(actor, Change.DELETION_CANCELLED, actions.keep, is_told=False):
        return HttpResponseRedirect(f"{reverse('delete_keep')}?{urlencode({'token': token})}")
    return render(request, "delete/keep.html", {"form": form, "due_at": row.due_at})


def owner(request: AccountRequest, row: DeletionRequest) -> Actor | None:
    """Whoever holds the link acts on the account it is about; None when that is gone. A suspended one can be kept."""
    account = Tenant.of(request.site).account(row.subject)
    try:
        person = account.person()
    except NotFound as error:
        if not error.code:
            raise
        return None
    return actor_on(request, account, person)


@public
@require_safe
def done(request: AccountRequest) -> HttpResponse:
    """Goodbye, to the browser in which it was pressed and to no other."""
    # guard: goodbye-only-after-a-deletion
    if not request.session.get(DELETED):
        return redirect("sign_in")
    response = render(request, "delete/done.html")
    clear_site_data(response)
    return response
