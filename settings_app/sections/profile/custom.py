"""Rows that the tenant or the operator defined: their kinds, words and limits, stored where Logto stores them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from settings_app.formats import Formats, birthdate_parts, sentences
from settings_app.logto.types import CustomProfileField, FieldPart
from settings_app.logto.types.person import ADDRESS_KEYS, PROFILE_KEYS
from settings_app.sections.profile.details import (
    BASICS,
    NAME_PARTS,
    OTHER,
    Detail,
    Values,
    address_part,
    address_text,
    style_chosen,
)
from settings_app.sections.profile.inputs import ChoiceField, DayField, WrittenDayField
from settings_app.sections.profile.patterns import DateFormat, TookTooLong, compiled, date_format, fits
from settings_app.sections.profile.stores import AddressStore, CustomDataStore, ProfileStore, Store
from settings_app.shell.inputs import TextField, WebAddressField
from settings_app.sites import CustomKey
from settings_app.typed import exact, plain_number, written_number

Text = str | Promise
ISO_DATE = DateFormat(birthdate_parts, date.isoformat)
LARGEST_WHOLE = 2**53 - 1  # beyond it JavaScript, and with it Logto, loses digits
LOGTO_KEYS = {key: name for name, key in (PROFILE_KEYS | ADDRESS_KEYS).items()}
CANNOT_BE_EDITED = _("We can’t check the format of this here, so you can’t change it here.")
NAME_KEYS = tuple(key for part in NAME_PARTS for key in part.store.keys)
KINDS = {"text": "Text", "number": "Number", "checkbox": "Checkbox", "date": "Date", "url": "Url"}


class NumberField(TextField):
    """A number in digits, kept exactly or refused: what the store would round is not taken."""

    def __init__(self, *, min_value: float | None, max_value: float | None, **kwargs: Any) -> None:
        super().__init__(ltr=True, **kwargs)
        self.widget.attrs["inputmode"] = "decimal"
        self.min_value, self.max_value = min_value, max_value

    def prepare_value(self, value: Any) -> Any:  # Django's signature
        return written_number(value) if isinstance(value, float) else value

    def clean(self, value: Any) -> int | float | None:
        typed = plain_number(super().clean(value))
        if not typed:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?", typed, re.ASCII):
            raise ValidationError(_("Enter a number, such as 12 or 12.5."), code="invalid")
        number = int(typed) if "." not in typed else float(typed)
        if self.min_value is not None and number < self.min_value:
            raise ValidationError(
                _("Enter %(limit)s or more."), code="min_value", params={"limit": written_number(self.min_value)}
            )
        if self.max_value is not None and number > self.max_value:
            raise ValidationError(
                _("Enter %(limit)s or less."), code="max_value", params={"limit": written_number(self.max_value)}
            )
        if abs(number) > LARGEST_WHOLE or Decimal(typed) != Decimal(str(number)):
            raise ValidationError(_("That number has too many digits. Shorten it."), code="numbers")
        return number


class PatternField(TextField):
    """Text that has to fit the tenant's pattern."""

    def __init__(self, *, pattern: str, **kwargs: Any) -> None:
        if kwargs.get("placeholder") and not kwargs.get("help_text"):
            kwargs["help_text"] = format_lazy(_("For example, {example}"), example=kwargs["placeholder"])
        super().__init__(**kwargs)
        self.pattern = pattern

    def to_python(self, value: Any) -> str:  # whatever a form can post
        """What fits but for something unseen that was pasted along is taken without it."""
        text = super().to_python(value)
        pattern = compiled(self.pattern)
        if exact(text) == text or pattern is None:
            return text
        try:
            return exact(text) if fits(pattern, exact(text)) and not fits(pattern, text) else text
        except TookTooLong:
            return text

    def validate(self, value: str) -> None:
        super().validate(value)
        pattern = compiled(self.pattern)
        if not value or pattern is None:
            return
        try:
            good = fits(pattern, value)
        except TookTooLong as error:
            raise ValidationError(
                _("We couldn’t check this in time. Try something shorter."), code="too_slow"
            ) from error
        if not good:
            raise ValidationError(self.what_it_should_look_like(), code="pattern")

    def what_it_should_look_like(self) -> str:
        example = str(self.widget.attrs.get("placeholder", ""))
        wrong = gettext("Enter this in the right format.")
        like_this = gettext("Enter it like this: %(example)s.") % {"example": example} if example else ""
        return sentences((wrong, like_this))


def why_unusable(part: FieldPart) -> Text:
    """Why values of this kind cannot be edited here; empty when they can."""
    known = (*KINDS.values(), "Select", "Regex")
    if part.type == "Regex" and compiled(part.format) is None:
        return CANNOT_BE_EDITED
    if part.type == "Date" and part.format and date_format(part.format) is None:
        return CANNOT_BE_EDITED
    return "" if part.type in known else CANNOT_BE_EDITED


def worded(label: str) -> str:
    """A label of the tenant, which has it in one language: in that of the page where it is a word of this site too."""
    return gettext(label) if label else ""


def field_for(part: FieldPart, stored: object, formats: Formats) -> forms.Field:
    """The form field for one value of the tenant's definition."""
    words: dict[str, Any] = {
        "label": worded(part.label) or part.name,
        "help_text": part.description,
        "required": part.required,
    }
    if part.type == "Checkbox":
        # Required or not, an empty box is an answer.
        return forms.BooleanField(**words | {"required": False})
    if part.type == "Select":
        choices = [(option.value, option.label) for option in part.options]
        return ChoiceField(choices=choices, stored=str(stored or ""), **words)
    if part.type == "Date":
        spelling = date_format(part.format) or ISO_DATE
        if stored and spelling.read(str(stored)) is None:
            return WrittenDayField(read=spelling.read, example=spelling.write(date(1991, 6, 14)), **words)
        return DayField(order=formats.day_order(), read=spelling.read, write=spelling.write, **words)
    words["placeholder"] = part.placeholder
    if part.type == "Number":
        return NumberField(min_value=part.min_value, max_value=part.max_value, **words)
    if part.type == "Url":
        return WebAddressField(**words)
    if part.type == "Regex":
        return PatternField(pattern=part.format, **words)
    return TextField(min_length=part.min_length, max_length=part.max_length or 1024, **words)


def shown(part: FieldPart, value: object, formats: Formats) -> str:
    """The value in words. Anything may be stored: of what is no plain value only that it is there."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, (dict, list)):
        return gettext("Set, but not shown here")
    if isinstance(value, bool) or (part.type == "Checkbox" and str(value) in ("true", "false")):
        return pgettext("answer", "Yes") if str(value).lower() == "true" else pgettext("answer", "No")
    if isinstance(value, (int, float)):
        return formats.number(value)
    if part.type == "Select":
        return next((option.label for option in part.options if option.value == value), str(value))
    day = (date_format(part.format) or ISO_DATE).read(str(value)) if part.type == "Date" else None
    return formats.birthdate(f"{day[0]:04d}-{day[1]:02d}-{day[2]:02d}") if day else str(value)


def single(part: FieldPart, name: str, store: Store, *, section: str, governed_by: str) -> Detail:
    """A row of one value."""
    (key,) = store.keys

    def fields(values: Values, formats: Formats) -> Mapping[str, forms.Field]:
        return {key: field_for(part, values[key], formats)}

    def text(values: Values, formats: Formats) -> str:
        return shown(part, values[key], formats)

    label, unusable = worded(part.label) or part.name, why_unusable(part)
    ltr = part.type in ("Url", "Regex")
    return Detail(
        name, label, section, store, fields, text, governed_by, part.description, ltr, unusable, key=part.name
    )


def as_defined(row: Detail, field: CustomProfileField) -> Detail:
    """A built-in row with the words, kind and limits that the tenant gave it."""
    if field.type == "Address":
        return address(row, field)
    label, hint = worded(field.label) or row.label, field.description or row.hint
    renamed = replace(row, label=label, hint=hint, unusable=why_unusable(field))
    if asks_alike(row, field):
        return limited(renamed, field)
    defined = single(field, row.name, row.store, section=row.section, governed_by=row.governed_by)
    return replace(renamed, fields=defined.fields, shown=defined.shown)


def asks_alike(row: Detail, field: FieldPart) -> bool:
    """Whether the built-in row asks for the same kind of value, if not better, as for a time zone."""
    if field.type == "Date":
        return row.name == "birthdate" and field.format in ("", "yyyy-MM-dd")
    return field.type == "Text" or (field.type == "Url" and row.name in ("website", "profile-page"))


def limited(row: Detail, part: FieldPart) -> Detail:
    def fields(values: Values, formats: Formats) -> Mapping[str, forms.Field]:
        made = row.fields(values, formats)
        for field in made.values():
            field.required = field.widget.is_required = part.required
            if isinstance(field, TextField):
                field.most, field.least = min(field.most, part.max_length or field.most), part.min_length
        return made

    return replace(row, fields=fields)


def enabled_parts(field: CustomProfileField, keys: Iterable[str]) -> dict[str, FieldPart]:
    known = set(keys)
    return {LOGTO_KEYS[part.name]: part for part in field.parts if part.enabled and LOGTO_KEYS.get(part.name) in known}


def address(row: Detail, field: CustomProfileField) -> Detail:
    """The address with the parts that the tenant enabled. The others stay stored as they are."""
    parts = enabled_parts(field, ADDRESS_KEYS)

    def arranged(values: Values, typed: Values, formats: Formats) -> Mapping[str, forms.Field]:
        style = style_chosen(values, typed, formats)
        return {key: part_field(key, style.labels[key], values[key], formats) for key in style.in_order(parts)}

    def part_field(key: str, label: Text, stored: str, formats: Formats) -> forms.Field:
        part = parts[key]
        if part.type == "Text" and not part.max_length and not part.min_length:
            return address_part(key, stored, formats, label=worded(part.label) or label, required=part.required)
        return field_for(part, stored, formats)

    unusable = next((why for part in parts.values() if (why := why_unusable(part))), "")
    label, hint = worded(field.label) or row.label, field.description or row.hint
    return replace(
        row,
        label=label,
        hint=hint,
        store=AddressStore(tuple(parts)),
        fields=lambda values, formats: arranged(values, {}, formats),
        arranged=arranged if "country" in parts else None,
        shown=address_text,
        unusable=unusable,
    )


def full_name(field: CustomProfileField) -> Detail:
    """The parts that the tenant enabled, and whatever is stored of the others (docs/logto.md 16)."""
    parts = enabled_parts(field, NAME_KEYS)

    def fields(values: Values, formats: Formats) -> Mapping[str, forms.Field]:
        asked: dict[str, forms.Field] = {}
        for built_in in NAME_PARTS:
            (key,) = built_in.store.keys
            if key in parts:
                asked[key] = field_for(parts[key], values[key], formats)
            elif values[key]:
                asked |= built_in.fields(values, formats)
        return asked

    def text(values: Values, formats: Formats) -> str:
        return " ".join(value for value in values.values() if value)

    unusable = next((why for part in parts.values() if (why := why_unusable(part))), "")
    label = worded(field.label) or field.name
    return Detail(
        slugify(field.name) or "full-name",
        label,
        BASICS,
        ProfileStore(NAME_KEYS if parts else ()),
        fields,
        text,
        "profile",
        field.description,
        unusable=unusable,
        key=field.name,
    )


def operators_key(key: CustomKey, name: str) -> Detail:
    """A key of the custom data that the operator exposes."""
    part = FieldPart(name=key.key, type=KINDS[key.type], label=gettext(key.label))
    row = single(part, name, CustomDataStore(key.key, name), section=OTHER, governed_by="custom_data")
    return replace(row, is_editable=key.editable)
