"""Texts, numbers and addresses at the edge of what can be stored (docs/logto.md 0.1, 2.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.calls import Api, guard_issues, refusal


@pytest.mark.parametrize("text", ["\ud800", "a\udc00b"])
def test_half_a_surrogate_pair_in_a_text_column_becomes_the_replacement_character(
    api: Api, bare_path: str, text: str
) -> None:
    answer = api.patch(bare_path, {"name": text})
    stored = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    assert (answer.status_code, answer.json()["name"]) == (200, stored)
    assert api.get(bare_path).json()["name"] == stored


@pytest.mark.parametrize("value", [{"a": "\ud800"}, {"\udc00": 1}, {"a": [{"b": "x\ud83d"}]}, {"a\x00": 1}])
def test_what_a_json_column_cannot_hold_is_not_stored(api: Api, bare_path: str, value: dict[str, Any]) -> None:
    """Which of the two it is depends on PostgreSQL's version."""
    refused = ((500, None), (422, "entity.invalid_input"))
    assert refusal(api.patch(f"{bare_path}/custom-data", {"customData": value})) in refused
    assert refusal(api.patch(bare_path, {"customData": value})) in refused
    assert api.get(f"{bare_path}/custom-data").json() == {}


def test_bytes_that_are_no_utf8_are_replaced(api: Api, bare_path: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = api.call("PATCH", bare_path, data=b'{"name":"\xff!"}', headers=headers)
    assert (answer.status_code, answer.json()["name"]) == (200, "\ufffd!")


@pytest.mark.parametrize(
    ("written", "kept"),
    [("1e25", 1e25), ("9007199254740993", 9007199254740992), ("1e400", None), ("-0.1", -0.1)],
)
def test_numbers_are_those_of_javascript(api: Api, bare_path: str, written: str, kept: float | None) -> None:
    headers = {"Content-Type": "application/json"}
    body = f'{{"customData":{{"n":{written}}}}}'
    answer = api.call("PATCH", f"{bare_path}/custom-data", data=body, headers=headers)
    assert answer.status_code == 200
    assert api.get(f"{bare_path}/custom-data").json() == {"n": kept}


@pytest.mark.parametrize("address", ["https://[", "https://", "https://a:99999", "https://a b", "https://1.2.3.4.5"])
def test_addresses_that_no_browser_takes_are_refused(api: Api, bare_path: str, address: str) -> None:
    assert guard_issues(api.patch(bare_path, {"avatar": address})) == [("invalid_string", "avatar")]


@pytest.mark.parametrize("address", ["https://[::1]", "https://-", "http:a", "data:,", "https://.com"])
def test_addresses_that_a_browser_takes_are_stored(api: Api, bare_path: str, address: str) -> None:
    assert api.patch(bare_path, {"avatar": address}).json()["avatar"] == address


@pytest.mark.parametrize("body", ['{"name": NaN}', '{"name": Infinity}', "[[[]"])
def test_what_is_no_json_is_refused_without_a_code(api: Api, bare_path: str, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    assert refusal(api.call("PATCH", bare_path, data=body, headers=headers)) == (400, None)


def test_a_nul_in_a_search_or_a_recipient_breaks_the_server(api: Api) -> None:
    assert refusal(api.get("/api/users?search=a%00b")) == (500, None)
    assert refusal(api.post("/api/verification-codes/verify", {"email": "a\x00@b.test", "verificationCode": "1"})) == (
        500,
        None,
    )
