"""The brand: what the tenant has and the operator overrides, its colours in every shade, its pictures, its modes."""

from __future__ import annotations

import colorsys
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.colours import DARK, LIGHT, Mode, accent_of, contrast
from settings_app.logto.looks import dressed
from settings_app.logto.tenant import Tenant
from settings_app.sites import Brand
from tests.signin.ways import site

SVG = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="
COLOURS = [
    "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue / 30, lightness / 16, saturation / 3))
    for hue in range(30)
    for saturation in range(1, 4)
    for lightness in range(17)
] + [f"#{grey:02x}{grey:02x}{grey:02x}" for grey in range(0, 256, 5)]


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
def test_every_brand_colour_can_be_read_and_seen_in_both_modes(mode: Mode) -> None:
    faults = []
    for colour in COLOURS:
        found = accent_of(colour, mode)
        on = (*mode.surfaces, found.accent_subtle)
        rules = {
            "text on the fill": contrast(found.on_accent, found.accent) >= 4.5,
            "text on the fill under the pointer": contrast(found.on_accent, found.accent_hover) >= 4.5,
            "edge": min(contrast(found.accent_edge, surface) for surface in mode.surfaces[:2]) >= 3,
            "text": min(contrast(found.accent_text, surface) for surface in on) >= 4.5,
        }
        faults += [(colour, rule) for rule, holds in rules.items() if not holds]
    assert len(COLOURS) > 1500
    assert faults == []


def test_a_brand_colour_stays_what_it_is_where_it_can() -> None:
    assert accent_of("#2f5bd8", LIGHT).accent == "#2f5bd8"
    yellow = accent_of("#ffd400", LIGHT)
    assert (yellow.accent, yellow.on_accent) == ("#ffd400", "#14161b")
    assert yellow.accent_edge == yellow.accent_text != "#ffd400"
    assert accent_of("#ffffff", LIGHT).accent == LIGHT.text
    assert accent_of("red;}", LIGHT) == accent_of("#2f5bd8", LIGHT)


@pytest.fixture
def branded(logto: Logto) -> Logto:
    """A tenant with looks of its own."""
    logto.state.sign_in_experience |= {
        "color": {"primaryColor": "#E4002B", "isDarkModeEnabled": True, "darkPrimaryColor": "#ffd400"},
        "branding": {"logoUrl": SVG, "darkLogoUrl": SVG + "#", "favicon": SVG},
        "termsOfUseUrl": "https://tenant.example/terms",
        "privacyPolicyUrl": "javascript:alert(1)",
        "supportEmail": "help@tenant.example",
        "supportWebsiteUrl": None,
    }
    return logto


def test_the_page_looks_as_the_tenant_does(client: Client, branded: Logto) -> None:
    page = client.get("/sign-in/").content.decode()
    assert 'href="https://tenant.example/terms"' in page
    assert 'href="mailto:help@tenant.example"' in page
    assert "javascript:" not in page
    assert 'src="/brand/logo/?' in page
    assert 'srcset="/brand/dark-logo/?' in page
    assert 'href="/brand/favicon/?' in page
    assert SVG not in page
    picture = client.get("/brand/logo/")
    assert picture["Content-Type"] == "image/svg+xml"
    assert "script-src" not in picture["Content-Security-Policy"]
    assert "default-src 'none'" in picture["Content-Security-Policy"]
    style = client.get("/brand.css").content.decode()
    assert "--brand-accent:light-dark(#e4002b,#ffd400)" in style
    assert "--session-warning-delay:" in style


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("help+account@tenant.example", "help+account@tenant.example"),
        ("help?bcc=eve&subject=x@tenant.example", "help%3Fbcc%3Deve%26subject%3Dx@tenant.example"),
        ("50%25@tenant.example", "50%2525@tenant.example"),
        ("help@hjälp.example", "help@hj%C3%A4lp.example"),
        ("nobody", ""),
    ],
)
def test_a_mail_link_names_one_address_and_nothing_else(branded: Logto, written: str, link: str) -> None:
    branded.state.sign_in_experience["supportEmail"] = written
    assert dressed(site()).support_url == (f"mailto:{link}" if link else "")


def test_a_logo_that_cannot_be_had_gives_way_to_the_name(client: Client, branded: Logto) -> None:
    branded.state.sign_in_experience["branding"]["logoUrl"] = "https://unreachable.invalid/logo.svg"
    assert 'src="/brand/logo/?' in client.get("/sign-in/").content.decode()
    assert client.get("/brand/logo/").status_code == 404
    page = client.get("/sign-in/").content.decode()
    assert "/brand/logo/" not in page
    assert "Fernhill" in page.partition("header__brand")[2].partition("</a>")[0]


def test_what_the_operator_sets_goes_first(branded: Logto, settings: Any, client: Client) -> None:
    brand = replace(site().brand, colour="#111111", dark_mode="off", logo_url="https://own.example/logo.png")
    settings.SITES = (
        replace(site(), brand=brand, terms_url="https://own.example/terms", support_url="https://own.example/help"),
    )
    shown = dressed(site())
    assert (shown.brand.colour, shown.brand.dark_colour) == ("#111111", "#111111")
    assert (shown.brand.logo_url, shown.brand.dark_logo_url) == ("https://own.example/logo.png", "")
    assert (shown.terms_url, shown.support_url) == ("https://own.example/terms", "https://own.example/help")
    assert shown.privacy_url == ""
    assert 'data-theme="light"' in client.get("/sign-in/").content.decode()


def test_colours_that_are_none_reach_no_style_sheet(client: Client, branded: Logto) -> None:
    branded.state.sign_in_experience["color"] = {"primaryColor": "red;} body{display:none", "darkPrimaryColor": 5}
    assert dressed(site()).brand.colour == "#2f5bd8"  # which mails print too
    style = client.get("/brand.css").content.decode()
    assert "display" not in style
    assert "--brand-accent:light-dark(#2f5bd8," in style


def test_with_logto_down_the_old_look_serves_and_a_new_process_has_one(client: Client, branded: Logto) -> None:
    client.get("/sign-in/")
    branded.faults.add("refused")
    assert "tenant.example/terms" in client.get("/sign-in/").content.decode()
    Tenant.forget_all()
    assert client.get("/sign-in/").status_code == 200
    assert client.get("/brand/favicon/").status_code == 404


def test_who_prefers_light_or_dark_has_it_from_the_first_byte_on(ada: Client) -> None:
    assert "data-theme" not in ada.get("/").content.decode()
    assert ada.post("/theme/", {"theme": "dark", "next": "/profile/"})["Location"] == "/profile/"
    page = ada.get("/profile/").content.decode()
    assert 'data-theme="dark"' in page
    assert '<meta name="color-scheme" content="dark">' in page
    ada.post("/theme/", {"theme": "system"})
    assert "data-theme" not in ada.get("/").content.decode()
    assert ada.post("/theme/", {"theme": "sepia"}).status_code == 400


def test_a_tenant_without_a_dark_mode_has_none_here(ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["color"]["isDarkModeEnabled"] = False
    Tenant.forget_all()
    ada.post("/theme/", {"theme": "dark"})
    page = ada.get("/").content.decode()
    assert 'data-theme="light"' in page
    assert "footer__theme" not in page


def test_a_brand_of_its_own_keeps_no_dark_logo_of_the_tenant(branded: Logto) -> None:
    own = dressed(replace(site(), brand=Brand(name="Own", logo_url="https://own.example/l.png")))
    assert own.brand.dark_logo_url == ""
