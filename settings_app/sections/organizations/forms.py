"""The buttons that answer an invitation, and the name that is typed before one leaves."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from settings_app import typed
from settings_app.actor import Actor
from settings_app.logto.types import Invitation, InvitationStatus
from settings_app.shell.forms import Form


class AnswerForm(Form):
    """Nothing to fill in. `becomes` is the state of the invitation once it is answered."""

    def __init__(self, *args: Any, invitation: Invitation, becomes: InvitationStatus, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation, self.becomes = invitation, becomes

    def is_done(self, actor: Actor) -> bool:
        now = {one.id: one.status for one in actor.account.invitations_to(actor.person.email)}
        return now.get(self.invitation.id) is self.becomes


class LeaveForm(Form):
    """`called` is the name as the page shows it, and has to be typed."""

    name = forms.CharField(
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )

    def __init__(self, *args: Any, called: str, organization_id: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.called, self.organization_id = called, organization_id
        self.fields["name"].label = _("To confirm, type the name of the organisation")
        self.fields["name"].help_text = called
        self.fields["name"].error_messages["required"] = self.wrong_name
        self.fields["name"].validators = []  # whatever else is typed is not the name

    def clean_name(self) -> str:
        # guard: leaving-is-confirmed-by-its-name
        if alike(self.cleaned_data["name"]) != alike(self.called):
            raise ValidationError(self.wrong_name, code="name")
        return ""

    @property
    def wrong_name(self) -> str:
        return _("Type %(name)s to leave it.") % {"name": self.called}

    def clean(self) -> dict[str, Any]:
        """The name was typed for the person's own sake; the action knows which organisation it is."""
        self.cleaned_data.pop("name", None)
        return self.cleaned_data

    def is_done(self, actor: Actor) -> bool:
        return all(one.id != self.organization_id for one in actor.account.organizations())


def alike(name: str) -> str:
    """Names that look the same are the same, in whatever case and with whatever spaces they are typed."""
    return unicodedata.normalize("NFKC", typed.line(typed.exact(name))).casefold()
