"""Dates, times, numbers and names in a person's own language and time zone, by Babel (CLDR)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import localcontext
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from babel import Locale, UnknownLocaleError, dates, lists, numbers
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation.trans_real import parse_accept_lang_header

from settings_app import typed

LONGEST_DOMAIN_SHOWN = 40
SHORT_USERNAME = 3
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,4}")
TERRITORY = re.compile(r"[A-Z]{2}")
NOT_COUNTRIES = frozenset({"CQ", "EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
RELATIVE = timedelta(hours=6)  # this long "3 hours ago" is clearer than "Yesterday at 23:10"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
UTC = ZoneInfo("UTC")
ZONE_NAME = "zzzz"  # in a pattern of CLDR
COMMAS = {"ar": "، ", "fa": "، ", "ja": "、", "zh": "、"}  # CLDR has lists with "and" alone
WITHOUT_SPACES = frozenset({"ja", "zh"})
LINE_BEHIND_FULL_STOP = re.compile(r"。(?:\n\s*)?(</strong>|)[ \t]*\n\s*(?![^<]*</textarea>)")
SPACE_BEHIND_DAY = re.compile(r"(?<=\d\.) ")
MOST_DIGITS = 1000  # a number of JSON as JavaScript writes it has fewer
SMALLEST_WRITTEN_OUT, LARGEST_WRITTEN_OUT = 1e-9, 1e30


@dataclass(frozen=True)
class Formats:
    """How one person reads dates, times, numbers and names."""

    locale: Locale
    zone: ZoneInfo
    names_zone: bool = False  # beside a time of day, which may not be that of the clock on their wall

    def day(self, value: date | datetime) -> str:
        """`14 June 1991`."""
        if isinstance(value, datetime):
            value = value.astimezone(self.zone).date()
        return long_day(value, self.locale)

    def clock(self, moment: datetime) -> str:
        """`18:04`, and `18:04 UTC` for people whose own time zone nobody has told."""
        time = dates.format_time(moment, "short", self.zone, self.locale)
        return f"{time} {self.zone}" if self.names_zone else time

    def day_and_clock(self, moment: datetime) -> str:
        """`14 June 1991, 18:04`."""
        pattern = str(dates.get_datetime_format("medium", locale=self.locale)).replace("'", "")
        return pattern.format(self.clock(moment), self.day(moment))

    def full(self, moment: datetime) -> str:
        """Date, time and zone in full, for a title."""
        return full_moment(moment, self.zone, self.locale)

    def moment(self, moment: datetime, *, now: datetime | None = None, in_sentence: bool = False) -> str:
        """`2 hours ago`, `Yesterday at 18:04`, then `12 November` and, in other years, `12 January 2024`.

        `in_sentence` is for words that stand before it, as in "Signed in yesterday at 18:04".
        """
        now = now or timezone.now()
        here, today = moment.astimezone(self.zone), now.astimezone(self.zone).date()
        apart, day = moment - now, here.date()
        if abs(apart) < RELATIVE or (day == today and abs(apart) < DAY):
            if abs(apart) < MINUTE:
                return gettext("just now") if in_sentence else gettext("Just now")
            said = dates.format_timedelta(apart, threshold=1, add_direction=True, locale=self.locale)
            return said.replace(" ", "") if self.locale.language in WITHOUT_SPACES else said
        if day == today - DAY:
            words = gettext("yesterday at %(time)s") if in_sentence else gettext("Yesterday at %(time)s")
            return words % {"time": self.clock(moment)}
        return day_of_the_year(day, self.locale) if day.year == today.year else long_day(day, self.locale)

    def heading(self, day: date, *, now: datetime | None = None) -> str:
        """A day above what happened on it: `Today`, `Yesterday`, `Wednesday 18 November`, or with its year."""
        today = (now or timezone.now()).astimezone(self.zone).date()
        if day == today:
            return gettext("Today")
        if day == today - timedelta(days=1):
            return gettext("Yesterday")
        return dates.format_skeleton("EEEEMMMMd" if day.year == today.year else "yMMMMEEEEd", day, locale=self.locale)

    def start_of(self, day: date) -> datetime:
        """The first moment of a day here."""
        return datetime.combine(day, datetime.min.time(), self.zone)

    def birthdate(self, stored: str) -> str:
        """An OIDC birthdate, also of the year alone or without a year; any other text as it is."""
        parts = birthdate_parts(stored)
        if parts is None:
            return stored
        year, month, day = parts
        if not month:
            return str(year)
        if not year:
            return dates.format_skeleton("MMMMd", datetime(2000, month, day), UTC, locale=self.locale)  # noqa: DTZ001  # a day, not a moment
        return self.day(date(year, month, day))

    def day_order(self) -> tuple[str, ...]:
        """`day`, `month` and `year` in the order in which this language writes them."""
        pattern = str(dates.get_date_format("short", self.locale).pattern)
        places = {
            "day": pattern.find("d"),
            "month": min(place for place in (pattern.find("M"), pattern.find("L"), 99) if place >= 0),
            "year": pattern.find("y"),
        }
        return tuple(sorted(places, key=lambda part: places[part]))

    def listed(self, names: Iterable[str]) -> str:
        """`Ada, Bo and Cy`."""
        return lists.format_list(list(names), locale=self.locale)

    def in_a_row(self, parts: Iterable[str]) -> str:
        """As the function of this name, for lists: these formats know the language already."""
        return said_in_a_row(parts, self.locale.language)

    def number(self, value: float) -> str:
        """With every digit that is stored: Logto stores any number of JSON, and Babel rounds in Python's 28 digits."""
        with localcontext(prec=MOST_DIGITS):
            if value and not SMALLEST_WRITTEN_OUT <= abs(value) <= LARGEST_WRITTEN_OUT:
                return numbers.format_scientific(value, locale=self.locale, decimal_quantization=False)
            return numbers.format_decimal(value, locale=self.locale, decimal_quantization=False)

    def country(self, stored: str) -> str:
        """The name of a country that is stored as its code or its English name; any other text as it is."""
        code = self.country_code(stored)
        return (country_name(code, self.locale) if code else "") or stored

    @staticmethod
    def country_code(stored: str) -> str:
        """`SE` for a country that is stored as its code or its English name; empty for any other text."""
        code = stored.upper()
        return code if code in country_codes() else codes_by_english_name().get(stored.casefold(), "")

    def countries(self) -> list[tuple[str, str]]:
        """English name, by which a country is stored (OIDC `country`), and name in this language, in its order."""
        english = Locale("en").territories
        named = [
            (str(english[code]), str(self.locale.territories.get(code, english[code]))) for code in country_codes()
        ]
        return sorted(named, key=lambda pair: sorting_key(pair[1]))

    def language(self, tag: str) -> str:
        """`English (United Kingdom)` for `en-GB`, said in this person's language; unknown tags as they are."""
        locale = parsed_locale(tag)
        return capitalised(locale.get_display_name(self.locale) or tag, self.locale) if locale else tag

    def time_zone(self, name: str) -> str:
        """`Europe/Stockholm (UTC+01:00)`; unknown names as they are."""
        return f"{name.replace('_', ' ')} ({utc_offset(name)})" if name in zone_names() else name


@lru_cache(maxsize=1000)  # Babel takes as long as for a day, and a list has many
def country_name(code: str, locale: Locale) -> str:
    """`Sweden` for `SE`; empty where the language has no name for it."""
    return str(locale.territories.get(code, ""))


@lru_cache(maxsize=1000)  # Babel takes a twentieth of a millisecond, and a list has many
def long_day(day: date, locale: Locale) -> str:
    """`14 June 1991`."""
    return unbroken(dates.format_date(day, "long", locale))


@lru_cache(maxsize=1000)  # `format_datetime` works both out each time, and a list has many
def full_day(day: date, locale: Locale) -> str:
    """`Sunday, 29 November 2026`."""
    return dates.format_date(day, "full", locale)


@lru_cache(maxsize=1000)  # the same ones each time somebody opens a list
def full_moment(moment: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """`Sunday, 29 November 2026 at 18:04:05 Coordinated Universal Time`."""
    here = moment.astimezone(zone)
    pattern = full_time(TimeOfYear(zone, here.utcoffset(), here.dst(), here), locale)
    return joined(locale).format(dates.parse_pattern(pattern).apply(here, locale), full_day(here.date(), locale))


@dataclass(frozen=True)
class TimeOfYear:
    """When a zone has one name; `moment` is then."""

    zone: ZoneInfo
    offset: timedelta | None
    summer: timedelta | None
    moment: datetime = field(compare=False)


@lru_cache(maxsize=1000)  # looking up what a zone is called takes most of the time of writing a time
def full_time(at: TimeOfYear, locale: Locale) -> str:
    """How a language writes `18:04:05 Coordinated Universal Time`, with the zone by its name."""
    name = dates.get_timezone_name(at.moment, "long", locale=locale).replace("'", "''")
    return str(dates.get_time_format("full", locale).pattern).replace(ZONE_NAME, f"'{name}'")


@lru_cache(maxsize=100)
def joined(locale: Locale) -> str:
    """How a language puts time and date together: `{1}, {0}`."""
    return str(dates.get_datetime_format("full", locale=locale)).replace("'", "")


@lru_cache(maxsize=1000)  # Babel takes a tenth of a millisecond, and a list has many
def day_of_the_year(day: date, locale: Locale) -> str:
    """`12 November`."""
    return unbroken(dates.format_skeleton("MMMMd", day, locale=locale))


def unbroken(day: str) -> str:
    """`1. Dezember`, of which no line ends with the figure: it would read as the end of the sentence."""
    return SPACE_BEHIND_DAY.sub("\u00a0", day)


def formats_for(*, locale: str = "", zone: str = "", accept_language: str = "") -> Formats:
    """A person's own `locale` when it fits the language of the page, else the browser's, else the page's.

    Without a time zone that is known to be theirs, people see UTC, by its name.
    """
    time_zone, is_unknown = zone_named(zone), zone not in zone_names()
    active = (get_language() or "en").split("-")[0]
    wanted = [locale] + [tag for tag, _ in parse_accept_lang_header(accept_language.lower()[:500])]
    for tag in wanted:
        known = parsed_locale(tag)
        if known and known.language == active:
            return Formats(known, time_zone, names_zone=is_unknown)
    return Formats(parsed_locale(get_language() or "en") or Locale("en"), time_zone, names_zone=is_unknown)


def in_a_row(parts: Iterable[str]) -> str:
    """`Stockholm, Sweden`: what is not empty, with the comma of the language that is spoken."""
    return said_in_a_row(parts, get_language() or "en")


def said_in_a_row(parts: Iterable[str], language: str) -> str:
    said = [part for part in parts if part]
    if len(said) < 2:
        return "".join(said)
    comma, mark = between(language)
    # A mark for each, as a number after a Latin name would else stand on the wrong side of it.
    return mark + f"{comma}{mark}".join(said)


def sentences(parts: Iterable[str]) -> str:
    """One after the other, what is empty left out; Chinese and Japanese have no space behind a full stop."""
    apart = "" if (get_language() or "en").partition("-")[0] in WITHOUT_SPACES else " "
    return apart.join(part for part in parts if part)


def closed_up(page: str) -> str:
    """A page whose sentences stand on lines of their own in its template; what people typed has no such lines."""
    return LINE_BEHIND_FULL_STOP.sub(r"。\1", page)


@lru_cache(maxsize=100)
def between(language: str) -> tuple[str, str]:
    """The comma of a language, and what stands before each part where one reads from right to left."""
    base = language.partition("-")[0]
    mark = typed.RIGHT_TO_LEFT_MARK if base in settings.LANGUAGES_BIDI else ""
    return COMMAS.get(base, ", "), mark


def minutes_until(moment: datetime) -> int:
    """Whole minutes from now on, the nearest number; 0 when less than half a minute is left, or none."""
    return max(0, round((moment - timezone.now()).total_seconds() / 60))


def zone_named(name: str) -> ZoneInfo:
    return ZoneInfo(name) if name in zone_names() else UTC


def phone_number(digits: str) -> str:
    """`+46 70 555 01 42` for Logto's `46705550142`; what is no number stays as it is, with its plus sign."""
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(f"+{digits}"), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        return f"+{digits}" if digits.isdecimal() else digits


def hint_of_email(address: str) -> str:
    """`a…@okafor.example` for `amara@okafor.example`: who knows the address knows it again."""
    local, at, domain = typed.line(address).rpartition("@")
    shown = domain if len(domain) <= LONGEST_DOMAIN_SHOWN else f"…{domain[-LONGEST_DOMAIN_SHOWN:]}"
    return f"{local[:1]}…{at}{shown}" if address else ""


def hint_of_phone(digits: str) -> str:
    """`+46 … 42` for `46705550142`."""
    return f"{phone_number(digits).partition(' ')[0][:4]} … {digits[-2:]}" if digits else ""


def hint_of_username(username: str) -> str:
    """`a…r` for `amara_okafor`."""
    last = username[-1:] if len(username) > SHORT_USERNAME else ""
    return f"{username[:1]}…{last}" if username else ""


@lru_cache(maxsize=500)
def parsed_locale(tag: str) -> Locale | None:
    """The locale of a BCP 47 tag, or None for one that CLDR does not know. Other people's text: anything may come."""
    if not LANGUAGE_TAG.fullmatch(tag):
        return None
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError, TypeError):
        return None


def birthdate_parts(stored: str) -> tuple[int, int, int] | None:
    """Year, month and day, 0 for what is left out: `1991-06-14`, `0000-06-14`, `--06-14`, `1991` (OIDC core 5.1)."""
    found = re.fullmatch(r"([0-9]{4}|-)(?:-([0-9]{2})-([0-9]{2}))?", stored, re.ASCII)
    if not found:
        return None
    year, month, day = (int(part) if part and part != "-" else 0 for part in found.groups())
    if not month and not day:
        return (year, 0, 0) if year else None
    try:
        date(year or 2000, month, day)
    except ValueError:
        return None
    return year, month, day


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def utc_offset(name: str) -> str:
    """`UTC+01:00`, as it is at this moment."""
    offset = ZoneInfo(name).utcoffset(datetime.now(UTC)) or timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if TERRITORY.fullmatch(code)) - NOT_COUNTRIES


@lru_cache(maxsize=1)
def codes_by_english_name() -> dict[str, str]:
    names = Locale("en").territories
    return {str(names[code]).casefold(): code for code in country_codes()}


def capitalised(name: str, locale: Locale) -> str:
    """Names of languages stand alone here; many languages write them small within a sentence."""
    return name[:1].upper() + name[1:]


def sorting_key(name: str) -> str:
    """Latin letters with marks beside those without: near enough to the alphabet of most languages."""
    import unicodedata

    return "".join(c for c in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(c))
