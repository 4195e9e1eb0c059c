"""A moment in full, whose zone is looked up once: it says what Babel says each time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale, dates
from django.utils import translation

from settings_app import formats
from settings_app.formats import Formats

SUMMER, WINTER = datetime(2026, 7, 1, 8, 30, 5, tzinfo=UTC), datetime(2026, 1, 31, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Stockholm", "Europe/Dublin", "Asia/Kathmandu", "Australia/Lord_Howe"])
@pytest.mark.parametrize("locale", ["en", "de", "ar", "ja", "fr", "ko"])
def test_the_zone_has_its_name_of_the_time_of_the_year(locale: str, zone: str) -> None:
    spoken = Formats(Locale(locale), ZoneInfo(zone))
    for moment in (SUMMER, WINTER, SUMMER):
        assert dates.format_time(moment, "full", spoken.zone, locale) in spoken.full(moment)


@pytest.mark.parametrize(("language", "said"), [("en", "A. B."), ("ja", "A.B."), ("zh-hk", "A.B."), ("ko", "A. B.")])
def test_sentences_have_a_space_between_them_where_the_language_has_one(language: str, said: str) -> None:
    with translation.override(language):
        assert formats.sentences(["A.", "", "B."]) == said


@pytest.mark.parametrize(
    ("page", "closed"),
    [
        ("<p>\n  一つ。\n  二つ。\n</p>", "<p>\n  一つ。二つ。</p>"),
        ("<strong>\n  一つ。\n</strong>\n  二つ。", "<strong>\n  一つ。</strong>二つ。"),
        ("<strong>一つ。</strong>\n  二つ。", "<strong>一つ。</strong>二つ。"),
        ("<p>一つ。 <!-- typed --></p>", "<p>一つ。 <!-- typed --></p>"),
        ("<textarea>一つ。\n二つ。</textarea>", "<textarea>一つ。\n二つ。</textarea>"),
    ],
)
def test_lines_of_a_template_put_no_space_behind_a_full_stop(page: str, closed: str) -> None:
    assert formats.closed_up(page) == closed


@pytest.mark.parametrize(
    ("locale", "said"), [("ja", "2時間前"), ("zh_Hant", "2小時前"), ("en", "2 hours ago"), ("de", "vor 2 Stunden")]
)
def test_what_is_near_is_written_as_its_language_spaces_it(locale: str, said: str) -> None:
    assert Formats(Locale.parse(locale), ZoneInfo("UTC")).moment(SUMMER - timedelta(hours=2), now=SUMMER) == said


@pytest.mark.parametrize(
    ("locale", "said"), [("de", "1.\u00a0Juli 2026"), ("en_GB", "1 July 2026"), ("ja", "2026年7月1日")]
)
def test_no_line_ends_between_the_figure_of_a_day_and_its_month(locale: str, said: str) -> None:
    assert Formats(Locale.parse(locale), ZoneInfo("UTC")).day(SUMMER) == said
