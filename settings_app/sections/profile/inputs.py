"""Form fields of the profile: what each kind of value may be, and the words for what it may not be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from settings_app import typed
from settings_app.formats import birthdate_parts
from settings_app.shell.inputs import TextField

MOST_LETTERS_OF_A_NAME = 128  # docs/logto.md 2.3; the profile has no limit of its own, so the same one serves there
YEAR_DIGITS = 4
NO_SUCH_DAY = _("That date doesn’t exist. Check the day and the month.")
WRONG_PARTS = {"year": ("year",), "no-such-day": ("day", "month")}  # by the code of the error
LEAP_YEAR = 2000  # without a year, 29 February is a day

Text = str | Promise


Day = tuple[int, int, int]  # year, month, day; 0 for a part that is left out
ReadDay = Callable[[str], Day | None]


class DayWidget(forms.MultiWidget):
    """Day, month and year as three text inputs, in the order of the person's language."""

    use_fieldset = True

    def __init__(self, order: Sequence[str], read: ReadDay, *, autocomplete: bool) -> None:
        self.order, self.read = tuple(order), read
        self.wrong: tuple[str, ...] = ()  # the parts that an error is about, where it is not about all
        super().__init__({part: self.input(part, autocomplete=autocomplete) for part in self.order})

    @staticmethod
    def input(part: str, *, autocomplete: bool) -> forms.TextInput:
        titles = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
        attrs = {"title": titles[part], "inputmode": "numeric", "maxlength": 4 if part == "year" else 2, "dir": "ltr"}
        return forms.TextInput(attrs=attrs | {"autocomplete": f"bday-{part}" if autocomplete else "off"})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:  # Django's signature
        context = super().get_context(name, value, attrs)
        wrong = self.wrong or self.order
        begins = next(part for part in self.order if part in wrong)  # one focus for each page
        for part, widget in zip(self.order, context["widget"]["subwidgets"], strict=True):
            if part not in wrong:
                widget["attrs"].pop("aria-invalid", None)
            if part != begins:
                widget["attrs"].pop("autofocus", None)
        return context

    def decompress(self, value: Any) -> list[str]:  # whatever is stored
        named = dict(zip(("year", "month", "day"), self.read(str(value or "")) or (0, 0, 0), strict=True))
        written = {"year": f"{named['year']:04d}", "month": str(named["month"]), "day": str(named["day"])}
        return [written[part] if named[part] else "" for part in self.order]


class DayField(forms.MultiValueField):
    """A day, stored as `write` spells it: `1991-06-14` unless the tenant chose another way."""

    is_birthdate = False

    def __init__(
        self,
        *,
        order: Sequence[str],
        read: ReadDay = birthdate_parts,
        write: Callable[[date], str] = date.isoformat,
        **kwargs: Any,
    ) -> None:
        self.order, self.write = tuple(order), write
        kwargs["help_text"] = kwargs.get("help_text") or self.example()
        widget = DayWidget(self.order, read, autocomplete=self.is_birthdate)
        parts = [forms.CharField(required=False) for _part in self.order]
        super().__init__(parts, widget=widget, require_all_fields=False, **kwargs)
        self.error_messages["required"] = _("Enter a date.")

    def example(self) -> Text:
        parts = {"day": "14", "month": "6", "year": "1985"}
        return format_lazy(_("For example, {example}"), example=" ".join(parts[part] for part in self.order))

    def clean(self, value: Any) -> Any:  # Django's signature
        try:
            return super().clean(value)
        except ValidationError as error:
            self.widget.wrong = WRONG_PARTS.get(getattr(error, "code", ""), ())
            raise

    def compress(self, data_list: Sequence[str]) -> str:
        parts = [typed.with_plain_digits(typed.exact(part)) for part in data_list]
        written = dict(zip(self.order, parts, strict=False))
        if not any(parts):
            return ""
        if not all(re.fullmatch(r"[0-9]*", part, re.ASCII) for part in parts):
            raise ValidationError(_("Use numbers, such as 14, 6 and 1991."), code="invalid")
        # guard: year-of-four-digits
        if len(written["year"]) not in (0, YEAR_DIGITS):
            raise ValidationError(_("Enter the year with four digits, such as 1985."), code="year")
        if any(len(written[part]) > 2 for part in ("day", "month")):
            raise ValidationError(NO_SUCH_DAY, code="no-such-day")
        return self.spell(*(int(written[part] or 0) for part in ("year", "month", "day")))

    def spell(self, year: int, month: int, day: int) -> str:
        if not (year and month and day):
            raise ValidationError(_("Enter the day, the month and the year."), code="incomplete")
        return self.write(existing(year, month, day))


class BirthdateField(DayField):
    """An OIDC birthdate: it may leave out the year (`0000-06-14`), or all but the year (`1991`)."""

    is_birthdate = True

    def spell(self, year: int, month: int, day: int) -> str:
        if year and not month and not day:
            return f"{year:04d}"
        if not month or not day:
            raise ValidationError(_("Enter the day and the month, the year alone, or all three."), code="incomplete")
        if existing(year or LEAP_YEAR, month, day) > date.today() and year:  # noqa: DTZ011  # a day more or less is all the same
            raise ValidationError(_("That date is in the future. Check the year."), code="year")
        return f"{year:04d}-{month:02d}-{day:02d}"


class WrittenDayField(TextField):
    """One line instead of three inputs, for a stored text that is no day: to be seen, corrected or cleared."""

    def __init__(self, *, read: ReadDay, example: str, **kwargs: Any) -> None:
        self.read, self.example = read, typed.left_to_right(example)
        kwargs["help_text"] = kwargs.get("help_text") or format_lazy(_("For example, {example}"), example=self.example)
        super().__init__(ltr=True, **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and self.read(value) is None:
            raise ValidationError(_("Enter a date like %(example)s."), code="invalid", params={"example": self.example})


def existing(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValidationError(NO_SUCH_DAY, code="no-such-day") from error


class SuggestingInput(forms.TextInput):
    """Free text with suggestions."""

    template_name = "profile/suggesting_input.html"

    def __init__(self, suggestions: Iterable[Text], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.suggestions = tuple(suggestions)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:  # Django's signature
        context = super().get_context(name, value, attrs)
        context["widget"]["suggestions"] = self.suggestions
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}_suggestions"
        return context


class ChoiceField(forms.ChoiceField):
    """A native select. A stored value that is none of the choices stays choosable, as it is."""

    default_error_messages = {"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")}

    def __init__(
        self,
        *,
        choices: Sequence[tuple[Any, Any]],
        stored: str,
        autocomplete: str = "off",
        **kwargs: Any,
    ) -> None:
        known = {
            value
            for choice in choices
            for value in ([one for one, _label in choice[1]] if isinstance(choice[1], list) else [choice[0]])
        }
        kept = [(stored, stored)] if stored and stored not in known else []
        super().__init__(
            choices=[("", _("Not set")), *kept, *choices],
            widget=forms.Select(attrs={"autocomplete": autocomplete}),
            **kwargs,
        )
