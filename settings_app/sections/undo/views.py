"""Undoing a change of email or phone from the address that was replaced. Works signed out, and signs nobody in."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError, NotFound, Refused
from settings_app.logto.tenant import Tenant
from settings_app.models import Undo
from settings_app.safeguards import audit, undo
from settings_app.safeguards.changes import Change
from settings_app.sections.undo import actions
from settings_app.shell.forms import Form
from settings_app.shell.http import AccountRequest, actor_on, public, render

RESTORED = {"email": Change.EMAIL_RESTORED, "phone": Change.PHONE_RESTORED}
TAKEN = ("user.email_already_in_use", "user.phone_already_in_use")
TAKEN_TEXT = _("Another account uses it now, so we can’t put it back. Nothing was changed.")


class UndoForm(Form):
    token = forms.CharField(widget=forms.HiddenInput, max_length=300)

    def add_refusal(self, error: LogtoError) -> None:
        if isinstance(error, Refused) and error.code in TAKEN:
            self.add_error(None, str(TAKEN_TEXT))
        else:
            super().add_refusal(error)


@public
def show(request: AccountRequest) -> HttpResponse:
    """What the link can undo, and the button that does it; afterwards what else changed, and a new password."""
    token = request.POST.get("token") or request.GET.get("token", "")
    link = undo.read(request.site, token)
    actor = owner(request, link.row) if link.row else None
    if link.row is None or actor is None:
        return render(request, "undo/gone.html", {"problem": link.problem or undo.UNKNOWN})
    since = audit.since(link.row.entry) if link.row.entry else []
    context = {"row": link.row, "since": since}
    if link.row.used_at:
        return render(request, "undo/done.html", {**context, "some_left": sessions_are_left(link.row)})
    if not undo.still_as_written(link.row, actor.person):
        return render(request, "undo/gone.html", {**context, "problem": undo.CHANGED_SINCE})
    form = UndoForm.received(request, initial={"token": token})
    old = undo.old_value(link.row)
    if form.submit(actor, RESTORED[link.row.kind], actions.restore, row=link.row, written=old):
        return HttpResponseRedirect(f"{reverse('undo')}?{urlencode({'token': token})}")
    return render(request, "undo/show.html", {**context, "form": form, "old": undo.hinted(link.row, old)})


def owner(request: AccountRequest, row: Undo) -> Actor | None:
    """Whoever holds the link acts on the account it is about; None when that was deleted."""
    account = Tenant.of(request.site).account(row.subject)
    try:
        return actor_on(request, account, account.person())
    except NotFound:
        return None


def sessions_are_left(row: Undo) -> bool:
    return row.entry is not None and audit.last_outcome(row.entry, Change.ALL_SESSIONS_ENDED) != audit.Outcome.DONE
