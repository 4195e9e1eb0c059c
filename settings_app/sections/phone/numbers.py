"""Phone numbers: read from whatever was typed, written as Logto stores them, and the countries to choose from."""

from __future__ import annotations

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

from settings_app.formats import Formats, sorting_key

INVALID = _("That doesn’t look like a phone number. Check the country and the digits.")
# A text to one of these costs the tenant money or reaches nobody in particular.
REFUSED_TYPES = (
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.UAN,
    PhoneNumberType.VOICEMAIL,
)


def digits_of(typed: str, country: str) -> str:
    """Country code and number as digits only, which is how Logto stores it (docs/logto.md 2.3). Raises ValidationError.

    `country` is a region such as `SE`; a number that begins with a plus sign brings its own.
    """
    try:
        number = phonenumbers.parse(typed, country or None)
    except NumberParseException as error:
        raise ValidationError(INVALID, code="invalid") from error
    # guard: possible-phone-number
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE or number.extension:
        raise ValidationError(INVALID, code="invalid")
    # guard: no-premium-numbers
    if phonenumbers.number_type(number) in REFUSED_TYPES:
        raise ValidationError(_("We can’t send codes to that kind of number. Use a mobile number."), code="type")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")


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
