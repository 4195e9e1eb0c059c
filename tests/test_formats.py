"""A moment in full, whose zone is looked up once: it says what Babel says each time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale, dates

from settings_app.formats import Formats

SUMMER, WINTER = datetime(2026, 7, 1, 8, 30, 5, tzinfo=UTC), datetime(2026, 1, 31, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Stockholm", "Europe/Dublin", "Asia/Kathmandu", "Australia/Lord_Howe"])
@pytest.mark.parametrize("locale", ["en", "de", "ar", "ja", "fr", "ko"])
def test_the_zone_has_its_name_of_the_time_of_the_year(locale: str, zone: str) -> None:
    formats = Formats(Locale(locale), ZoneInfo(zone))
    for moment in (SUMMER, WINTER, SUMMER):
        assert dates.format_time(moment, "full", formats.zone, locale) in formats.full(moment)
