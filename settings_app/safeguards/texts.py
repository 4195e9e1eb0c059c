"""To which phones a text message may go: only to what a person carries, in the countries that the site allows.

Whoever can make a site send texts to numbers of their choice earns from them, so satellite, personal and premium
numbers get none (toll fraud).
"""

from __future__ import annotations

import re

import phonenumbers
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneNumberType

from settings_app.safeguards.declined import Declined
from settings_app.sites import NumberKind, Site

NO_COUNTRY = "001"  # satellites, ships and worldwide services: +800, +870, +881 to +883 and the like
KINDS: dict[int, NumberKind] = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.UNKNOWN: "unknown",  # a range that is newer than the table, or kept for fiction
}
# Ranges that follow a person or a pager around, of which the table of numbers does not know each one.
PERSONAL = {"44": re.compile(r"7[06]"), "1": re.compile(r"5(00|21|22|33|44|66|77|88)"), "49": re.compile(r"700")}
NOT_A_PHONE = _("We can’t send codes to that kind of number. Use a mobile number.")
NOT_THERE = _("We can’t send codes to numbers in that country. Use another number.")


def refuse_others(site: Site, digits: str) -> None:
    """Raises Declined for a number, as country code and digits, that gets no text message on this site."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except NumberParseException:
        raise Declined(NOT_A_PHONE, field="phone", code="phone.kind") from None
    calling_code, national = str(number.country_code), phonenumbers.national_significant_number(number)
    kind = KINDS.get(phonenumbers.number_type(number))
    personal = PERSONAL.get(calling_code)
    is_personal = bool(personal and personal.match(national)) and kind != "mobile"
    regions = phonenumbers.region_codes_for_country_code(number.country_code or 0)
    if NO_COUNTRY in regions or not regions or is_personal or kind not in site.text_number_kinds:
        raise Declined(NOT_A_PHONE, field="phone", code="phone.kind")
    region = phonenumbers.region_code_for_number(number)
    allowed = set(site.text_countries)
    # A number of no known range counts for its calling code's countries, all of which have to be allowed.
    if allowed and not ({region} if region else set(regions)) <= allowed:
        raise Declined(NOT_THERE, field="phone", code="phone.country")
