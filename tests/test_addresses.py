"""The addresses that docs/addresses.md promises are there, and for programs they answer as promised."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from pytest_django.fixtures import Settings

from settings_app.sites import read_site

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


def test_who_finds_a_weakness_learns_whom_to_tell(client: Client, settings: Settings) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SITES = (replace(settings.SITES[0], security_contact="mailto:security@fernhill.example"),)
    answer = client.get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    told = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert told["Contact"] == "mailto:security@fernhill.example"
    assert told["Canonical"] == "http://testserver/.well-known/security.txt"
    left = datetime.fromisoformat(told["Expires"]) - timezone.now()
    assert timedelta(days=28) < left < timedelta(days=31)


@pytest.mark.parametrize("contact", ["security@example.com", "http://example.com", "mailto:a@b\nX: y", "javascript:x"])
def test_a_contact_is_an_address_on_one_line(contact: str) -> None:
    problems = read_site({"security_contact": contact}, "Site 1")[1]
    assert any("must be an address such as mailto:security@example.com" in problem for problem in problems)
