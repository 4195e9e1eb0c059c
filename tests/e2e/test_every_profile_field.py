"""Every field of the profile in a real browser: refused, changed and cleared.

Two people on two kinds of browser by default, the others without a browser in tests/sections; everybody on all four
kinds (with and without script, desktop and phone) with EVERY_BROWSER=1 in the environment. Without script a browser
sends a form as tests/sections does, so there it is one field in four.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings

from accountsite.sandbox.state import Person
from tests.e2e.place import Place
from tests.profile_fields import (
    KEYS,
    OF_LOGTO,
    OF_THE_LIST,
    OF_THE_OPERATOR,
    PEOPLE,
    Field,
    Typed,
    editable_fields,
    with_values,
)

OpenedAs = Callable[..., Page]
BROWSERS = {
    "script-desktop": {"script": True, "phone": False},
    "no-script-phone": {"script": False, "phone": True},
    "script-phone": {"script": True, "phone": True},
    "no-script-desktop": {"script": False, "phone": False},
}
JOURNEYS = [("ada", "script-desktop", 1), ("rtl", "no-script-phone", 4)]
if os.environ.get("EVERY_BROWSER"):
    JOURNEYS = [(*each, 1) for each in product(PEOPLE, BROWSERS)]


@pytest.mark.parametrize(("handle", "browser_kind", "one_in"), JOURNEYS)
def test_every_field(opened_as: OpenedAs, place: Place, handle: str, browser_kind: str, one_in: int) -> None:
    place.logto.state.person(handle).user["customData"].pop("newsletter", None)  # as it is, there is nothing to save
    page = opened_as(handle, "profile", **BROWSERS[browser_kind])
    editable = editable_fields(handle)
    assert {one.row for one in editable} == rows_with_a_link(page)

    for one in editable[::one_in]:
        go_through(page, place, handle, one)


@pytest.fixture
def exposed_keys(settings: Settings) -> None:
    settings.SITES = (replace(settings.SITES[0], custom_data=KEYS),)


@pytest.mark.usefixtures("exposed_keys")
def test_every_field_of_a_tenant_that_defines_none_and_every_key_of_the_operator(
    opened_as: OpenedAs, place: Place
) -> None:
    place.logto.state.profile_fields.clear()
    place.logto.state.account_center["profileFields"] = None
    page = opened_as("ada", "profile")

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
