"""Entering a code that was sent: its field, its form, and the way back when there is none to enter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.logto.types import Person
from settings_app.safeguards import pending
from settings_app.safeguards.pending import Purpose
from settings_app.shell.forms import Form
from settings_app.shell.http import AccountRequest
from settings_app.typed import digits_of_code

DIGITS = 6
GONE = "gone"  # marks the way back from a code that is not waiting any more


class CodeInput(forms.TextInput):
    """Never sends a code back: a wrong one is of no more use."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class CodeField(forms.CharField):
    """Six digits, however they were grouped when pasted and in whatever script they were typed."""

    default_error_messages = {"required": _("Enter the code."), "invalid": _("Enter the 6-digit code.")}

    def __init__(self, **kwargs: Any) -> None:
        attrs = {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "pattern": "[0-9 ]*",
            "dir": "ltr",
            "spellcheck": "false",
        }
        kwargs.setdefault("label", _("6-digit code"))
        super().__init__(widget=CodeInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        digits = digits_of_code(super().clean(value))
        if len(digits) != DIGITS:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return digits


class CodeForm(Form):
    """`becomes` is the email or phone that is stored once the code was right; empty where nothing is stored."""

    code = CodeField()

    def __init__(self, *args: Any, becomes: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.becomes = becomes

    def holds(self, person: Person) -> bool:
        return bool(self.becomes) and self.becomes in (person.email, person.phone)


def back_to_first_step(url_name: str) -> HttpResponse:
    """To the page that sends codes, which then says by `why_back` why there is none to enter."""
    return HttpResponseRedirect(f"{reverse(url_name)}?{GONE}=1")


def why_back(request: AccountRequest, purpose: Purpose) -> Promise | str:
    return pending.why_none(request.actor, purpose) if GONE in request.GET else ""
