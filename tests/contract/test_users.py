"""Users: making, reading, changing, suspending, deleting (docs/logto.md 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.calls import Api, guard_issues, refusal

User = dict[str, Any]
USER_KEYS = {
    "id", "username", "primaryEmail", "primaryPhone", "name", "avatar", "customData", "identities", "lastSignInAt",
    "createdAt", "updatedAt", "profile", "applicationId", "isSuspended", "hasPassword",
}  # fmt: skip


def test_new_user_has_all_keys(user: User) -> None:
    assert set(user) - {"cimdClientId"} == USER_KEYS
    assert user["hasPassword"] is True
    assert user["isSuspended"] is False
    assert (user["customData"], user["identities"], user["profile"]) == ({}, {}, {})
    assert user["lastSignInAt"] is None
    assert len(user["id"]) <= 12


def test_user_may_have_nothing_at_all(new_user: Callable[..., User]) -> None:
    user = new_user()
    assert {user[key] for key in ("username", "primaryEmail", "primaryPhone", "name", "avatar")} == {None}
    assert user["hasPassword"] is False


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("username", "user.username_already_in_use"),
        ("primaryEmail", "user.email_already_in_use"),
        ("primaryPhone", "user.phone_already_in_use"),
    ],
)
def test_identifier_can_be_used_once(api: Api, user: User, bare_path: str, field: str, code: str) -> None:
    assert refusal(api.post("/api/users", {field: user[field]})) == (422, code)
    assert refusal(api.patch(bare_path, {field: user[field]})) == (422, code)


def test_email_is_taken_in_capitals_too(api: Api, user: User, bare_path: str) -> None:
    capitals = user["primaryEmail"].upper()
    assert refusal(api.post("/api/users", {"primaryEmail": capitals})) == (422, "user.email_already_in_use")
    assert refusal(api.patch(bare_path, {"primaryEmail": capitals})) == (422, "user.email_already_in_use")


def test_phone_is_taken_with_a_zero_after_the_country_too(api: Api, user: User, bare_path: str) -> None:
    with_zero = "490" + user["primaryPhone"].removeprefix("49")
    assert refusal(api.patch(bare_path, {"primaryPhone": with_zero})) == (422, "user.phone_already_in_use")


@pytest.mark.needs_usernames_by_case
def test_username_in_capitals_is_another_one(
    api: Api, user: User, bare_path: str, change_settings: Callable[..., Any]
) -> None:
    policy = api.get("/api/sign-in-exp").json()["usernamePolicy"]
    if not policy["caseSensitive"]:
        change_settings(usernamePolicy=policy | {"caseSensitive": True})
    assert api.patch(bare_path, {"username": user["username"].upper()}).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "1abc"), ("primaryEmail", "x"), ("primaryPhone", "+12025550151"), ("password", "")],
)
def test_new_user_with_a_malformed_field(api: Api, field: str, value: str) -> None:
    issue = "too_small" if field == "password" else "invalid_string"
    assert guard_issues(api.post("/api/users", {field: value})) == [(issue, field)]


def test_password_and_digest_exclude_each_other(api: Api, unique: str) -> None:
    both = {"username": unique, "password": "a", "passwordDigest": "b", "passwordAlgorithm": "MD5"}
    assert refusal(api.post("/api/users", both)) == (400, "user.password_and_digest")
    alone = {"username": unique, "passwordDigest": "b"}
    assert refusal(api.post("/api/users", alone)) == (400, "user.password_algorithm_required")


def test_user_is_read_back(api: Api, user: User, path: str) -> None:
    assert api.get(path).json() == user
    with_enterprise = api.get(f"{path}?includeSsoIdentities=true").json()
    assert with_enterprise == user | {"ssoIdentities": []}
    assert set(api.get(f"{path}?includePasswordHash=yes").json()) - set(user) == {"passwordDigest", "passwordAlgorithm"}


def test_unknown_user(api: Api) -> None:
    assert refusal(api.get("/api/users/nope")) == (404, "entity.not_found")
    assert refusal(api.patch("/api/users/nope", {"name": "x"})) == (404, "entity.not_found")
    assert refusal(api.delete("/api/users/nope")) == (404, "entity.not_found")


def test_change_touches_only_what_is_named(api: Api, user: User, path: str) -> None:
    changed = api.patch(path, {"name": "New Name", "nmae": "dropped"}).json()
    assert changed == user | {"name": "New Name", "updatedAt": changed["updatedAt"]}
    assert changed["updatedAt"] >= user["updatedAt"]


@pytest.mark.parametrize("body", [{}, {"nmae": "x"}, {"isSuspended": True}, None])
def test_change_of_nothing(api: Api, path: str, body: Any) -> None:
    assert refusal(api.patch(path, body)) == (422, "entity.invalid_input")


def test_password_is_no_part_of_the_user(api: Api, user: User, path: str) -> None:
    assert api.patch(path, {"name": "Rec", "password": "x"}).status_code == 200
    right = f"Pass-{user['username']}-word"
    assert api.post(f"{path}/password/verify", {"password": right}).status_code == 204


@pytest.mark.parametrize("field", ["username", "primaryEmail", "primaryPhone", "name", "avatar"])
@pytest.mark.parametrize("empty", ["", None])
def test_empty_text_and_null_clear_a_field(api: Api, path: str, field: str, empty: str | None) -> None:
    answer = api.patch(path, {field: empty})
    assert answer.status_code == 200
    assert answer.json()[field] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "a-b"),
        ("username", "1abc"),
        ("primaryEmail", "not an email"),
        ("primaryPhone", "+12025550151"),
        ("primaryPhone", "1202 5550151"),
        ("avatar", "not a url"),
        ("avatar", "/a.png"),
    ],
)
def test_malformed_field(api: Api, path: str, field: str, value: str) -> None:
    assert guard_issues(api.patch(path, {field: value})) == [("invalid_string", field)]


def test_number_instead_of_a_text(api: Api, path: str) -> None:
    answer = api.patch(path, {"name": 5})
    assert guard_issues(answer) == [("invalid_union", "name")]
    unions = answer.json()["data"]["issues"][0]["unionErrors"]
    assert [union["issues"][0]["code"] for union in unions] == ["invalid_type", "invalid_literal"]


@pytest.mark.parametrize(
    ("field", "longest", "too_long"),
    [
        ("name", "n" * 128, "n" * 129),
        ("username", "u" * 128, "u" * 129),
        ("primaryEmail", "e" * 114 + "@e.example.tld", "e" * 115 + "@e.example.tld"),
        ("avatar", "https://x.test/" + "a" * 2033, "https://x.test/" + "a" * 2034),
    ],
)
def test_longest_text(api: Api, path: str, field: str, longest: str, too_long: str) -> None:
    assert refusal(api.patch(path, {field: too_long})) == (422, "entity.value_too_long")
    assert api.patch(path, {field: longest}).json()[field] == longest
    api.patch(path, {field: None})


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "Zoë 🙂", " "])
def test_name_is_kept_as_it_is(api: Api, path: str, name: str) -> None:
    assert api.patch(path, {"name": name}).json()["name"] == name


def test_nul_character_breaks_the_server(api: Api, path: str) -> None:
    answer = api.patch(path, {"name": "a\x00b"})
    assert refusal(answer) == (500, None)
    assert set(answer.json()) == {"message"}


def test_email_keeps_its_capitals(api: Api, path: str, unique: str) -> None:
    mixed = f"Rec.{unique}@Example.Test"
    assert api.patch(path, {"primaryEmail": mixed}).json()["primaryEmail"] == mixed


def test_phone_that_cannot_be_read_is_refused_an_impossible_one_is_not(api: Api, path: str, unique: str) -> None:
    assert refusal(api.patch(path, {"primaryPhone": "1"})) == (422, "user.invalid_phone")
    impossible = "1234" + str(int(unique[1:], 16))[:6]
    assert api.patch(path, {"primaryPhone": impossible}).json()["primaryPhone"] == impossible


@pytest.mark.parametrize(
    "avatar", ["https://cdn.example.test/b.png", "javascript:alert(1)", "data:image/png;base64,AA"]
)
def test_avatar_is_any_address(api: Api, path: str, avatar: str) -> None:
    assert api.patch(path, {"avatar": avatar}).json()["avatar"] == avatar


def test_suspending_and_back(api: Api, path: str) -> None:
    for suspended in (True, True, False):
        answer = api.patch(f"{path}/is-suspended", {"isSuspended": suspended})
        assert (answer.status_code, answer.json()["isSuspended"]) == (200, suspended)


@pytest.mark.parametrize("body", [{}, {"isSuspended": "true"}])
def test_suspending_needs_yes_or_no(api: Api, path: str, body: Any) -> None:
    assert guard_issues(api.patch(f"{path}/is-suspended", body)) == [("invalid_type", "isSuspended")]
    assert refusal(api.patch("/api/users/nope/is-suspended", {"isSuspended": True})) == (404, "entity.not_found")


def test_suspended_user_still_passes_the_password_check(api: Api, user: User, path: str) -> None:
    api.patch(f"{path}/is-suspended", {"isSuspended": True})
    right = f"Pass-{user['username']}-word"
    assert api.post(f"{path}/password/verify", {"password": right}).status_code == 204


def test_deleted_user_is_gone(api: Api, path: str) -> None:
    answer = api.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal(api.get(path)) == (404, "entity.not_found")
    assert refusal(api.delete(path)) == (404, "entity.not_found")
    assert refusal(api.patch(path, {"name": "x"})) == (404, "entity.not_found")
    assert api.get(f"{path}/sessions").json() == {"sessions": []}
    for below in ("organizations", "roles", "mfa-verifications", "personal-access-tokens"):
        assert refusal(api.get(f"{path}/{below}")) == (404, "entity.not_found")


def test_machine_cannot_delete_itself(api: Api) -> None:
    assert refusal(api.delete(f"/api/users/{api.app_id}")) == (400, "user.cannot_delete_self")
