"""Text as people type and paste it: invisible characters, spaces, widths and digits, wherever they come from."""

# ruff: noqa: RUF001  # letters and digits that look like others are what this is about

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from settings_app import typed


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u3164", "\u2800", "\u00ad", "\u200d\u200c", "\ufeff \u2060", "\U000e0061", ""]
)
def test_a_text_of_which_nothing_can_be_seen_is_empty(unseen: str) -> None:
    assert typed.words(unseen) == ""
    assert typed.line(unseen) == ""
    assert typed.is_blank(f" {unseen}\t")


@pytest.mark.parametrize(
    "name",
    [
        "علی\u200cرضا",  # a non-joiner between two parts of a Persian name
        "ക\u0d4d\u200d",  # an old spelling of a Malayalam letter ends with a joiner
        "👩🏽\u200d🚀 Ada",
        "❤\ufe0f",
        "葛\U000e0100城",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\u0601١٢",  # a mark that stands before a number, and is drawn
    ],
)
def test_joiners_in_real_names_stay(name: str) -> None:
    assert typed.words(name) == name
    assert typed.line(name) == name


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("\u2068Ada Okafor\u2069", "Ada Okafor"),
        ("\ufeff Ada\u200b ", "Ada"),
        ("\u200fנועם\u200f", "נועם"),
        ("\u3000Ada\u3164", "Ada"),
        ("\u202egnp.exe", "gnp.exe"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_what_stands_unseen_around_a_text_goes(pasted: str, kept: str) -> None:
    assert typed.words(pasted) == kept


@given(st.text())
def test_words_are_cleaned_once_and_for_all(text: str) -> None:
    once = typed.words(text)
    assert typed.words(once) == once
    assert once == once.strip()
    assert bool(once) is not typed.is_blank(text)


def test_other_peoples_words_stand_on_one_line() -> None:
    assert typed.line("Ada\x00\nOkafor\u202e\u2028x\ufffe") == "Ada Okafor x"


@given(st.text() | st.text("aé \u200d\u3164\ufe0f❤"))
def test_what_is_plain_is_shown_as_it_is(text: str) -> None:
    as_looked_at = "" if typed.is_blank(text) else " ".join("".join(map(typed.shown_as, text)).split())
    assert typed.line(text) == as_looked_at


@pytest.mark.parametrize(
    "pasted",
    [
        *(
            "123456",
            " 123 456 ",
            "123\u2009456",
            "123\u3000456",
            "123\t456\n",
            "12\u200b34\u202d56\u202c",
            "\ufeff123456",
        ),
        *("123-456", "123\u2011456", "123\u2013456", "123\u2212456", "123\uff0d456", "1\u00ad23456", "123\u00a0456"),
        *("１２３４５６", "١٢٣٤٥٦", "۱۲۳۴۵۶", "१२३४५६", "𝟏𝟐𝟑𝟒𝟓𝟔"),
    ],
)
def test_six_visible_digits_are_six_digits(pasted: str) -> None:
    assert typed.digits_of_code(pasted) == "123456"


@pytest.mark.parametrize("text", ["code 123456", "123456.", "12345O", "#123456", "²23456", "1_2", "G-123456", "\u200b"])
def test_nothing_is_extracted_from_a_longer_text(text: str) -> None:
    assert typed.digits_of_code(text) == ""


@pytest.mark.parametrize(
    ("pasted", "stored"),
    [
        ("okafor.example", "https://okafor.example"),
        ("www.okafor.example/über?q=1#x", "https://www.okafor.example/über?q=1#x"),
        ("okafor.example:8443/x", "https://okafor.example:8443/x"),
        ("//okafor.example", "https://okafor.example"),
        ("bücher.example", "https://bücher.example"),
        (" \u200bhttps://okafor.example\u200b\u2069 ", "https://okafor.example"),
        ("https://oka\u00adfor.example/", "https://okafor.example/"),
        ("HTTP://Okafor.example", "HTTP://Okafor.example"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443/"),
    ],
)
def test_a_web_address_is_cleaned_and_completed(pasted: str, stored: str) -> None:
    assert typed.web_address(pasted) == stored
    assert typed.is_web_address(stored)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "https://.com",
            "https://-",
            "https://",
            "https://[",
            "https://a..b.example",
            "https://-a.example",
            "https://x y",
        ),
        *(
            "javascript:alert(1)",
            "mailto:ada@okafor.example",
            "data:text/html,x",
            "ftp://okafor.example",
            "https:okafor",
        ),
        *("okafor", "okafor . example", "https://okafor.example\\@x", "https://okafor.example@evil.example", "1.2"),
        *(
            "https://okafor.example:99999",
            "https://okafor.example:0",
            "https://\u2800.example",
            "https:///x",
            "/x",
            ".",
        ),
    ],
)
def test_what_is_no_web_address_is_left_to_be_refused(text: str) -> None:
    assert not typed.is_web_address(typed.web_address(text))


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Lovelace", "AL"),
        ("ليلى الحسن", "ل\u200cا"),
        ("ܐܒܐ ܒܪ", "ܐ\u200cܒ"),
        ("ß x", "ßX"),
        ("ŉ ﬁ", "ŉﬁ"),
        ("A\u0301gnes O\u0308st", "ÁÖ"),
        ("x\u0302ora", "X\u0302"),
        ("ǆ ǉ", "ǅǈ"),
        ("“Ada” (she) Lovelace", "AL"),
        ("\u200bAda", "A"),
        ("ada@okafor.example", "AO"),
        ("3 Amigos", "3A"),
        ("+12025550150", ""),
        ("김 철수", "김철"),
        ("नील वर्मा", "नीव"),
        ("👩🏽\u200d🚀", ""),
        ("- \u200b", ""),
    ],
)
def test_initials_are_the_letters_one_sees(name: str, letters: str) -> None:
    assert typed.initials(name) == letters


@given(st.text())
def test_there_are_at_most_two_initials(name: str) -> None:
    assert len(regex.findall(r"\X", typed.initials(name).replace("\u200c", ""))) <= 2
