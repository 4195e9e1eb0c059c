"""How a site looks: as its operator has set, and for the rest as the tenant's sign-in pages do (docs/logto.md 4.4)."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from settings_app import colours, typed
from settings_app.logto import deadline
from settings_app.logto.errors import LogtoError
from settings_app.logto.tenant import Tenant
from settings_app.logto.types.experience import Appearance
from settings_app.sites import Site

IN_A_MAILBOX = "@+!$'*"  # RFC 6068: of what stands in addresses, these mean nothing in such a link
FIRST_WAIT_SECONDS = 1.0  # for what is not known yet; from then on the old look serves while a new one is read


def dressed(site: Site) -> Site:
    """The site as people see it: brand and links filled in. It is for showing alone, and names no other tenant.

    Asks the tenant where nothing is kept; without an answer in time, the operator's settings stand for themselves.
    """
    reading = Tenant.of(site).public_sign_in_experience
    found = reading.kept()
    try:
        if found is None:
            with deadline.until(time.monotonic() + FIRST_WAIT_SECONDS):
                found = reading()
        elif reading.is_due():
            Tenant.of(site).start(reading)
    except LogtoError:
        found = None
    return _dressed(site, found.appearance if found else Appearance())


@lru_cache(maxsize=256)
def _dressed(site: Site, found: Appearance) -> Site:
    own = site.brand
    colour = own.colour or hex_colour(found.colour) or colours.DEFAULT
    brand = replace(
        own,
        logo_url=own.logo_url or found.logo,
        dark_logo_url=own.dark_logo_url or ("" if own.logo_url else found.dark_logo),
        favicon_url=own.favicon_url or found.favicon,
        colour=colour,
        dark_colour=own.dark_colour or ("" if own.colour else hex_colour(found.dark_colour)) or colour,
        dark_mode=own.dark_mode or ("on" if found.has_dark_mode else "off"),
    )
    return replace(
        site,
        brand=brand,
        support_url=site.support_url or web_address(found.support_url) or mail_address(found.support_email),
        privacy_url=site.privacy_url or web_address(found.privacy_url),
        terms_url=site.terms_url or web_address(found.terms_url),
    )


def hex_colour(value: str) -> str:
    """Somebody typed it in Logto's console: nothing else gets into a style sheet."""
    # guard: tenant-colour-is-a-colour
    if not colours.is_colour(value):
        return ""
    return value.lower()


def web_address(value: str) -> str:
    # guard: tenant-links-lead-to-the-web
    return value if typed.is_web_address(value) else ""


def mail_address(value: str) -> str:
    """What an address may be written with, `?` and `&` too, would add a subject, a text or another recipient."""
    try:
        validate_email(value)
    except ValidationError:
        return ""
    # guard: mail-link-names-one-address
    value = quote(value, safe=IN_A_MAILBOX)
    return f"mailto:{value}"
