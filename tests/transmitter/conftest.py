"""A site that tells a receiver of changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pytest_django.fixtures import Settings

from settings_app.sites import Site
from tests.safeguards.conftest import asking

from .receiving import URL, Receiver, listening

__all__ = ["asking"]


@cache
def pem(kind: str = "rsa", bits: int = 2048) -> str:
    key = rsa.generate_private_key(65537, bits) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found


@pytest.fixture
def telling(settings: Settings) -> Site:
    """The site of the tests, which has a receiver."""
    site: Site = replace(
        settings.SITES[0], events_url=URL, events_keys=(pem("ec"),), events_authorization="Bearer receivers-own"
    )
    settings.SITES = (site,)
    return site
