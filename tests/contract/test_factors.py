"""Second factors (docs/logto.md 7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.calls import Api, guard_issues, plain_text, refusal

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def factors(bare_path: str) -> str:
    return f"{bare_path}/mfa-verifications"


def codes(pattern: str) -> list[str]:
    return [pattern.format(number) for number in range(10)]


def test_new_user_has_no_factor(api: Api, factors: str) -> None:
    assert api.get(factors).json() == []
    assert refusal(api.get("/api/users/nope/mfa-verifications")) == (404, "entity.not_found")


def test_authenticator_is_live_at_once_and_hides_its_secret(api: Api, factors: str) -> None:
    made = api.post(factors, {"type": "Totp", "secret": SECRET})
    assert (made.status_code, set(made.json())) == (200, {"type", "secret", "secretQrCode"})
    assert made.json()["secret"] == SECRET
    assert made.json()["secretQrCode"].startswith("data:image/png;base64,")
    listed = api.get(factors).json()
    assert [set(factor) for factor in listed] == [{"id", "type", "createdAt"}]
    assert listed[0]["createdAt"].endswith("Z")
    assert refusal(api.post(factors, {"type": "Totp"})) == (422, "user.totp_already_in_use")


def test_authenticator_secret_can_be_left_to_the_server(api: Api, factors: str) -> None:
    secret = api.post(factors, {"type": "Totp"}).json()["secret"]
    assert len(secret) == 32
    assert set(secret) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def test_empty_authenticator_secret_is_stored(api: Api, factors: str) -> None:
    answer = api.post(factors, {"type": "Totp", "secret": ""})
    assert (answer.status_code, answer.json()["secret"]) == (200, "")


@pytest.mark.parametrize(
    "secret", ["JBSWY3DP", SECRET.lower(), "1" * 32, SECRET[:20], "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"]
)
def test_malformed_authenticator_secret(api: Api, factors: str, secret: str) -> None:
    assert refusal(api.post(factors, {"type": "Totp", "secret": secret})) == (422, "user.totp_secret_invalid")


@pytest.mark.parametrize("body", [{"type": "WebAuthn"}, {"type": "Nope"}, {}])
def test_other_factors_cannot_be_added(api: Api, factors: str, body: Any) -> None:
    assert guard_issues(api.post(factors, body)) == [("invalid_union_discriminator", "type")]


def test_factors_of_an_unknown_user(api: Api) -> None:
    assert refusal(api.post("/api/users/nope/mfa-verifications", {"type": "Totp"})) == (404, "entity.not_found")


def test_backup_codes_cannot_be_added_alone(api: Api, factors: str) -> None:
    answer = api.post(factors, {"type": "BackupCode"})
    assert refusal(answer) == (422, "session.mfa.backup_code_can_not_be_alone")


def test_backup_codes_made_by_the_server(api: Api, factors: str) -> None:
    api.post(factors, {"type": "Totp", "secret": SECRET})
    made = api.post(factors, {"type": "BackupCode"})
    assert (made.status_code, set(made.json())) == (200, {"type", "codes"})
    assert len(made.json()["codes"]) == 10
    assert all(len(code) == 10 and set(code) <= set("0123456789abcdef") for code in made.json()["codes"])
    listed = {factor["type"]: factor for factor in api.get(factors).json()}
    assert set(listed["BackupCode"]) == {"id", "type", "createdAt", "remainCodes"}
    assert listed["BackupCode"]["remainCodes"] == 10
    assert refusal(api.post(factors, {"type": "BackupCode"})) == (422, "user.backup_code_already_in_use")


@pytest.mark.parametrize("own", [codes("ABCDEF012{}"), ["aaaaaaaaaa"] * 10])
def test_backup_codes_of_our_own(api: Api, factors: str, own: list[str]) -> None:
    api.post(factors, {"type": "Totp", "secret": SECRET})
    made = api.post(factors, {"type": "BackupCode", "codes": own})
    assert (made.status_code, made.json()["codes"]) == (200, own)


@pytest.mark.parametrize("own", [codes("aaaaaaaaa{}")[:9], codes("abc{}"), codes("zzzzzzzzz{}"), []])
def test_malformed_backup_codes(api: Api, factors: str, own: list[str]) -> None:
    api.post(factors, {"type": "Totp", "secret": SECRET})
    answer = api.post(factors, {"type": "BackupCode", "codes": own})
    assert refusal(answer) == (422, "user.wrong_backup_code_format")


def test_adding_factors_switches_nothing_on(api: Api, bare_path: str, factors: str) -> None:
    api.post(factors, {"type": "Totp", "secret": SECRET})
    assert "enabled" not in api.get(f"{bare_path}/logto-configs").json()["mfa"]


def test_removing_the_last_real_factor_leaves_backup_codes(api: Api, path: str, factors: str) -> None:
    api.post(factors, {"type": "Totp", "secret": SECRET})
    api.post(factors, {"type": "BackupCode"})
    ids = {factor["type"]: factor["id"] for factor in api.get(factors).json()}
    other = f"{path}/mfa-verifications/{ids['BackupCode']}"
    assert refusal(api.delete(other)) == (404, "entity.not_found")
    assert api.delete(f"{factors}/{ids['Totp']}").status_code == 204
    assert [factor["type"] for factor in api.get(factors).json()] == ["BackupCode"]
    assert refusal(api.delete(f"{factors}/{ids['Totp']}")) == (404, "entity.not_found")
    assert api.delete(f"{factors}/{ids['BackupCode']}").status_code == 204


def test_removing_what_is_not_there(api: Api, factors: str) -> None:
    assert refusal(api.delete(f"{factors}/nope")) == (404, "entity.not_found")
    assert refusal(api.delete("/api/users/nope/mfa-verifications/x")) == (404, "entity.not_found")


def test_trusted_devices_do_not_exist_yet(api: Api, bare_path: str) -> None:
    assert plain_text(api.get(f"{bare_path}/trusted-devices")) == (404, "text/plain", "Not Found")
    assert plain_text(api.delete(f"{bare_path}/trusted-devices/x")) == (404, "text/plain", "Not Found")
