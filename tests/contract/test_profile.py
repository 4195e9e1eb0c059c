"""Profile, custom data and Logto's settings about a user: what merges, what replaces (docs/logto.md 2.4, 2.5, 7.4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.calls import Api, guard_issues, refusal


def write(api: Api, path: str, **profile: Any) -> Any:
    answer = api.patch(f"{path}/profile", {"profile": profile})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_profile_is_merged(api: Api, path: str) -> None:
    write(api, path, nickname="N")
    assert write(api, path, familyName="F", gender="female") == {"familyName": "F", "nickname": "N", "gender": "female"}
    assert write(api, path) == {"familyName": "F", "nickname": "N", "gender": "female"}
    assert write(api, path, familyName="") == {"familyName": "", "nickname": "N", "gender": "female"}


def test_unknown_profile_keys_are_dropped(api: Api, path: str) -> None:
    assert write(api, path, shoeSize="44", locale="en-GB") == {"locale": "en-GB"}
    assert write(api, path, address={"planet": "x"}) == {"locale": "en-GB", "address": {}}


def test_address_is_replaced_as_one(api: Api, path: str) -> None:
    whole = {
        "formatted": "A",
        "streetAddress": "1 Road",
        "locality": "Town",
        "region": "R",
        "postalCode": "P1",
        "country": "GB",
    }
    assert write(api, path, address=whole) == {"address": whole}
    assert write(api, path, address={"locality": "City"}) == {"address": {"locality": "City"}}
    assert write(api, path, address={}) == {"address": {}}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("birthdate", "1990-02-31"),
        ("birthdate", "31/12/1990"),
        ("birthdate", "yesterday"),
        ("gender", "anything"),
        ("website", "not a url"),
        ("website", "javascript:alert(1)"),
        ("locale", "zz_ZZ_nope"),
        ("zoneinfo", "Mars/Base"),
        ("profile", "p" * 5000),
        ("middleName", "M"),
        ("givenName", "G"),
        ("preferredUsername", "p"),
    ],
)
def test_any_text_is_taken(api: Api, path: str, key: str, value: str) -> None:
    assert write(api, path, **{key: value}) == {key: value}


@pytest.mark.parametrize(
    ("profile", "where"),
    [
        ({"familyName": None}, "profile.familyName"),
        ({"birthdate": 19900101}, "profile.birthdate"),
        ({"address": None}, "profile.address"),
        ({"address": "x"}, "profile.address"),
    ],
)
def test_profile_takes_texts_only(api: Api, path: str, profile: Any, where: str) -> None:
    assert guard_issues(api.patch(f"{path}/profile", {"profile": profile})) == [("invalid_type", where)]


def test_profile_must_be_there(api: Api, path: str) -> None:
    assert guard_issues(api.patch(f"{path}/profile", {})) == [("invalid_type", "profile")]
    assert refusal(api.patch("/api/users/nope/profile", {"profile": {"nickname": "x"}})) == (404, "entity.not_found")


def test_profile_in_the_user_is_replaced(api: Api, path: str) -> None:
    write(api, path, nickname="N", gender="female")
    assert api.patch(path, {"profile": {"nickname": "M"}}).json()["profile"] == {"nickname": "M"}
    assert api.patch(path, {"profile": {}}).json()["profile"] == {}
    assert guard_issues(api.patch(path, {"profile": None})) == [("invalid_type", "profile")]


def test_custom_data_is_merged_at_the_top_only(api: Api, path: str) -> None:
    first = api.patch(f"{path}/custom-data", {"customData": {"a": 1, "n": {"x": 1, "y": 2}}})
    assert (first.status_code, first.json()) == (200, {"a": 1, "n": {"x": 1, "y": 2}})
    second = api.patch(f"{path}/custom-data", {"customData": {"b": 2, "n": {"x": 9}}})
    assert second.json() == {"a": 1, "b": 2, "n": {"x": 9}}
    third = api.patch(f"{path}/custom-data", {"customData": {"b": None}})
    assert third.json() == {"a": 1, "b": None, "n": {"x": 9}}
    assert api.patch(f"{path}/custom-data", {"customData": {}}).json() == third.json()
    assert api.get(f"{path}/custom-data").json() == third.json()


@pytest.mark.parametrize("body", [{"a": 1}, {"customData": [1]}])
def test_custom_data_must_be_an_object(api: Api, path: str, body: Any) -> None:
    assert guard_issues(api.patch(f"{path}/custom-data", body)) == [("invalid_type", "customData")]


def test_custom_data_of_an_unknown_user(api: Api) -> None:
    assert refusal(api.get("/api/users/nope/custom-data")) == (404, "entity.not_found")
    assert refusal(api.patch("/api/users/nope/custom-data", {"customData": {"a": 1}})) == (404, "entity.not_found")


def test_custom_data_in_the_user_is_replaced(api: Api, path: str) -> None:
    api.patch(path, {"customData": {"a": 1}})
    assert api.patch(path, {"customData": {"b": 2}}).json()["customData"] == {"b": 2}
    assert api.patch(path, {"customData": {}}).json()["customData"] == {}


@pytest.mark.parametrize("value", [None, [1], "x"])
def test_custom_data_in_the_user_must_be_an_object(api: Api, path: str, value: Any) -> None:
    assert guard_issues(api.patch(path, {"customData": value})) == [("invalid_type", "customData")]


def test_settings_about_a_user_are_partial(api: Api, path: str) -> None:
    configs = f"{path}/logto-configs"
    new = {"mfa": {"skipped": False, "skipMfaOnSignIn": False}, "passkeySignIn": {"skipped": False}}
    assert api.get(configs).json() == new
    first = api.patch(configs, {"mfa": {"enabled": True, "skipped": True}})
    assert (first.status_code, first.json()["mfa"]) == (
        200,
        {"enabled": True, "skipped": True, "skipMfaOnSignIn": False},
    )
    assert api.patch(configs, {"mfa": {"skipMfaOnSignIn": True}}).json()["mfa"] == {
        "enabled": True,
        "skipped": True,
        "skipMfaOnSignIn": True,
    }
    last = api.patch(configs, {"passkeySignIn": {"skipped": True}}).json()
    assert last["passkeySignIn"] == {"skipped": True}
    assert api.patch(configs, {}).json() == last
    assert api.patch(configs, {"nope": 1}).json() == last


def test_settings_about_a_user_refuse(api: Api, path: str) -> None:
    answer = api.patch(f"{path}/logto-configs", {"mfa": {"enabled": "yes"}})
    assert guard_issues(answer) == [("invalid_type", "mfa.enabled")]
    nobody = "/api/users/nope/logto-configs"
    assert refusal(api.get(nobody)) == (404, "entity.not_found")
    assert refusal(api.patch(nobody, {"mfa": {"enabled": True}})) == (404, "entity.not_found")
    assert api.get(f"{path}/logto-config").text == "Not Found"
