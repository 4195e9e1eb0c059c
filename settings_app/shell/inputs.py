"""Form fields for lines of text and web addresses: what may be typed, and the words for what may not."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from settings_app import typed

MOST_LETTERS_OF_A_LINE = 256
MOST_LETTERS_OF_AN_ADDRESS = 2048


class ExactField(forms.CharField):
    """What names one thing exactly, such as an email: what stands unseen in it was pasted along, and goes."""

    def to_python(self, value: Any) -> str:  # whatever a form can post
        return typed.exact(super().to_python(value) or "")


class TextField(forms.CharField):
    """Text, kept as it was typed but for what stands unseen around it. Lengths count characters, as Logto does."""

    default_error_messages = {"required": _("Enter something here.")}

    def __init__(
        self,
        *,
        lines: bool = False,
        autocomplete: str = "",
        placeholder: str = "",
        max_length: int = MOST_LETTERS_OF_A_LINE,
        min_length: int | None = None,
        ltr: bool = False,
        **kwargs: Any,
    ) -> None:
        self.lines = lines
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}) if lines else forms.TextInput, **kwargs)
        self.most, self.least = max_length, min_length
        # No maxlength attribute: browsers count UTF-16 units there and would cut an emoji name short.
        attrs = {"autocomplete": autocomplete or "off", "placeholder": placeholder, "dir": "ltr" if ltr else "auto"}
        self.widget.attrs.update({name: value for name, value in attrs.items() if value})
        self.validators = []  # Django's own check for NUL is the first line of `validate`

    def to_python(self, value: Any) -> str:  # whatever a form can post
        return typed.words((super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n"))

    def validate(self, value: str) -> None:
        # guard: characters-logto-cannot-store
        if unstorable(value, lines=self.lines):
            raise ValidationError(
                _("This has characters in it that we can’t save. Remove them, then save again."), code="characters"
            )
        super().validate(value)
        if not value:
            return
        if len(value) > self.most:
            words = ngettext_lazy(
                "Use %(limit)d character or fewer. You’ve used %(length)d.",
                "Use %(limit)d characters or fewer. You’ve used %(length)d.",
                "limit",
            )
            raise ValidationError(words, code="max_length", params={"limit": self.most, "length": len(value)})
        if self.least and len(value) < self.least:
            words = ngettext_lazy("Use at least %(limit)d character.", "Use at least %(limit)d characters.", "limit")
            raise ValidationError(words, code="min_length", params={"limit": self.least})


def unstorable(value: str, *, lines: bool) -> bool:
    """NUL and halves of characters make Logto answer 500 (docs/logto.md 0.1); no control character is ever meant."""
    return any(unicodedata.category(letter) in ("Cc", "Cs") and not (lines and letter in "\n\t") for letter in value)


class WebAddressField(TextField):
    """An address of the web, completed by its https:// where that was left out.

    Others may have stored anything, `javascript:` included: it is only ever shown as text.
    """

    schemes: tuple[str, ...] = ("https", "http")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            autocomplete=kwargs.pop("autocomplete", "url"), ltr=True, max_length=MOST_LETTERS_OF_AN_ADDRESS, **kwargs
        )
        self.widget.attrs["inputmode"] = "url"

    def to_python(self, value: Any) -> str:  # whatever a form can post
        return typed.web_address(super().to_python(value))

    def validate(self, value: str) -> None:
        super().validate(value)
        # guard: web-address-scheme
        if value and not typed.is_web_address(value, self.schemes):
            raise ValidationError(_("Enter the full web address, such as https://example.com."), code="invalid")
