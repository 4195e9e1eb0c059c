"""The profile page and its rows, as a person meets them."""

# ruff: noqa: RUF001  # characters that look like others are typed here

from __future__ import annotations

import re

import pytest
from django.test import Client

from accountsite.sandbox.logto import Logto


def day(field: str, of_month: str, month: str, year: str) -> dict[str, str]:
    return {f"{field}_day": of_month, f"{field}_month": month, f"{field}_year": year}


def profile_of(logto: Logto, handle: str) -> dict[str, object]:
    profile: dict[str, object] = logto.state.person(handle).user["profile"]
    return profile


def test_show_has_every_value_of_a_full_profile(ada: Client) -> None:
    page = ada.get("/profile/").content.decode()

    for text in (
        "Ada Winterbourne",
        "Rose",
        "9 March 1988",
        "Female",
        "https://winterbourne.example/about",
        "English (United Kingdom)",
    ):
        assert text in page
    for text in (
        "Europe/London (UTC",
        "4 Larch Lane",
        "Kendal<br>LA9 4AA",
        "ada0000000ab",
    ):
        assert text in page


def test_show_of_an_empty_profile_offers_to_add(empty: Client) -> None:
    page = empty.get("/profile/")

    assert page.status_code == 200
    assert page.content.decode().count("Not set") > 10


def test_how_one_signs_in_is_told_on_the_security_page_alone(ada: Client) -> None:
    page = ada.get("/profile/").content.decode()
    main = page.partition("<main")[2].partition("</main>")[0]

    assert "ada@winterbourne.example" not in main
    assert 'id="row-password"' not in main


def test_the_hint_of_a_row_stays_when_it_is_open_before_the_field(ada: Client) -> None:
    closed = ada.get("/profile/").content.decode()
    page = ada.get("/profile/time-zone/change/").content.decode()
    words = "Dates and times on this site use this time zone."

    assert words in closed
    row = page.partition('id="row-time-zone"')[2].partition("</form>")[0]
    assert 'aria-describedby="id_zoneinfo_helptext"' in row
    assert row.count(words) == 1
    assert row.index(words) < row.index("<select")


@pytest.mark.parametrize(
    ("row", "posted", "key", "stored"),
    [
        ("nickname", {"nickname": "Addie"}, "nickname", "Addie"),
        ("fullname", {"given_name": "   Rósa "}, "givenName", "Rósa"),
        ("preferred-username", {"preferred_username": "a"}, "preferredUsername", "a"),
        ("website", {"website": "https://example.org/ü?a=1"}, "website", "https://example.org/ü?a=1"),
        ("website", {"website": "okafor.example"}, "website", "https://okafor.example"),
        ("website", {"website": "\u2068https://okafor.example/\u2069\u200b"}, "website", "https://okafor.example/"),
        ("profile-page", {"profile": "http://example.org"}, "profile", "http://example.org"),
        ("nickname", {"nickname": "\u200b\u3164 \u2800\u00ad"}, "nickname", ""),
        ("nickname", {"nickname": "\ufeffعلی\u200cرضا\u200f"}, "nickname", "علی\u200cرضا"),
        ("gender", {"gender": "\u2060"}, "gender", ""),
        ("gender", {"gender": "Prefer not to say"}, "gender", "prefer_not_to_say"),
        ("gender", {"gender": "genderfluid"}, "gender", "genderfluid"),
        (
            "birthdate",
            day("birthdate", "1", "2", "1990"),
            "birthdate",
            "1990-02-01",
        ),
        ("birthdate", day("birthdate", "29", "2", ""), "birthdate", "0000-02-29"),
        ("birthdate", day("birthdate", "", "", "1990"), "birthdate", "1990"),
        ("birthdate", day("birthdate", "", "", ""), "birthdate", ""),
        ("birthdate", day("birthdate", "14", "6", "0000"), "birthdate", "0000-06-14"),
        ("birthdate", day("birthdate", "14", "6", "1850"), "birthdate", "1850-06-14"),
        ("birthdate", day("birthdate", "١٤", "６", "\u200b१९८५"), "birthdate", "1985-06-14"),
        ("time-zone", {"zoneinfo": "America/New_York"}, "zoneinfo", "America/New_York"),
        ("language", {"locale": "de-AT"}, "locale", "de-AT"),
        ("nickname", {"nickname": ""}, "nickname", ""),
    ],
)
def test_change_saves_one_value_and_says_so_in_its_row(
    ada: Client, logto: Logto, row: str, posted: dict[str, str], key: str, stored: str
) -> None:
    before = profile_of(logto, "ada")

    answer = ada.post(f"/profile/{row}/change/", posted, follow=True)

    assert answer.redirect_chain == [("/profile/", 302)]
    assert profile_of(logto, "ada") == before | {key: stored}
    page = answer.content.decode()
    assert f'<div class="row row--saved" id="row-{row}">' in page
    assert ("Gespeichert" if row == "language" else "Saved") in page  # the next page speaks it already


def test_change_name_is_a_field_of_the_person(ada: Client, logto: Logto) -> None:
    ada.post("/profile/name/change/", {"name": "Ada 👩🏽‍🚀 ليلى Zoë"})

    assert logto.state.person("ada").user["name"] == "Ada 👩🏽‍🚀 ليلى Zoë"


@pytest.mark.parametrize(
    ("row", "posted", "words"),
    [
        ("name", {"name": "x" * 129}, "Use 128 characters or fewer. You’ve used 129."),
        ("name", {"name": "a\0b"}, "characters in it that we can’t save"),
        ("website", {"website": "javascript:alert(1)"}, "Enter the full web address"),
        ("website", {"website": "okafor"}, "Enter the full web address"),
        ("website", {"website": "https://.com"}, "Enter the full web address"),
        ("website", {"website": "https://-"}, "Enter the full web address"),
        ("website", {"website": "https://okafor.example@evil.example"}, "Enter the full web address"),
        ("website", {"website": "https://" + "x" * 2048}, "Use 2048 characters or fewer"),
        ("birthdate", day("birthdate", "31", "2", "1990"), "That date doesn’t exist"),
        ("birthdate", day("birthdate", "31", "", "1990"), "Enter the day and the month"),
        ("birthdate", day("birthdate", "x", "1", "1990"), "Use numbers"),
        ("birthdate", day("birthdate", "14", "6", "85"), "Enter the year with four digits"),
        ("birthdate", day("birthdate", "14", "6", "198"), "Enter the year with four digits"),
        ("birthdate", day("birthdate", "", "", "19850"), "Enter the year with four digits"),
        ("birthdate", day("birthdate", "014", "6", "1985"), "That date doesn’t exist"),
        ("birthdate", day("birthdate", "14", "0", "1985"), "Enter the day and the month"),
        ("birthdate", day("birthdate", "1", "1", "2999"), "That date is in the future"),
        ("time-zone", {"zoneinfo": "Mars/Base"}, "Choose one from the list"),
        ("language", {"locale": "zz"}, "Choose one from the list"),
    ],
)  # fmt: skip
def test_change_refuses_with_a_reason_and_keeps_what_was_typed(
    ada: Client, logto: Logto, row: str, posted: dict[str, str], words: str
) -> None:
    before = dict(logto.state.person("ada").user)

    answer = ada.post(f"/profile/{row}/change/", posted)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert words in page
    assert "<title>Error: Profile" in page.replace("\n", "")
    assert logto.state.person("ada").user == before


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        (("14", "6", "85"), ["year"]),
        (("1", "1", "2999"), ["year"]),
        (("31", "4", "1990"), ["day", "month"]),
        (("014", "6", "1985"), ["day", "month"]),
        (("31", "", "1990"), ["day", "month", "year"]),
    ],
)
def test_only_the_part_of_a_date_that_is_wrong_is_marked_and_has_the_cursor(
    ada: Client, typed: tuple[str, str, str], wrong: list[str]
) -> None:
    page = ada.post("/profile/birthdate/change/", day("birthdate", *typed)).content.decode()
    parts = re.findall(r'<input type="text" name="birthdate_(\w+)"([^>]*)>', page)
    assert [name for name, attributes in parts if "aria-invalid" in attributes] == wrong
    assert [name for name, attributes in parts if "autofocus" in attributes] == wrong[:1]


def test_change_untouched_closes_the_row_quietly(ada: Client, logto: Logto) -> None:
    before = dict(logto.state.person("ada").user)

    answer = ada.post("/profile/nickname/change/", {"nickname": "Ad", "initial-nickname": "Ad"}, follow=True)

    assert logto.state.person("ada").user == before
    assert "row--saved" not in answer.content.decode()


def test_change_of_an_unknown_row_is_not_found(ada: Client) -> None:
    assert ada.get("/profile/shoe/change/").status_code == 404


def test_change_when_logto_is_down_keeps_what_was_typed(ada: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users/*/profile", method="PATCH")

    answer = ada.post("/profile/nickname/change/", {"nickname": "Kept"})

    assert answer.status_code == 503
    assert "Kept" in answer.content.decode()
    assert profile_of(logto, "ada")["nickname"] == "Ad"


def test_change_whose_answer_was_lost_is_told_as_it_is(ada: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path="/api/users/*/profile", method="PATCH", after=True)

    answer = ada.post("/profile/nickname/change/", {"nickname": "Arrived"}, follow=True)

    assert "row--saved" in answer.content.decode()
    assert profile_of(logto, "ada")["nickname"] == "Arrived"
