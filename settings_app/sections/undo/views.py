"""Undoing a change of email or phone from the address that was replaced. Works signed out, and signs nobody in."""

from __future__ import annotations

import logging
from functools import partial
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from settings_app.logto.errors import LogtoError, NotFound, Refused
from settings_app.logto.tenant import Tenant
from settings_app.logto.types import Person
from settings_app.models import Undo
from settings_app.safeguards import audit, limits, sessions, undo
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.limits import Limit
from settings_app.shell.forms import Form
from settings_app.shell.http import AccountRequest, public, render

RESTORED = {"email": Change.EMAIL_RESTORED, "phone": Change.PHONE_RESTORED}
TAKEN = ("user.email_already_in_use", "user.phone_already_in_use")
TAKEN_TEXT = _("Another account uses it by now, so it can’t be put back. Nothing was changed.")

log = logging.getLogger(__name__)


class UndoForm(Form):
    token = forms.CharField(widget=forms.HiddenInput, max_length=300)

    def add_refusal(self, error: LogtoError) -> None:
        if isinstance(error, Refused) and error.code in TAKEN:
            self.add_error(None, str(TAKEN_TEXT))
        else:
            super().add_refusal(error)


def restore(request: AccountRequest, row: Undo, person: Person, **_token: str) -> None:
    """Puts the old value back, then ends every session of the account. Uses the link up, but not when it fails."""
    # guard: undo-limited
    limits.spend(request, Limit.UNDO)
    with undo.claimed(row) as old:
        # guard: undo-only-of-this-change
        if not undo.still_as_written(row, request.account.person()):
            raise Declined(undo.CHANGED_SINCE, code="undo.changed_since")
        if row.kind == "email":
            request.account.change_email(old)
        else:
            request.account.change_phone(old)
    # guard: undo-ends-sessions
    end_sessions(request, person)


def end_sessions(request: AccountRequest, person: Person) -> None:
    """The value is back, whatever becomes of the sessions: the page that follows says if some are left."""
    try:
        with audit.recorded(request, Change.ALL_SESSIONS_ENDED, person=person):
            sessions.end_all(request)
    except Declined as error:
        log.warning("not all sessions ended after an undo: %s", error)


@public
def show(request: AccountRequest) -> HttpResponse:
    """What the link can undo, and the button that does it; afterwards what else changed, and a new password."""
    token = request.POST.get("token") or request.GET.get("token", "")
    link = undo.read(request.site.host, token)
    person = owner(request, link.row) if link.row else None
    if link.row is None or person is None:
        return render(request, "undo/gone.html", {"problem": link.problem or undo.UNKNOWN})
    since = audit.since(link.row.entry) if link.row.entry else []
    context = {"row": link.row, "since": since}
    if link.row.used_at:
        return render(request, "undo/done.html", {**context, "some_left": sessions_are_left(link.row)})
    if not undo.still_as_written(link.row, person):
        return render(request, "undo/gone.html", {**context, "problem": undo.CHANGED_SINCE})
    form = UndoForm(request.POST or None, initial={"token": token})
    old = undo.old_value(link.row)
    action = partial(restore, request, link.row, person)
    if form.submit(request, RESTORED[link.row.kind], action, person=person, written=old):
        return HttpResponseRedirect(f"{reverse('undo')}?{urlencode({'token': token})}")
    return render(request, "undo/show.html", {**context, "form": form, "old": undo.hinted(link.row, old)})


def owner(request: AccountRequest, row: Undo) -> Person | None:
    """Whose account the link is about; None when it was deleted. The request is about that account from here on."""
    request.account = Tenant.of(request.site).account(row.subject)
    try:
        return request.account.person()
    except NotFound:
        return None


def sessions_are_left(row: Undo) -> bool:
    return row.entry is not None and audit.last_outcome(row.entry, Change.ALL_SESSIONS_ENDED) != audit.Outcome.DONE
