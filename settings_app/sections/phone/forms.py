"""The form for a new phone number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from settings_app.formats import Formats
from settings_app.sections.phone.numbers import INVALID, countries, digits_of, likely_country
from settings_app.shell.forms import Form
from settings_app.shell.inputs import ExactField


class CountryField(forms.ChoiceField):
    """May stay empty, without being called optional: a number with its plus sign brings its own country."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class PhoneForm(Form):
    """Whether somebody else has the number is not looked at here: that is told only to whoever proved to have it."""

    identifier = "phone"
    phone = ExactField(
        label=_("New phone number"),
        max_length=60,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
        help_text=_("Text messages can be intercepted. A passkey or an authenticator app is safer as a second step."),
        error_messages={"required": INVALID, "max_length": INVALID},
    )

    def __init__(self, *args: Any, current: str, formats: Formats, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current, self.formats = current, formats
        any_country = ("", _("Or begin the number with +"))
        self.fields["country"] = CountryField(
            label=_("Country or region"),
            choices=[any_country, *countries(formats)],
            initial=likely_country(current, formats),
        )
        self.order_fields(("country", "phone"))

    def clean(self) -> dict[str, Any]:
        """Only the number goes on: the country is part of it by now."""
        typed = self.cleaned_data.get("phone")
        if not typed or "country" not in self.cleaned_data:
            return self.cleaned_data
        try:
            digits = digits_of(typed, self.cleaned_data["country"], self.formats)
        except forms.ValidationError as error:
            self.add_error("phone", error)
            return self.cleaned_data
        if digits == self.current:
            self.add_error("phone", _("That’s already your number. Enter a different one."))
        return {"phone": digits}
