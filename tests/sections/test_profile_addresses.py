"""Addresses in their country's order and with its names for the parts."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.formats import formats_for
from settings_app.sections.profile.addresses import style_of
from settings_app.sections.profile.details import address_fields, address_text

EMPTY = dict.fromkeys(("street_address", "postal_code", "locality", "region", "country", "formatted"), "")


def asked(country: str, **stored: str) -> list[tuple[str, str]]:
    """The fields of the form and their labels, in order."""
    fields = address_fields(EMPTY | {"country": country} | stored, formats_for())
    return [(name, str(field.label)) for name, field in fields.items()]


@pytest.mark.parametrize(
    ("country", "parts"),
    [
        ("Sweden", ["Country", "Street and house number", "Postal code", "Town or city"]),
        ("SE", ["Country", "Street and house number", "Postal code", "Town or city"]),
        ("United States", ["Country", "Street and house number", "City", "State", "ZIP code"]),
        ("United Kingdom", ["Country", "Street and house number", "Town or city", "Postcode"]),
        ("Japan", ["Country", "Postal code", "Prefecture", "Street and house number"]),
        ("India", ["Country", "Street and house number", "City", "Pincode", "State"]),
        ("Ireland", ["Country", "Street and house number", "City", "County", "Eircode"]),
        ("Hungary", ["Country", "City", "Street and house number", "Postal code"]),
        ("Australia", ["Country", "Street and house number", "Suburb", "State", "Postcode"]),
        ("China", ["Country", "Postal code", "Province", "City", "Street and house number"]),
        ("Hong Kong SAR China", ["Country", "Area", "District", "Street and house number"]),
        ("United Arab Emirates", ["Country", "Street and house number", "Emirate"]),
        ("Germany", ["Country", "Street and house number", "Postal code", "City"]),
        (
            "Atlantis",
            ["Country", "Street and house number", "Postal code", "Town or city", "State, province or region"],
        ),
        ("", ["Country", "Street and house number", "Postal code", "Town or city", "State, province or region"]),
    ],
)
def test_the_form_asks_in_the_countrys_order_by_its_names(country: str, parts: list[str]) -> None:
    assert [label for _name, label in asked(country)] == parts


def test_what_is_stored_can_be_edited_also_where_the_country_has_no_place_for_it() -> None:
    assert asked("Sweden", region="Skåne", formatted="Somewhere")[-2:] == [
        ("region", "Province"),
        ("formatted", "Full address"),
    ]


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        (
            {"street_address": "Vasagatan 1", "postal_code": "111 20", "locality": "Stockholm", "country": "Sweden"},
            "Vasagatan 1\n111 20 Stockholm\nSweden",
        ),
        (
            {
                "street_address": "1 Main St\nApt 2",
                "locality": "Boston",
                "region": "MA",
                "postal_code": "02101",
                "country": "US",
            },
            "1 Main St\nApt 2\nBoston, MA 02101\nUnited States",
        ),
        ({"locality": "Boston", "country": "US"}, "Boston\nUnited States"),
        ({"postal_code": "02101", "country": "US"}, "02101\nUnited States"),
        (
            {"street_address": "千代田1-1", "region": "東京都", "postal_code": "100-0001", "country": "Japan"},
            "〒100-0001\n東京都\n千代田1-1\nJapan",
        ),
        (
            {"street_address": "1-1 Chiyoda", "region": "Tokyo", "postal_code": "100-0001", "country": "Japan"},
            "1-1 Chiyoda, Tokyo\n100-0001\nJapan",
        ),
        (
            {"street_address": "Fő utca 1", "postal_code": "1011", "locality": "Budapest", "country": "Hungary"},
            "Budapest\nFő utca 1\n1011\nHungary",
        ),
        ({"street_address": "Rua A 1", "locality": "São Paulo", "country": "Brazil"}, "Rua A 1\nSão Paulo\nBrazil"),
        ({"street_address": "x", "region": "Skåne", "country": "Sweden"}, "x\nSkåne\nSweden"),
        ({"locality": "Penrith", "postal_code": "CA11"}, "CA11 Penrith"),
        ({"formatted": "All\nin one"}, "All\nin one"),
        ({}, ""),
    ],
)
def test_the_row_shows_the_address_as_on_a_letter(stored: dict[str, str], written: str) -> None:
    assert address_text(EMPTY | stored, formats_for()) == written


def test_the_page_of_the_row_has_this_order(ada: Client, logto: Logto) -> None:
    del logto.state.profile_fields["address"]
    logto.state.person("ada").user["profile"]["address"] = {"country": "Japan", "streetAddress": "1-1 Chiyoda"}

    page = ada.get("/profile/address/change/").content.decode()

    order = re.findall(r'<(?:input|select|textarea)[^>]* name="(country|postal_code|region|street_address)"', page)
    shown = list(dict.fromkeys(order))
    assert shown == ["country", "postal_code", "region", "street_address"]
    assert "Prefecture" in page


def profile_of(logto: Logto) -> dict[str, str]:
    address: dict[str, str] = logto.state.person("ada").user["profile"]["address"]
    return address


def test_the_tenants_parts_stand_in_this_order_too(ada: Client, logto: Logto) -> None:
    logto.state.person("ada").user["profile"]["address"] = {"country": "United States"}
    for part in logto.state.profile_fields["address"]["config"]["parts"]:
        part.pop("label", None)

    page = ada.get("/profile/address/change/").content.decode()

    assert page.index("City") < page.index("ZIP code")
    assert page.index('name="locality"') < page.index('name="postal_code"')


def names_in(page: str) -> list[str]:
    return re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]* name="(\w+)"', page.partition("<main")[2])


def test_choosing_a_country_asks_for_its_parts_and_saves_nothing(ada: Client, logto: Logto) -> None:
    """Without script by "Change country", with it at once; what was typed and what the page had shown stay."""
    del logto.state.profile_fields["address"]
    profile = logto.state.person("ada").user["profile"]
    profile["address"] = {"country": "United Kingdom", "streetAddress": "4 Larch Lane"}
    before = ada.get("/profile/address/change/").content.decode()
    typed = {"country": "Japan", "street_address": "1-1 Chiyoda", "locality": "Tokyo", "postal_code": ""}
    shown = {"initial-country": "United Kingdom", "initial-street_address": "4 Larch Lane", "initial-locality": ""}
    page = ada.post("/profile/address/arrange/", typed | shown).content.decode()

    assert 'formaction="/profile/address/arrange/"' in before
    assert 'hx-post="/profile/address/arrange/"' in before
    assert names_in(page) == ["country", "postal_code", "region", "street_address", "locality"]
    assert "Prefecture" in page
    assert "1-1 Chiyoda" in page
    assert 'value="Tokyo"' in page
    assert 'name="initial-street_address" value="4 Larch Lane"' in page
    assert "field__error" not in page
    assert profile["address"] == {"country": "United Kingdom", "streetAddress": "4 Larch Lane"}

    ada.post("/profile/address/change/", typed | shown | {"region": "Tokyo", "initial-region": ""})
    assert profile_of(logto) == {
        "country": "Japan", "streetAddress": "1-1 Chiyoda", "locality": "Tokyo", "region": "Tokyo",
    }  # fmt: skip


def test_a_country_chosen_without_its_parts_loses_nothing_that_was_typed(ada: Client, logto: Logto) -> None:
    del logto.state.profile_fields["address"]
    logto.state.person("ada").user["profile"]["address"] = {}
    ada.post("/profile/address/change/", {"country": "Japan", "locality": "Kyoto"})
    assert profile_of(logto) == {"country": "Japan", "locality": "Kyoto"}


@pytest.mark.parametrize("path", ["/profile/address/arrange/", "/profile/nickname/arrange/"])
def test_nothing_else_is_arranged(ada: Client, path: str) -> None:
    assert ada.get(path)["Location"] == path.replace("arrange", "change")
    assert ada.post("/profile/nickname/arrange/", {"nickname": "x"})["Location"] == "/profile/nickname/change/"


@pytest.mark.parametrize("country", ["", "XX", "../etc", "ZZ", "se", "all", "us--ca", "\0"])
def test_any_country_has_a_style(country: str) -> None:
    assert "street_address" in style_of(country).parts
