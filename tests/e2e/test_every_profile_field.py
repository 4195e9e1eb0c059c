"""Every field of the profile in a real browser: refused, changed and cleared, by the people whom it concerns most.

Each test is one person on one kind of browser, going through the whole table of fields. Two kinds run by default; all
four (with and without script, desktop and phone) with EVERY_BROWSER=1 in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings

from accountsite.sandbox.state import Person
from settings_app.sites import CustomKey
from tests.e2e.place import Place

OpenedAs = Callable[..., Page]
Typed = Mapping[str, str | bool]
BROWSERS = {
    "script-desktop": {"script": True, "phone": False},
    "no-script-phone": {"script": False, "phone": True},
    "script-phone": {"script": True, "phone": True},
    "no-script-desktop": {"script": False, "phone": False},
}
CHOSEN = list(BROWSERS) if os.environ.get("EVERY_BROWSER") else list(BROWSERS)[:2]
browsers = pytest.mark.parametrize("how", [pytest.param(BROWSERS[name], id=name) for name in CHOSEN])

CONTROL = "This has characters in it that we can’t save. Remove them, then save again."
WHOLE_ADDRESS = "Enter the full web address, such as https://example.com."
OF_THE_LIST = "Choose one from the list."
TOO_LONG = "Use 128 characters or fewer. You’ve used 129."


@dataclass(frozen=True)
class Field:
    """One row: what is typed into its inputs, what the user then holds by path, and what is refused with which words.

    `empty` is what Logto holds for each path once it is cleared. A box that can only be ticked refuses nothing.
    """

    row: str
    good: Typed
    stored: Mapping[str, Any]
    shown: str
    bad: Typed = field(default_factory=dict)
    words: str = ""
    empty: object = ""
    shown_empty: str = "Not set"


def one(row: str, path: str, value: str, bad: str, words: str, name: str = "") -> Field:
    """A row of one line that is stored as it is typed."""
    name = name or row.replace("-", "_")
    return Field(row, {name: value}, {path: value}, value, {name: bad}, words)


def day(name: str, year: str, month: str, day: str) -> Typed:
    return {f"{name}_year": year, f"{name}_month": month, f"{name}_day": day}


def fields(text: str) -> list[Field]:
    """The rows of the invented tenant; `text` is written wherever any text goes."""
    long = "x" * 129
    return [
        replace(one("name", "name", text, long, TOO_LONG), empty=None),
        Field(
            "fullname",
            {"given_name": text, "family_name": f"{text} 2"},
            {"profile.givenName": text, "profile.familyName": f"{text} 2"},
            text,
            {"given_name": "kept", "family_name": "Win\x07ter"},
            CONTROL,
        ),
        one("middle-name", "profile.middleName", text, "R\x01se", CONTROL),
        one("nickname", "profile.nickname", text, long, TOO_LONG),
        one("preferred-username", "profile.preferredUsername", text, long, TOO_LONG),
        Field(
            "birthdate",
            day("birthdate", "1991", "6", "14"),
            {"profile.birthdate": "1991-06-14"},
            "1991",
            day("birthdate", "1990", "2", "30"),
            "That date doesn’t exist. Check the day and the month.",
        ),
        Field(
            "birthdate",
            day("birthdate", "", "2", "29"),
            {"profile.birthdate": "0000-02-29"},
            "29 February",
            day("birthdate", "", "2", ""),
            "Enter the day and the month, the year alone, or all three.",
        ),
        Field(
            "birthdate",
            day("birthdate", "1991", "", ""),
            {"profile.birthdate": "1991"},
            "1991",
            day("birthdate", "2999", "1", "1"),
            "That date is in the future. Check the year.",
        ),
        Field(
            "gender",
            {"gender": "Prefer not to say"},
            {"profile.gender": "prefer_not_to_say"},
            "Prefer not to say",
            {"gender": long},
            TOO_LONG,
        ),
        one(
            "profile-page",
            "profile.profile",
            "https://people.example/~zoë",
            "javascript:alert(1)",
            WHOLE_ADDRESS,
            "profile",
        ),
        one("website", "profile.website", "http://zoe.example:8080/?a=1&b=2#c", "not an address", WHOLE_ADDRESS),
        Field("language", {"locale": "he"}, {"profile.locale": "he"}, "Hebrew", {"locale": "tlh"}, OF_THE_LIST),
        Field(
            "time-zone",
            {"zoneinfo": "Asia/Kathmandu"},
            {"profile.zoneinfo": "Asia/Kathmandu"},
            "Kathmandu",
            {"zoneinfo": "Mars/Tharsis"},
            OF_THE_LIST,
        ),
        Field(
            "address",
            {
                "street_address": f"{text}\nBack door",
                "locality": text,
                "region": text,
                "postal_code": "0150",
                "country": "Norway",
            },
            {
                "profile.address.streetAddress": f"{text}\nBack door",
                "profile.address.locality": text,
                "profile.address.region": text,
                "profile.address.postalCode": "0150",
                "profile.address.country": "Norway",
            },
            "Norway",
            {"street_address": "Kept 1", "region": "x" * 257},
            "Use 256 characters or fewer. You’ve used 257.",
        ),
        one("teamname", "customData.teamName", f"{text[:12]} 7", "x", "Use at least 2 characters."),
        Field(
            "shoesize",
            {"shoesize": "41.5"},
            {"customData.shoeSize": 41.5},
            "41.5",
            {"shoesize": "14"},
            "Enter 15 or more.",
            empty=None,
        ),
        Field(
            "startdate",
            day("startdate", "2031", "3", "2"),
            {"customData.startDate": "2031-03-02"},
            "2031",
            day("startdate", "", "3", "2"),
            "Enter the day, the month and the year.",
        ),
        Field(
            "newsletter",
            {"newsletter": True},
            {"customData.newsletter": True},
            "Yes",
            empty=False,
            shown_empty="No",
        ),
        Field(
            "favouritecolour",
            {"favouritecolour": "blue"},
            {"customData.favouriteColour": "blue"},
            "Blue",
            {"favouritecolour": "mauve"},
            OF_THE_LIST,
        ),
        one("blog", "customData.blog", "https://blog.example/", "ftp://blog.example", WHOLE_ADDRESS),
        one("badgenumber", "customData.badgeNumber", "ZO-0042", "zo-42", "Enter it like this: AB-1234."),
    ]


@browsers
@pytest.mark.parametrize(
    ("handle", "text"),
    [("ada", "Zoë O’Neil 👩🏽‍🔬"), ("empty", "Ö"), ("rtl", "نورة بنت سعد"), ("enterprise", "Ngũgĩ <b>&amp;")],
    ids=["ada", "empty", "rtl", "enterprise"],
)
def test_every_field(opened_as: OpenedAs, place: Place, handle: str, text: str, how: dict[str, bool]) -> None:
    place.logto.state.person(handle).user["customData"].pop("newsletter", None)  # as it is, there is nothing to save
    page = opened_as(handle, "profile", **how)
    editable = [one for one in fields(text) if (handle, one.row) != ("enterprise", "name")]
    assert {one.row for one in editable} == rows_with_a_link(page)

    for one in editable:
        go_through(page, place, handle, one)


@browsers
def test_what_an_organisation_manages_is_shown_with_the_reason(
    opened_as: OpenedAs, place: Place, how: dict[str, bool]
) -> None:
    page = opened_as("enterprise", "profile", **how)
    before = deepcopy(place.logto.state.person("enterprise").user)

    managed = page.locator("#managed")
    expect(managed).to_contain_text("Harbour Energy manages this. Ask them to change it.")
    expect(managed.locator("#row-name")).to_contain_text("Edwin Harbour")
    expect(managed.locator("#row-name")).to_contain_text("Managed")
    expect(managed.get_by_role("link")).to_have_count(0)

    page.goto("/profile/name/change/")
    expect(page.locator("main")).to_contain_text("Harbour Energy manages this. Ask them to change it.")
    expect(page.locator("main").get_by_role("button", name="Save")).to_have_count(0)
    assert place.logto.state.person("enterprise").user == before


KEYS = (
    CustomKey("desk note/ü", "Desk note", editable=True),
    CustomKey("level", "Level", "number", editable=True),
    CustomKey("remote", "Works remotely", "checkbox", editable=True),
    CustomKey("joined", "Joined", "date", editable=True),
    CustomKey("intranet", "Intranet page", "url", editable=True),
    CustomKey("internalScore", "Score", "number"),
)
OF_THE_OPERATOR = (
    one(
        "desk-noteu",
        "customData.desk note/ü",
        "By the window",
        "x" * 1025,
        "Use 1024 characters or fewer. You’ve used 1025.",
        "desk-noteu",
    ),
    replace(
        one("level", "customData.level", "7", "seven", "Enter a number, such as 12 or 12.5."),
        stored={"customData.level": 7},
        empty=None,
    ),
    Field("remote", {"remote": True}, {"customData.remote": True}, "Yes", empty=False, shown_empty="No"),
    Field(
        "joined",
        day("joined", "2019", "10", "1"),
        {"customData.joined": "2019-10-01"},
        "2019",
        day("joined", "2019", "xx", "1"),
        "Use numbers, such as 14, 6 and 1991.",
    ),
    one("intranet", "customData.intranet", "https://intranet.example/zoe", "intranet/zoe", WHOLE_ADDRESS),
)
OF_LOGTO = (
    one("given-name", "profile.givenName", "Zoë", "x" * 129, TOO_LONG),
    one("family-name", "profile.familyName", "O’Neil", "x" * 129, TOO_LONG),
    Field(
        "address",
        {"formatted": "Zoë O’Neil\n1 Quay Street\nBergen", "country": "Norway"},
        {"profile.address.formatted": "Zoë O’Neil\n1 Quay Street\nBergen", "profile.address.country": "Norway"},
        "Norway",
        {"formatted": "Kept", "country": "Atlantis"},
        OF_THE_LIST,
        shown_empty="4 Larch Lane",  # the parts that were left alone
    ),
)


@pytest.fixture
def exposed_keys(settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], custom_data=KEYS),)


@browsers
@pytest.mark.usefixtures("exposed_keys")
def test_every_field_of_a_tenant_that_defines_none_and_every_key_of_the_operator(
    opened_as: OpenedAs, place: Place, how: dict[str, bool]
) -> None:
    place.logto.state.profile_fields.clear()
    place.logto.state.account_center["profileFields"] = None
    page = opened_as("ada", "profile", **how)

    expect(page.locator("#row-internalscore")).to_contain_text("7")
    expect(page.locator("#managed")).to_contain_text(f"Only {settings.SITES[0].brand.name} can change this.")
    assert "internalscore" not in rows_with_a_link(page)
    for one in (*OF_LOGTO, *OF_THE_OPERATOR):
        go_through(page, place, "ada", one)
    assert place.logto.state.person("ada").user["customData"]["internalScore"] == 7


def rows_with_a_link(page: Page) -> set[str]:
    """The rows that open for editing on the page; the photo has pages and tests of its own."""
    found = page.locator(".row:has(a[href$='/change/'])").all()
    rows = {str(row.get_attribute("id")).removeprefix("row-") for row in found if row.is_visible()}
    return rows - {"photo", "username", "email", "phone", "password"}


def go_through(page: Page, place: Place, handle: str, field: Field) -> None:
    """Refused, with nothing stored and nothing lost; then changed; then cleared."""
    person = place.logto.state.person(handle)
    row = opened(page, field)
    if field.bad:
        before = deepcopy(person.user)
        fill(row, field.bad)
        row.get_by_role("button", name="Save").click()
        told(row, field)
        assert person.user == before, f"{field.row}: something was stored"

    expected = with_values(person.user, field.stored)
    fill(row, dict.fromkeys(field.bad, "") | dict(field.good))
    saved(page, row, field, person, expected)
    expect(row, f"{field.row} shows it").to_contain_text(field.shown)

    row = opened(page, field)
    expected = with_values(person.user, dict.fromkeys(field.stored, field.empty))
    fill(row, {name: False if value is True else "" for name, value in field.good.items()})
    saved(page, row, field, person, expected)
    expect(row, f"{field.row} is empty").to_contain_text(field.shown_empty)


def opened(page: Page, field: Field) -> Locator:
    row = page.locator(f"#row-{field.row}")
    at_rest(page)
    row.get_by_role("link").click()
    expect(row.get_by_role("button", name="Save"), f"{field.row} opens").to_be_visible()
    at_rest(page)
    return row


def at_rest(page: Page) -> None:
    """htmx has put in what came last: a click between is quicker than a person."""
    busy = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
    expect(page.locator(busy)).to_have_count(0)


def fill(row: Locator, typed: Typed) -> None:
    for name, value in typed.items():
        box = row.locator(f"[name='{name}']")
        if isinstance(value, bool):
            box.set_checked(value)
        elif box.evaluate("box => box.matches('select')"):
            choose(box, value)
        else:
            box.fill(value)


def choose(box: Locator, value: str) -> None:
    """Chooses; a value that is not offered is put into the page first, as somebody who tampers with it would."""
    box.evaluate(
        "(box, value) => [...box.options].some((one) => one.value === value) || box.add(new Option(value, value))",
        value,
    )
    box.select_option(value)


def told(row: Locator, field: Field) -> None:
    """The words stand beside the input, and everything is still as it was typed."""
    box = row.locator(".field", has=row.page.locator(f"[name='{list(field.bad)[-1]}']"))
    expect(box.locator(".field__error"), f"{field.row} is refused").to_contain_text(field.words)
    assert box.locator("[aria-invalid=true]").count(), f"{field.row}: the input is not marked"
    for name, value in field.bad.items():
        if field.words != OF_THE_LIST:
            expect(row.locator(f"[name='{name}']"), f"{field.row} keeps {name}").to_have_value(str(value))


def saved(page: Page, row: Locator, field: Field, person: Person, expected: dict[str, Any]) -> None:
    row.get_by_role("button", name="Save").click()
    expect(row, f"{field.row} says so").to_contain_text("Saved")
    assert person.user | {"updatedAt": 0} == expected, field.row
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{field.row}: wider than the screen"


def with_values(user: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What the user must be once these are stored and nothing else is; paths lead through objects."""
    expected: dict[str, Any] = deepcopy(user) | {"updatedAt": 0}
    for path, value in values.items():
        *objects, key = path.split(".")
        inner = expected
        for name in objects:
            inner = inner.setdefault(name, {})
        inner[key] = value
    return expected
