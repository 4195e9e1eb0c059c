"""Phone numbers: read from what was typed, written as Logto stores them, and the countries to choose from."""

from __future__ import annotations

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult

from settings_app import typed
from settings_app.formats import Formats, sorting_key

INVALID = _("That doesn’t look like a phone number. Check the country and the number.")
NOT_DIGITS = _("Use numbers only. You can also use spaces, hyphens and a plus sign before the country code.")
NO_COUNTRY = _("Choose a country, or start with a plus sign and the country code.")
BETWEEN_DIGITS = re.compile(r"[\s()\[\]./]|[（）．／]")  # noqa: RUF001  # full-width ones, as Japanese keyboards have them
DIGITS = re.compile(r"\+?[0-9]+", re.ASCII)
# Kept free for films and examples, and so in use nowhere: what tests and demonstrations are made of. The ranges of
# other countries are valid to the phonenumbers library anyway.
FICTION = {
    "GB": re.compile(r"7700900[0-9]{3}|1632960[0-9]{3}"),
    "IE": re.compile(r"2091[0-9]{5}"),
    "FR": re.compile(r"63998[0-9]{4}"),
}


def digits_of(text: str, country: str, formats: Formats) -> str:
    """Country code and number as digits only, which is how Logto stores it (docs/logto.md 2.3). Raises ValidationError.

    `country` is a region such as `SE`; a number that begins with a plus sign brings its own. The text is read whole:
    a letter anywhere in it is a mistake, and not the end of a shorter number that belongs to somebody else.
    """
    bare = without_marks(text)
    # guard: phone-number-read-whole
    if not DIGITS.fullmatch(bare):
        raise ValidationError(NOT_DIGITS if bare else INVALID, code="letters")
    brings_its_country = bare.startswith("+")
    if not country and not brings_its_country:
        raise ValidationError(NO_COUNTRY, code="country")
    number = parsed(bare, country)
    # guard: possible-phone-number
    if number is None or phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise ValidationError(INVALID, code="invalid") if brings_its_country else not_in(country, formats)
    # guard: number-valid-in-its-country
    if not brings_its_country and not is_in_use(number):
        raise not_in(country, formats)
    stored = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # Several zeros in front of a number leave others behind: what is stored has to be the same number when it is read.
    if parsed(stored, "") != number:
        raise ValidationError(INVALID, code="invalid")
    return stored.removeprefix("+")


def without_marks(text: str) -> str:
    """The digits and the plus sign, without what people write between them; anything else stays."""
    shown = typed.with_plain_digits(typed.exact(text)).replace("＋", "+")  # noqa: RUF001
    return "".join(mark for mark in BETWEEN_DIGITS.sub("", shown) if not typed.is_hyphen(mark))


def parsed(bare: str, country: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(bare, country or None)
    except NumberParseException:
        return None


def not_in(country: str, formats: Formats) -> ValidationError:
    words = _("That number isn’t valid in the country you chose (%(country)s). Check the number and the country.")
    return ValidationError(words, code="country", params={"country": formats.locale.territories.get(country, country)})


def is_in_use(number: PhoneNumber) -> bool:
    """Whether the number can be somebody's, in life or in fiction."""
    if phonenumbers.is_valid_number(number):
        return True
    fiction = FICTION.get(phonenumbers.region_code_for_country_code(number.country_code or 0))
    return bool(fiction and fiction.fullmatch(phonenumbers.national_significant_number(number)))


def countries(formats: Formats) -> list[tuple[str, str]]:
    """Each region with its name and calling code in the person's language, such as `SE`, `Sweden (+46)`."""
    names = formats.locale.territories
    named = [(region, str(names.get(region, region))) for region in phonenumbers.SUPPORTED_REGIONS]
    named.sort(key=lambda pair: sorting_key(pair[1]))
    return [(region, f"{name} (+{phonenumbers.country_code_for_region(region)})") for region, name in named]


def likely_country(current: str, formats: Formats) -> str:
    """The region to begin with: that of the number there is, else that of the person's language; empty when unknown."""
    try:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(f"+{current}"))
    except NumberParseException:
        found = None
    return found or formats.locale.territory or ""
