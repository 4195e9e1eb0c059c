"""What the profile page can show: one entry for each row, with its words, its place in Logto and its form fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from babel import Locale
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from settings_app.formats import Formats, birthdate_parts, utc_offset, zone_names
from settings_app.logto.types import Person
from settings_app.logto.types.person import PROFILE_KEYS
from settings_app.sections.profile.addresses import LABELS, Style, style_of
from settings_app.sections.profile.inputs import (
    MOST_LETTERS_OF_A_NAME,
    BirthdateField,
    ChoiceField,
    SuggestingInput,
    WrittenDayField,
)
from settings_app.sections.profile.stores import AddressStore, NameStore, ProfileStore, Store
from settings_app.shell.inputs import TextField, WebAddressField

Text = str | Promise
Values = Mapping[str, Any]
Fields = Callable[[Values, Formats], Mapping[str, forms.Field]]
BASICS, REGION, OTHER = "basics", "region", "more"  # panels of the page


@dataclass(frozen=True)
class Detail:
    """`name` is the word in the address, `governed_by` the tenant's policy for it, `shown` gives words for its values.

    `unusable` says why nothing can be typed into it, when that is so. `arranged` gives the fields where one of the
    values that are being typed decides about the others.
    """

    name: str
    label: Text
    section: str
    store: Store
    fields: Fields
    shown: Callable[[Values, Formats], str]
    governed_by: str = "profile"
    hint: Text = ""
    ltr: bool = False
    unusable: Text = ""
    arranged: Callable[[Values, Values, Formats], Mapping[str, forms.Field]] | None = None

    is_editable: bool = True
    key: str = ""  # the field's name in Logto, by which the tenant's settings speak of it

    def values(self, person: Person) -> Values:
        return self.store.read(person)

    def text(self, person: Person, formats: Formats) -> str:
        return self.shown(self.values(person), formats)

    def asked(self, values: Values, typed: Values, formats: Formats) -> Mapping[str, forms.Field]:
        return self.arranged(values, typed, formats) if self.arranged else self.fields(values, formats)


def plain(values: Values, formats: Formats) -> str:
    return "\n".join(str(value) for value in values.values() if value)


def text_row(
    key: str, name: str, label: Text, autocomplete: str, *, hint: Text = "", max_length: int = MOST_LETTERS_OF_A_NAME
) -> Detail:
    """A row of one line of text in the profile."""

    def fields(values: Values, formats: Formats) -> Mapping[str, forms.Field]:
        return {key: TextField(label=label, required=False, autocomplete=autocomplete, max_length=max_length)}

    return Detail(name, label, BASICS, ProfileStore((key,)), fields, plain, hint=hint, key=PROFILE_KEYS[key])


def address_row(key: str, name: str, label: Text) -> Detail:
    """A row of one web address in the profile."""

    def fields(values: Values, formats: Formats) -> Mapping[str, forms.Field]:
        return {key: WebAddressField(label=label, required=False)}

    return Detail(name, label, BASICS, ProfileStore((key,)), fields, plain, ltr=True, key=PROFILE_KEYS[key])


# The words that Logto's own pages store for gender, and how they read (docs/logto.md 2.4).
GENDERS: Mapping[str, Text] = {
    "female": pgettext_lazy("gender", "Female"),
    "male": pgettext_lazy("gender", "Male"),
    "prefer_not_to_say": pgettext_lazy("gender", "Prefer not to say"),
}


class GenderField(TextField):
    """Free text, with the words of Logto's own pages suggested and stored as they store them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(autocomplete="sex", max_length=MOST_LETTERS_OF_A_NAME, **kwargs)
        self.widget = SuggestingInput(GENDERS.values(), self.widget.attrs)

    def prepare_value(self, value: Any) -> Any:  # Django's signature
        return GENDERS.get(value, value)

    def to_python(self, value: Any) -> str:  # whatever a form can post
        typed = super().to_python(value)
        return next((stored for stored, word in GENDERS.items() if str(word).casefold() == typed.casefold()), typed)


def birthdate_fields(values: Values, formats: Formats) -> Mapping[str, forms.Field]:
    label, stored = _("Date of birth"), values["birthdate"]
    if stored and birthdate_parts(stored) is None:
        return {"birthdate": WrittenDayField(label=label, required=False, read=birthdate_parts, example="1991-06-14")}
    return {"birthdate": BirthdateField(label=label, required=False, order=formats.day_order())}


def gender_fields(values: Values, formats: Formats) -> Mapping[str, forms.Field]:
    return {"gender": GenderField(label=_("Gender"), required=False)}


def zone_fields(values: Values, formats: Formats) -> Mapping[str, forms.Field]:
    choices = [(name, f"{name.replace('_', ' ')} ({utc_offset(name)})") for name in choosable_zones()]
    return {"zoneinfo": ChoiceField(label=_("Time zone"), required=False, stored=values["zoneinfo"], choices=choices)}


def locale_fields(values: Values, formats: Formats) -> Mapping[str, forms.Field]:
    return {
        "locale": ChoiceField(
            label=_("Language"),
            required=False,
            stored=values["locale"],
            choices=choosable_languages(),
            autocomplete="language",
        )
    }


@lru_cache(maxsize=1)
def choosable_zones() -> list[str]:
    """The zones of the world's places (zone.tab of the tz database) and UTC; not their many older names."""
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    places = {line.split("\t")[2] for line in table.splitlines() if not line.startswith("#")}
    return ["UTC", *sorted(places & zone_names())]


LANGUAGES = (
    *("af", "am", "ar", "ar-EG", "ar-SA", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "de-AT", "de-CH"),
    *("el", "en", "en-AU", "en-CA", "en-GB", "en-IE", "en-IN", "en-NZ", "en-US", "en-ZA", "es", "es-AR", "es-CO"),
    *("es-ES", "es-MX", "et", "eu", "fa", "fi", "fil", "fr", "fr-BE", "fr-CA", "fr-CH", "ga", "gl", "gu", "he", "hi"),
    *("hr", "hu", "hy", "id", "is", "it", "it-CH", "ja", "ka", "kk", "km", "kn", "ko", "lo", "lt", "lv", "mk", "ml"),
    *("mn", "mr", "ms", "my", "nb", "ne", "nl", "nl-BE", "nn", "pa", "pl", "ps", "pt", "pt-BR", "pt-PT", "ro", "ru"),
    *("si", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tr", "uk", "ur", "uz", "vi", "zh-CN", "zh-HK"),
    *("zh-Hans", "zh-Hant", "zh-TW", "zu"),
)


@lru_cache(maxsize=1)
def choosable_languages() -> list[tuple[str, str]]:
    """Language tags, each named in itself."""
    named = [(tag, Locale.parse(tag, sep="-").get_display_name() or tag) for tag in LANGUAGES]
    return [(tag, name[:1].upper() + name[1:]) for tag, name in named]


ADDRESS_AUTOCOMPLETE = {
    "street_address": "street-address",
    "postal_code": "postal-code",
    "locality": "address-level2",
    "region": "address-level1",
    "country": "country-name",
}


def address_fields(values: Values, formats: Formats) -> Mapping[str, forms.Field]:
    return arranged_address(values, {}, formats)


def arranged_address(values: Values, typed: Values, formats: Formats) -> Mapping[str, forms.Field]:
    """The parts that are usual in the country that is chosen, and whatever else is stored or typed already."""
    style = style_chosen(values, typed, formats)
    usual = ("country", *style.parts)
    asked = [key for key in style.in_order(LABELS) if key in usual or values[key] or typed.get(key)]
    return {key: address_part(key, values[key], formats, label=style.labels[key]) for key in asked}


def style_chosen(values: Values, typed: Values, formats: Formats) -> Style:
    return style_of(formats.country_code(typed.get("country", values.get("country")) or ""))


def address_part(key: str, stored: str, formats: Formats, *, label: Text, required: bool = False) -> forms.Field:
    if key == "country":
        named = formats.countries()
        known = dict(named)
        choices = (
            named
            if stored in known or formats.country(stored) == stored
            else [(stored, formats.country(stored)), *named]
        )
        return ChoiceField(label=label, required=required, stored=stored, choices=choices, autocomplete="country-name")
    return TextField(
        label=label,
        required=required,
        lines=key in ("street_address", "formatted"),
        autocomplete=ADDRESS_AUTOCOMPLETE.get(key, ""),
    )


def address_text(values: Values, formats: Formats) -> str:
    """The parts as on a letter, and what is stored as one text where that says something else."""
    country = values.get("country") or ""
    parts = {key: value for key, value in values.items() if value and key not in ("country", "formatted")}
    written = style_of(formats.country_code(country)).lines(parts)
    lines = "\n".join(line for line in (*written, formats.country(country)) if line)
    whole = values.get("formatted") or ""
    return whole if not lines or whole == lines else "\n".join(text for text in (lines, whole) if text)


def name_fields(values: Values, formats: Formats) -> Mapping[str, forms.Field]:
    return {
        "name": TextField(
            label=_("Display name"), required=False, autocomplete="name", max_length=MOST_LETTERS_OF_A_NAME
        )
    }


def full_name_of(parts: Sequence[Detail]) -> Detail:
    """One row in place of those of its parts, each asked for as its own row would."""

    def fields(values: Values, formats: Formats) -> Mapping[str, forms.Field]:
        asked: dict[str, forms.Field] = {}
        for part in parts:
            for key, field in part.fields(values, formats).items():
                field.label = str(part.label)
                asked[key] = field
        return asked

    def text(values: Values, formats: Formats) -> str:
        return " ".join(
            shown for part in parts if (shown := part.shown({key: values[key] for key in part.store.keys}, formats))
        )

    return Detail(
        "full-name",
        _("Full name"),
        BASICS,
        ProfileStore(tuple(key for part in parts for key in part.store.keys)),
        fields,
        text,
        unusable=next((part.unusable for part in parts if part.unusable), ""),
        key=parts[0].key,  # they all stand under one policy, and what is left out is no part
    )


# One row, but parts that the tenant's settings know by names of their own.
NAME_PARTS = (
    text_row("given_name", "given-name", _("First name"), "given-name"),
    text_row("middle_name", "middle-name", _("Middle name"), "additional-name"),
    text_row("family_name", "family-name", _("Last name"), "family-name"),
)
BUILT_IN = (
    Detail("name", _("Display name"), BASICS, NameStore(), name_fields, plain, governed_by="name", key="name"),
    text_row("nickname", "nickname", _("Nickname"), "nickname"),
    text_row(
        "preferred_username",
        "preferred-username",
        _("Preferred username"),
        "off",
        hint=_("What apps may call you. You can’t sign in with it."),
    ),
    Detail(
        "birthdate",
        _("Date of birth"),
        BASICS,
        ProfileStore(("birthdate",)),
        birthdate_fields,
        lambda values, formats: formats.birthdate(values["birthdate"]),
        key="birthdate",
    ),
    Detail(
        "gender",
        _("Gender"),
        BASICS,
        ProfileStore(("gender",)),
        gender_fields,
        lambda values, formats: str(GENDERS.get(values["gender"], values["gender"])),
        key="gender",
    ),
    address_row("profile", "profile-page", _("Profile page")),
    address_row("website", "website", _("Website")),
    Detail(
        "language",
        _("Language"),
        REGION,
        ProfileStore(("locale",)),
        locale_fields,
        lambda values, formats: formats.language(values["locale"]),
        hint=_("Apps may use this to choose their language."),
        key="locale",
    ),
    Detail(
        "time-zone",
        _("Time zone"),
        REGION,
        ProfileStore(("zoneinfo",)),
        zone_fields,
        lambda values, formats: formats.time_zone(values["zoneinfo"]),
        hint=_("Dates and times on this site use this time zone."),
        key="zoneinfo",
    ),
    Detail(
        "address",
        _("Address"),
        REGION,
        AddressStore(tuple(LABELS)),
        address_fields,
        address_text,
        arranged=arranged_address,
        key="address",
    ),
)
