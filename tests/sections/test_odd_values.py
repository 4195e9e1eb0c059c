"""Nothing that is stored may break a page: odd JSON in every field of a person and of what belongs to the tenant."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accountsite.sandbox.logto import Logto
from tests.people import client_of

PAGES = ("/", "/profile/", "/security/")
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e25, 1e308, 253402300799000, -62135596800000, 253402300799000 * 10),
    *("", " ", "\u200b", "x" * 3000, "\u202ex", "9999-12-31", "https://[", "{{ 1 }}", "+", "1e5", "\ufdfd" * 200),
    *([], {}, [None], [[]], ["x"], [{}], [1e25], {"a": 1}, {"": None}, {"a": {"a": [{}]}}),
)


def status_of_pages(client: Client) -> dict[str, int]:
    return {page: client.get(page).status_code for page in PAGES}


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:30])
def test_no_value_of_a_person_breaks_a_page(db: None, logto: Logto, odd: Any) -> None:
    user = logto.state.person("amara").user
    client = client_of(logto, "amara", verified=True)
    user |= dict.fromkeys(set(user) - {"id", "isSuspended"}, odd)

    assert set(status_of_pages(client).values()) == {200}


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:30])
def test_no_detail_of_a_connected_account_breaks_a_page(db: None, logto: Logto, odd: Any) -> None:
    user = logto.state.person("amara").user
    client = client_of(logto, "amara", verified=True)
    details = {"google": {"userId": odd, "details": dict.fromkeys(("name", "email", "avatar"), odd)}}
    user["identities"] = details | {"github": {"details": odd}, "line": odd, "\n": {}, "": {}, "a/b?c#d": {}}

    assert set(status_of_pages(client).values()) == {200}


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:30])
def test_no_value_of_a_profile_breaks_a_page_or_its_row(ada: Client, logto: Logto, odd: Any) -> None:
    user = logto.state.person("ada").user
    keys = ("familyName", "givenName", "nickname", "website", "gender", "birthdate", "zoneinfo", "locale", "address")
    user["profile"] = dict.fromkeys(keys, odd)
    custom = ("teamName", "shoeSize", "startDate", "newsletter", "favouriteColour", "blog", "badgeNumber")
    user["customData"] = dict.fromkeys(custom, odd)
    rows = ["fullname", "nickname", "website", "gender", "birthdate", "time-zone", "language", "address"]
    rows += [key.lower() for key in custom]

    statuses = status_of_pages(ada) | {row: ada.get(f"/profile/{row}/change/").status_code for row in rows}

    assert {page: status for page, status in statuses.items() if status not in (200, 302)} == {}


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:30])
def test_no_definition_of_a_field_breaks_a_page(ada: Client, logto: Logto, odd: Any) -> None:
    for field in logto.state.profile_fields.values():
        field |= dict.fromkeys(set(field) - {"name", "type"}, odd)

    assert set(status_of_pages(ada).values()) == {200}
