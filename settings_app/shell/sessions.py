"""Signing out of every other device as part of another change, and telling truthfully what came of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from settings_app.formats import sentences
from settings_app.safeguards import sessions
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.perform import perform
from settings_app.safeguards.sessions import Ended
from settings_app.shell.forms import Form
from settings_app.shell.http import AccountRequest


class OffersSignOut(Form):
    """A form that changes how one signs in, and offers to sign out the other devices after it (ASVS 7.4.3)."""

    sign_out_others = forms.BooleanField(label=gettext_lazy("Sign out of my other devices"), required=False)
    signs_out_others = False

    def clean(self) -> dict[str, Any]:
        """The other values alone go on: signing out elsewhere is a change of its own, after this one."""
        self.signs_out_others = self.cleaned_data.pop("sign_out_others", False)
        return self.cleaned_data

    def sign_out_others_if_wanted(self, request: AccountRequest) -> None:
        """Once the change is done, or there was nothing to change."""
        self.is_valid()
        # guard: other-devices-end-where-that-was-wanted
        if self.signs_out_others:
            sign_out_others(request)


def sign_out_others(request: AccountRequest) -> None:
    """Follows a change that is done, so it raises nothing: what came of it is told in a message."""
    try:
        ended = perform(request.actor, Change.OTHER_SESSIONS_ENDED, sessions.end_others)
    except Declined as declined:
        messages.warning(request, str(declined.text))
    else:
        if ended is not None:
            level = messages.SUCCESS if ended.count else messages.INFO
            messages.add_message(request, level, in_words(ended))


def in_words(ended: Ended) -> str:
    if not ended.count:
        return _("You weren’t signed in anywhere else.")
    words = ngettext(
        "We signed out %(count)d other device. Apps open on it may keep working for a while.",
        "We signed out %(count)d other devices. Apps open on them may keep working for a while.",
        ended.count,
    ) % {"count": ended.count}
    if ended.spared_this_one:
        return words
    here = _("We can’t tell which device is this one, so apps in this browser may ask you to sign in again too.")
    return sentences((words, here))
