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


def test_the_tenants_parts_stand_in_this_order_too(ada: Client, logto: Logto) -> None:
    logto.state.person("ada").user["profile"]["address"] = {"country": "United States"}
    for part in logto.state.profile_fields["address"]["config"]["parts"]:
        part.pop("label", None)

    page = ada.get("/profile/address/change/").content.decode()

    assert page.index("City") < page.index("ZIP code")
    assert page.index('name="locality"') < page.index('name="postal_code"')


@pytest.mark.parametrize("country", ["", "XX", "../etc", "ZZ", "se", "all", "us--ca", "\0"])
def test_any_country_has_a_style(country: str) -> None:
    assert "street_address" in style_of(country).parts
