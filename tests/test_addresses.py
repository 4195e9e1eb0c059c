"""The addresses that docs/addresses.md promises are there, and for programs they answer as promised."""

from __future__ import annotations

import re
from pathlib import Path

from django.test import Client
from django.urls import resolve

PAGE = Path(__file__).resolve().parent.parent / "docs" / "addresses.md"


def test_every_address_on_the_list_is_one() -> None:
    listed = re.findall(r"^\| (`/[^|]*) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    addresses = [address for cell in listed for address in re.findall(r"`([^`]+)`", cell)]
    assert len(addresses) > 20
    assert [address for address in addresses if not resolve(address)] == []  # resolve raises for what is none


def test_password_managers_find_the_pages_of_passkeys(client: Client) -> None:
    answer = client.get("/.well-known/passkey-endpoints")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {
        "enroll": "http://testserver/two-step/passkeys/add/",
        "manage": "http://testserver/security/",
    }
