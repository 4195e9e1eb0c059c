"""The form for a new password, and the one that is judged while it is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from settings_app.logto.types import PasswordPolicy
from settings_app.sections.password.policy import why_not
from settings_app.shell.forms import Form
from settings_app.shell.sessions import OffersSignOut


def password_field(autocomplete: str, **kwargs: Any) -> forms.CharField:
    """White space at the ends is part of a password."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "dir": "ltr", "spellcheck": "false"})
    return forms.CharField(widget=widget, strip=False, **kwargs)


class CheckForm(Form):
    """The new password alone: length, kinds and characters are judged here, the rest by Logto."""

    password = password_field(
        "new-password", label=_("New password"), error_messages={"required": _("Enter a new password.")}
    )

    def __init__(self, *args: Any, policy: PasswordPolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        # guard: password-policy-judged-here
        if wrong := why_not(password, self.policy):
            raise ValidationError(wrong, code="policy")
        return password


class PasswordForm(OffersSignOut, CheckForm):
    current_password = password_field(
        "current-password", label=_("Current password"), error_messages={"required": _("Enter your current password.")}
    )
    field_order = ("current_password", "password", "sign_out_others")

    def __init__(self, *args: Any, asks_current: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sign_out_others"].initial = True  # others may know the old one
        if not asks_current:
            del self.fields["current_password"]
