"""Two tabs, and what other programs do meanwhile: nothing is lost unless the person says so."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.session import SessionStore


class FormReader(HTMLParser):
    """What a browser would send of the open row's form: its fields as the page shows them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.inside = False
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.inside = "/profile/" in (given.get("action") or "")
        elif self.inside and tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.values[name] = given.get("value") or ("on" if given.get("type") == "checkbox" else "")
        elif self.inside and tag == "select":
            self.select = name
        elif self.select and tag == "option" and "selected" in given:
            self.values[self.select] = given.get("value") or ""
        elif self.inside and tag == "textarea":
            self.area, self.values[name] = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("form", "select", "textarea"):
            self.inside, self.select, self.area = self.inside and tag != "form", "", ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area] += (
                data.replace("\n", "\r\n") if self.values[self.area] else data.lstrip("\n").replace("\n", "\r\n")
            )


def opened(person: Client, row: str) -> dict[str, str]:
    """The form of a row as a tab shows it."""
    reader = FormReader()
    reader.feed(person.get(f"/profile/{row}/change/").content.decode())
    return reader.values


def profile_of(logto: Logto) -> dict[str, Any]:
    profile: dict[str, Any] = logto.state.person("ada").user["profile"]
    return profile


def test_different_fields_lose_nothing(ada: Client, logto: Logto) -> None:
    one, other = opened(ada, "nickname"), opened(ada, "gender")
    before = dict(profile_of(logto))

    ada.post("/profile/nickname/change/", one | {"nickname": "Addie"})
    ada.post("/profile/gender/change/", other | {"gender": "other"})

    assert profile_of(logto) == before | {"nickname": "Addie", "gender": "other"}


def test_different_parts_of_the_address_lose_nothing(ada: Client, logto: Logto) -> None:
    one, other = opened(ada, "address"), opened(ada, "address")
    before = dict(profile_of(logto)["address"])

    ada.post("/profile/address/change/", one | {"locality": "Penrith"})
    ada.post("/profile/address/change/", other | {"postal_code": "CA11 7AA"})

    assert profile_of(logto)["address"] == before | {"locality": "Penrith", "postalCode": "CA11 7AA"}


def test_the_same_field_is_told_what_it_would_replace_and_confirms(ada: Client, logto: Logto) -> None:
    one, other = opened(ada, "nickname"), opened(ada, "nickname")
    ada.post("/profile/nickname/change/", one | {"nickname": "First"})

    told = ada.post("/profile/nickname/change/", other | {"nickname": "Second"})
    kept = profile_of(logto)["nickname"]
    reader = FormReader()
    reader.feed(told.content.decode())
    ada.post("/profile/nickname/change/", reader.values)

    assert "is now “First”" in told.content.decode()
    assert kept == "First"
    assert reader.values["nickname"] == "Second"
    assert profile_of(logto)["nickname"] == "Second"


def test_the_same_part_of_the_address_is_told_and_the_others_wait_with_it(ada: Client, logto: Logto) -> None:
    shown = opened(ada, "address")
    profile_of(logto)["address"]["locality"] = "Elsewhere"

    told = ada.post("/profile/address/change/", shown | {"locality": "Penrith", "region": "Lakes"}).content.decode()

    assert "is now “Elsewhere”" in told
    assert profile_of(logto)["address"]["region"] == "Cumbria"


def test_a_field_that_was_cleared_meanwhile_is_told(ada: Client, logto: Logto) -> None:
    shown = opened(ada, "nickname")
    profile_of(logto)["nickname"] = ""

    told = ada.post("/profile/nickname/change/", shown | {"nickname": "Second"}).content.decode()

    assert "was cleared in another window" in told
    assert profile_of(logto)["nickname"] == ""


def test_an_untouched_field_that_another_tab_changed_stays_as_it_is_now(ada: Client, logto: Logto) -> None:
    shown = opened(ada, "nickname")
    profile_of(logto)["nickname"] = "Elsewhere"

    ada.post("/profile/nickname/change/", shown)

    assert profile_of(logto)["nickname"] == "Elsewhere"


def test_both_tabs_wanting_the_same_is_no_matter(ada: Client, logto: Logto) -> None:
    shown = opened(ada, "nickname")
    profile_of(logto)["nickname"] = "Same"

    answer = ada.post("/profile/nickname/change/", shown | {"nickname": "Same"})

    assert answer.status_code == 302


def test_a_birthdate_that_another_tab_changed_is_told(ada: Client, logto: Logto) -> None:
    shown = opened(ada, "birthdate")
    profile_of(logto)["birthdate"] = "2001-01-01"

    told = ada.post("/profile/birthdate/change/", shown | {"birthdate_day": "10"}).content.decode()

    assert "is now “2001-01-01”" in told
    assert profile_of(logto)["birthdate"] == "2001-01-01"


@pytest.mark.parametrize("row", ["teamname", "shoesize", "newsletter", "favouritecolour", "startdate"])
def test_custom_fields_as_shown_are_untouched(ada: Client, logto: Logto, row: str) -> None:
    before = dict(logto.state.person("ada").user["customData"])

    answer = ada.post(f"/profile/{row}/change/", opened(ada, row), follow=True)

    assert "row--saved" not in answer.content.decode()
    assert logto.state.person("ada").user["customData"] == before


# What others wrote, against the rules of our forms


@pytest.mark.parametrize(
    ("row", "key", "stored"),
    [
        ("website", "website", "javascript:alert(1)"),
        ("website", "website", "not a url"),
        ("birthdate", "birthdate", "yesterday"),
        ("birthdate", "birthdate", "1990-02-31"),
        ("birthdate", "birthdate", "31/12/1990"),
        ("time-zone", "zoneinfo", "Mars/Base"),
        ("language", "locale", "zz_ZZ_nope"),
        ("nickname", "nickname", "x" * 5000),
        ("nickname", "nickname", "  two\nlines\ttabs \r\n "),
        ("nickname", "nickname", '"><script>alert(1)</script>'),
        ("gender", "gender", "FEMALE"),
    ],
)
def test_values_of_others_are_shown_safely_untouched_by_saving_and_can_be_corrected(
    ada: Client, logto: Logto, row: str, key: str, stored: str
) -> None:
    profile_of(logto)[key] = stored

    page = ada.get("/profile/").content.decode()
    ada.post(f"/profile/{row}/change/", opened(ada, row))
    untouched = profile_of(logto)[key]
    blank = {name: "" for name in opened(ada, row) if not name.startswith("initial-")}
    ada.post(f"/profile/{row}/change/", opened(ada, row) | blank)

    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert untouched == stored
    assert profile_of(logto)[key] == ""


def test_what_was_typed_before_the_session_ended_is_still_there(ada: Client, logto: Logto) -> None:
    shown = opened(ada, "nickname")
    session = SessionStore(ada.cookies[settings.SESSION_COOKIE_NAME].value, site=settings.SITES[0].host)
    session["draft"] = {
        "path": "/profile/nickname/change/",
        "subject": logto.state.person("ada").id,
        "values": {name: [value] for name, value in (shown | {"nickname": "Typed"}).items()},
        "until": time.time() + 60,
    }
    session.save()

    restored = opened(ada, "nickname")
    ada.post("/profile/nickname/change/", restored)

    assert restored["nickname"] == "Typed"
    assert restored["initial-nickname"] == "Ad"
    assert profile_of(logto)["nickname"] == "Typed"


def test_what_was_saved_is_said_also_on_a_page_without_that_row(ada: Client) -> None:
    ada.post("/profile/nickname/change/", {"nickname": "Countess"})
    page = ada.get("/security/").content.decode()
    assert re.search(r'class="banner banner--ok[^>]*>.*?Saved', page, re.DOTALL)
    assert re.search(r"<h1[^>]* autofocus", page)
