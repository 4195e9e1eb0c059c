"""The form for a new email."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from settings_app.logto.types import EmailBlocklist
from settings_app.shell.email_rules import INVALID, is_blocked, normalized
from settings_app.shell.forms import Form
from settings_app.shell.inputs import ExactField


class EmailForm(Form):
    """Whether somebody else has the email is not looked at here: that is told only to whoever proved to have it."""

    identifier = "email"
    email = ExactField(
        label=_("New email"),
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none", "dir": "ltr"}
        ),
        error_messages={"required": INVALID},
    )

    def __init__(self, *args: Any, current: str, blocklist: EmailBlocklist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = current
        self.blocklist = blocklist

    def clean_email(self) -> str:
        address = normalized(self.cleaned_data["email"])
        if address == self.current:
            raise ValidationError(_("That’s already your email. Enter a different one."), code="unchanged")
        # guard: blocked-email
        if is_blocked(address, self.blocklist):
            raise ValidationError(_("You can’t use that email here. Try one from another provider."), code="blocked")
        return address
