"""What has to be typed before an account is deleted, and the buttons that keep it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.formats import phone_number
from settings_app.logto.account import digits
from settings_app.logto.types import Person
from settings_app.shell.forms import Form
from settings_app.shell.inputs import ExactField
from settings_app.typed import left_to_right, with_plain_digits

MOST_LETTERS = 300


@dataclass(frozen=True)
class Typed:
    """What stands for the account: something the person knows it by. `label` asks for it, `shown` is what it is."""

    label: Promise
    shown: str
    is_number: bool = False

    @classmethod
    def of(cls, person: Person) -> Self:
        if person.email:
            return cls(_("To confirm, type your email address"), person.email)
        if person.username:
            return cls(_("To confirm, type your username"), person.username)
        if person.phone:
            return cls(_("To confirm, type your phone number"), phone_number(person.phone), is_number=True)
        return cls(_("To confirm, type this"), person.display_name)

    def is_met_by(self, text: str) -> bool:
        if self.is_number:
            return digits(with_plain_digits(text)) == digits(self.shown)
        return plain(text) == plain(self.shown)


def plain(text: str) -> str:
    """Without what one keyboard writes differently from another."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class DeleteForm(Form):
    confirmation = ExactField(
        max_length=MOST_LETTERS,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "auto"}
        ),
    )

    def __init__(self, *args: Any, typed: Typed, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed = typed
        shown = left_to_right(typed.shown) if typed.is_number else typed.shown
        self.wanted = _("Type %(wanted)s exactly to delete your account.") % {"wanted": shown}
        field = self.fields["confirmation"]
        field.label, field.help_text = str(typed.label), shown
        field.error_messages["required"] = self.wanted

    def clean_confirmation(self) -> str:
        # guard: what-stands-for-the-account-is-typed
        if not self.typed.is_met_by(self.cleaned_data["confirmation"]):
            raise ValidationError(self.wanted, code="differs")
        return ""

    def clean(self) -> dict[str, Any]:
        """The deletion needs to know nothing of what was typed."""
        return {}


class KeepForm(Form):
    """Nothing to fill in."""


class KeepByLinkForm(Form):
    token = forms.CharField(widget=forms.HiddenInput, max_length=300)

    def clean(self) -> dict[str, Any]:
        return {}
