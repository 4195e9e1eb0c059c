"""Personal access tokens (docs/logto.md 12)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.contract.calls import Api, guard_issues, refusal

KEYS = {"tenantId", "userId", "name", "value", "createdAt", "expiresAt"}


@pytest.fixture
def tokens(bare_path: str) -> str:
    return f"{bare_path}/personal-access-tokens"


def soon() -> int:
    return int(time.time() * 1000) + 3_600_000


def names(api: Api, tokens: str) -> list[str]:
    """In order: Logto's own is that of no column."""
    return sorted(token["name"] for token in api.get(tokens).json())


def test_list_shows_the_secret_each_time(api: Api, tokens: str) -> None:
    assert api.get(tokens).json() == []
    expires_at = soon()
    first = api.post(tokens, {"name": "ci"})
    second = api.post(tokens, {"name": "soon", "expiresAt": expires_at})
    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.json()["expiresAt"], second.json()["expiresAt"]) == (None, expires_at)
    assert set(first.json()) == KEYS
    assert first.json()["value"].startswith("pat_")
    for _ in range(2):
        listed = sorted(api.get(tokens).json(), key=lambda one: one["name"])
        assert listed == [first.json(), second.json()]


@pytest.mark.parametrize(
    ("body", "issue", "where"),
    [
        ({}, "invalid_type", "name"),
        ({"name": ""}, "too_small", "name"),
        ({"name": "n" * 257}, "too_big", "name"),
        ({"name": "x", "expiresAt": "2040-01-01"}, "invalid_type", "expiresAt"),
    ],
)
def test_malformed_token(api: Api, tokens: str, body: Any, issue: str, where: str) -> None:
    assert guard_issues(api.post(tokens, body)) == [(issue, where)]


def test_token_is_refused(api: Api, tokens: str) -> None:
    api.post(tokens, {"name": "ci"})
    assert refusal(api.post(tokens, {"name": "ci"})) == (422, "user.personal_access_token_name_exists")
    assert refusal(api.post(tokens, {"name": "old", "expiresAt": 1})) == (400, "request.invalid_input")


def test_tokens_of_an_unknown_user(api: Api) -> None:
    tokens = "/api/users/nope/personal-access-tokens"
    assert refusal(api.get(tokens)) == (404, "entity.not_found")
    assert refusal(api.post(tokens, {"name": "x"})) == (404, "entity.relation_foreign_key_not_found")


def test_renaming(api: Api, tokens: str) -> None:
    made = api.post(tokens, {"name": "ci"}).json()
    api.post(tokens, {"name": "soon"})
    renamed = api.patch(tokens, {"currentName": "ci", "name": "ci2"})
    assert (renamed.status_code, renamed.json()) == (200, made | {"name": "ci2"})
    taken = api.patch(tokens, {"currentName": "ci2", "name": "soon"})
    assert refusal(taken) == (422, "user.personal_access_token_name_exists")
    assert refusal(api.patch(tokens, {"currentName": "nope", "name": "x"})) == (404, "entity.not_exists")
    assert guard_issues(api.patch(tokens, {"currentName": "ci2"})) == [("invalid_type", "name")]
    assert api.patch(tokens, {"name": "ci2"}).json() == made | {"name": "ci2"}
    assert refusal(api.patch(tokens, {"name": "brand-new"})) == (404, "entity.not_exists")
    by_path = api.patch(f"{tokens}/soon", {"name": "soon 2/3"})
    assert (by_path.status_code, names(api, tokens)) == (200, ["ci2", "soon 2/3"])


def test_deleting(api: Api, tokens: str) -> None:
    for name in ("ci", "soon 2/3"):
        api.post(tokens, {"name": name})
    assert guard_issues(api.post(f"{tokens}/delete", {})) == [("invalid_type", "name")]
    assert api.post(f"{tokens}/delete", {"name": "ci"}).status_code == 204
    assert refusal(api.post(f"{tokens}/delete", {"name": "ci"})) == (404, "entity.not_found")
    assert api.delete(f"{tokens}/soon%202%2F3").status_code == 204
    assert refusal(api.delete(f"{tokens}/nope")) == (404, "entity.not_found")
    assert names(api, tokens) == []


def test_tokens_outlive_password_and_suspension(api: Api, path: str) -> None:
    tokens = f"{path}/personal-access-tokens"
    made = api.post(tokens, {"name": "ci"}).json()
    api.patch(f"{path}/password", {"password": "Another-Pass-2026"})
    api.patch(f"{path}/is-suspended", {"isSuspended": True})
    assert api.get(tokens).json() == [made]
