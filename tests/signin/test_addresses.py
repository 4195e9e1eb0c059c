"""Where a person may be sent."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from settings_app.shell.addresses import allowed_next, allowed_return_to
from tests.signin.ways import site


@pytest.mark.parametrize("address", ["/", "/profile/", "/profile/nickname/change/?a=b&c=%2F", "/activity/?page=2#day"])
def test_a_path_on_this_site_is_allowed(address: str) -> None:
    assert allowed_next(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "profile/",
        "//",
        "//?a=b",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "/\t/evil.example/",
        "/profile/\r\nSet-Cookie: a=b",
        "/profile/\x00",
        "https://evil.example/",
        "http:evil.example",
        "javascript:alert(1)",
        " /profile/",
        "/" + "a" * 3000,
    ],
)
def test_everything_else_is_not(address: str) -> None:
    assert allowed_next(address) == ""


@pytest.mark.parametrize(
    "address", ["/sign-in/", "/sign-in/?next=/profile/", "/sign-in/callback/?code=x", "/sign-out/"]
)
def test_signing_in_does_not_lead_to_signing_in_or_out(address: str) -> None:
    assert allowed_next(address) == ""


@pytest.mark.parametrize(
    "address", ["https://app.example.com", "https://app.example.com/orders?id=1", "https://APP.example.com:443/"]
)
def test_a_listed_origin_may_be_returned_to(address: str) -> None:
    listed = replace(site(), return_to=("https://app.example.com",))
    assert allowed_return_to(listed, address) == address


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example.com.evil.example/",
        "https://app.example.com@evil.example/",
        "https://app.example.com:8443/",
        "http://app.example.com/",
        "//app.example.com/",
        "https://evil.example/https://app.example.com",
        "https://app.example.com\\@evil.example/",
        "https://app.example.com/\n",
        "https://[app.example.com/",
        "javascript://app.example.com/%0aalert(1)",
        "/profile/",
        "",
    ],
)
def test_no_other_address_may(address: str) -> None:
    listed = replace(site(), return_to=("https://app.example.com",))
    assert allowed_return_to(listed, address) == ""


def test_the_way_back_to_a_listed_app_stays_while_one_is_signed_in(ada: Client, settings: Settings) -> None:
    settings.SITES = (replace(site(), return_to=("https://app.example.com",)),)
    ada.get("/", {"return_to": "https://app.example.com/orders"})
    page = ada.get("/").content.decode()
    assert 'href="https://app.example.com/orders"' in page
    assert "Back to app.example.com" in page


def test_an_address_taken_off_the_list_is_no_way_back_any_more(ada: Client, settings: Settings) -> None:
    before = site()
    settings.SITES = (replace(before, return_to=("https://app.example.com",)),)
    ada.get("/", {"return_to": "https://app.example.com/orders"})
    settings.SITES = (before,)
    assert "app.example.com" not in ada.get("/").content.decode()


def test_other_addresses_are_no_way_back(ada: Client) -> None:
    page = ada.get("/", {"return_to": "https://evil.example/"}).content.decode()
    assert re.findall(r'(?:href|action|src)="(?:\w+:)?//[^"]*evil', page) == []
