"""Searching users (docs/logto.md 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.contract.calls import Api, refusal

User = dict[str, Any]


def found(api: Api, query: str) -> list[str]:
    answer = api.get(f"/api/users?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Total-Number"] == str(len(answer.json()))
    return [user["id"] for user in answer.json()]


def test_like_adds_no_wildcards(api: Api, user: User) -> None:
    part = user["username"][2:]
    assert found(api, f"search={part}") == []
    assert found(api, f"search=%25{part}%25") == [user["id"]]
    assert found(api, f"search={user['username']}") == [user["id"]]


def test_exact_ignores_capitals_unless_told(api: Api, user: User) -> None:
    capitals = quote(user["primaryEmail"].upper())
    exact = "mode.primaryEmail=exact"
    assert found(api, f"search.primaryEmail={quote(user['primaryEmail'])}&{exact}") == [user["id"]]
    assert found(api, f"search.primaryEmail={capitals}&{exact}") == [user["id"]]
    assert found(api, f"search.primaryEmail={capitals}&{exact}&isCaseSensitive=true") == []


def test_exact_may_name_several(api: Api, user: User, new_user: Callable[..., User], unique: str) -> None:
    other = new_user(username=f"{unique}_b")
    ids = f"search.id={user['id']}&search.id={other['id']}&search.id=nobody&mode.id=exact"
    assert sorted(found(api, ids)) == sorted([user["id"], other["id"]])
    query = f"search.username={user['username']}&search.username={other['username']}&mode.username=exact"
    assert found(api, query) == [other["id"], user["id"]]


def test_joined_with_and(api: Api, user: User) -> None:
    assert found(api, f"search.username={user['username']}&search.name=Con%25&joint=and") == [user["id"]]
    assert found(api, f"search.username={user['username']}&search.name=Nope%25&joint=and") == []


def test_patterns(api: Api, user: User) -> None:
    name = user["username"]
    assert found(api, f"search.username=%5E{name}&mode.username=posix") == [user["id"]]
    assert found(api, f"search.username={name[:9]}%25&mode.username=similar_to&isCaseSensitive=true") == [user["id"]]


@pytest.mark.parametrize(
    "query",
    [
        "search=",
        "search.nope=x",
        "search=x&mode=nope",
        "search=x&joint=nope",
        "search.username=a&search.username=b",
        "search=x&mode=similar_to",
        "excludeRoleId=a&excludeOrganizationId=b",
    ],
)
def test_search_that_makes_no_sense(api: Api, query: str) -> None:
    assert refusal(api.get(f"/api/users?{query}")) == (400, "request.invalid_input")


def test_broken_pattern_breaks_the_server(api: Api) -> None:
    assert refusal(api.get("/api/users?search=(&mode=posix")) == (500, None)


def test_newest_first(api: Api, user: User, new_user: Callable[..., User], unique: str) -> None:
    newer = new_user(username=f"{unique}_b")
    assert found(api, f"search.username={unique}%25") == [newer["id"], user["id"]]
