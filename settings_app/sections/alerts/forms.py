"""The forms of alerts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from settings_app.safeguards.established import EMAIL, plain
from settings_app.shell.email_rules import INVALID, normalized
from settings_app.shell.forms import Form
from settings_app.shell.inputs import ExactField


class AlertAddressForm(Form):
    """Another mailbox than that of the account, or it would tell nobody more."""

    address = ExactField(
        label=_("Alert address"),
        help_text=_("Use an address that doesn’t depend on your email, such as one at another provider."),
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none", "dir": "ltr"}
        ),
        error_messages={"required": INVALID},
    )

    def __init__(self, *args: Any, email: str, current: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email, self.current = email, current

    def clean_address(self) -> str:
        address = normalized(self.cleaned_data["address"])
        if plain(EMAIL, address) == plain(EMAIL, self.email):
            raise ValidationError(_("That’s the email you sign in with. Use a different address."), code="email")
        if plain(EMAIL, address) == plain(EMAIL, self.current):
            raise ValidationError(_("That’s already your alert address. Enter a different one."), code="unchanged")
        return address


class RemoveForm(Form):
    """Nothing to fill in."""


class TurnOnForm(Form):
    """Nothing to fill in."""


class TurnOffForm(Form):
    """Nothing to fill in."""
