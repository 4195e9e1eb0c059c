"""The tenant's sign-in experience, account center, profile fields, APIs and roles (docs/logto.md 4.4, 4.5, 11, 16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.calls import Api, guard_issues, refusal

Change = Callable[..., dict[str, Any]]
EXPERIENCE_KEYS = {
    "tenantId", "id", "color", "branding", "hideLogtoBranding", "languageInfo", "termsOfUseUrl", "privacyPolicyUrl",
    "agreeToTermsPolicy", "signIn", "signUp", "socialSignIn", "socialSignInConnectorTargets", "signInMode", "customCss",
    "customContent", "customUiAssets", "customUiCsp", "passwordPolicy", "mfa", "adaptiveMfa", "singleSignOnEnabled",
    "supportEmail", "supportWebsiteUrl", "unknownSessionRedirectUrl", "captchaPolicy", "sentinelPolicy",
    "emailBlocklistPolicy", "verificationCodePolicy", "forgotPasswordMethods", "passkeySignIn", "signUpProfileFields",
    "passwordExpiration", "usernamePolicy",
}  # fmt: skip
PUBLIC_KEYS = EXPERIENCE_KEYS - {"emailBlocklistPolicy", "forgotPasswordMethods"} | {
    "socialConnectors", "ssoConnectors", "forgotPassword", "isDevelopmentTenant", "customProfileFields",
    "customProfileFieldCatalog",
}  # fmt: skip
ACCOUNT_CENTER_KEYS = {
    "tenantId", "id", "enabled", "fields", "webauthnRelatedOrigins", "deleteAccountUrl", "customCss", "profileFields",
}  # fmt: skip
FIELD_KEYS = {"tenantId", "id", "name", "type", "label", "description", "required", "config", "createdAt", "sieOrder"}
FIELDS = "/api/custom-profile-fields"


def test_sign_in_experience(api: Api) -> None:
    answer = api.get("/api/sign-in-exp")
    assert answer.status_code == 200
    assert set(answer.json()) >= EXPERIENCE_KEYS
    assert "fields" not in answer.json()


def test_public_sign_in_experience_needs_no_token_and_tells_less(api: Api) -> None:
    answer = api.get("/api/.well-known/sign-in-exp", token=None)
    shown = answer.json()
    assert answer.status_code == 200
    assert set(shown) >= PUBLIC_KEYS
    assert not set(shown) & {"emailBlocklistPolicy", "forgotPasswordMethods"}
    for connector in shown["socialConnectors"]:
        assert set(connector) >= {"id", "target", "name", "logo", "logoDark", "platform"}
        assert "config" not in connector
        assert connector["target"] in shown["socialSignInConnectorTargets"]


def test_account_center_is_the_same_with_and_without_token(api: Api) -> None:
    answer = api.get("/api/account-center")
    assert (answer.status_code, set(answer.json())) == (200, ACCOUNT_CENTER_KEYS)
    assert set(answer.json()["fields"].values()) <= {"Off", "ReadOnly", "Edit"}
    assert api.get("/api/.well-known/account-center", token=None).json() == answer.json()


@pytest.mark.parametrize(
    ("body", "issue", "where"),
    [
        ({"fields": {"name": "Nope"}}, "invalid_enum_value", "fields.name"),
        ({"deleteAccountUrl": "nope"}, "custom", "deleteAccountUrl"),
    ],
)
def test_account_center_refuses(api: Api, body: Any, issue: str, where: str) -> None:
    assert guard_issues(api.patch("/api/account-center", body)) == [(issue, where)]
    assert refusal(api.patch("/api/account-center", {})) == (422, "entity.invalid_input")


@pytest.mark.needs_tenant_to_change
def test_account_center_fields_are_replaced_as_a_whole(api: Api, change_settings: Change) -> None:
    change_settings("/api/account-center", enabled=True)
    changed = change_settings("/api/account-center", fields={"name": "ReadOnly"})
    assert changed["fields"] == {"name": "ReadOnly"}
    assert api.patch("/api/account-center", {"enabled": True}).json() == changed


@pytest.mark.needs_tenant_to_change
def test_account_center_takes_no_unknown_profile_fields(api: Api, change_settings: Change) -> None:
    """1.42.0 refuses them, later versions leave them out."""
    change_settings("/api/account-center", profileFields=[])
    answer = api.patch("/api/account-center", {"profileFields": [{"name": "doesnotexist"}]})
    refused = (400, "custom_profile_fields.entity_not_exists_with_names")
    assert (answer.status_code, answer.json().get("code")) in ((200, None), refused)
    assert api.get("/api/account-center").json()["profileFields"] == []


@pytest.mark.needs_tenant_to_change
def test_account_center_takes_profile_fields_of_the_catalogue_once(
    api: Api, change_settings: Change, unique: str
) -> None:
    made = api.post(FIELDS, {"name": unique, "type": "Text", "label": "x", "required": False})
    assert made.status_code == 201
    try:
        change_settings("/api/account-center", profileFields=[{"name": unique}])
        twice = api.patch("/api/account-center", {"profileFields": [{"name": unique}, {"name": unique}]})
        assert refusal(twice) == (400, "request.invalid_input")
        assert twice.json()["data"] == {"duplicateNames": [unique]}
    finally:
        assert api.delete(f"{FIELDS}/{unique}").status_code == 204
    assert api.get("/api/account-center").json()["profileFields"] == []


def test_sign_in_experience_refuses(api: Api) -> None:
    answer = api.patch("/api/sign-in-exp", {"signInMode": "Nope"})
    assert guard_issues(answer) == [("invalid_enum_value", "signInMode")]
    assert refusal(api.patch("/api/sign-in-exp", {"nope": 1})) == (422, "entity.invalid_input")


@pytest.mark.needs_tenant_to_change
def test_password_expiration_needs_a_way_to_reset(api: Api, change_settings: Change) -> None:
    code = "sign_in_experiences.password_expiration_requires_forgot_password"
    expiration = {"passwordExpiration": {"enabled": True, "validPeriodDays": 3650}}
    change_settings(forgotPasswordMethods=[], passwordExpiration={"enabled": False})
    assert refusal(api.patch("/api/sign-in-exp", expiration)) == (422, code)
    both = api.patch("/api/sign-in-exp", expiration | {"forgotPasswordMethods": ["EmailVerificationCode"]})
    assert both.status_code == 200
    assert set(both.json()["passwordExpiration"]) == {"enabled", "validPeriodDays", "enabledAt"}
    assert refusal(api.patch("/api/sign-in-exp", {"forgotPasswordMethods": []})) == (422, code)
    assert api.patch("/api/sign-in-exp", {"passwordExpiration": {}}).json() == both.json()


def test_profile_fields_are_listed(api: Api) -> None:
    answer = api.get(FIELDS)
    assert answer.status_code == 200
    for field in answer.json():
        assert set(field) == FIELD_KEYS
        assert api.get(f"{FIELDS}/{field['name']}").json() == field
    assert refusal(api.get(f"{FIELDS}/nope")) == (404, "entity.not_found")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a-b", "custom_profile_fields.invalid_name"),
        ("username", "custom_profile_fields.name_conflict_sign_in_identifier"),
    ],
)
def test_profile_field_with_a_wrong_name(api: Api, name: str, code: str) -> None:
    field = {"name": name, "type": "Text", "label": "x", "required": False}
    assert refusal(api.post(FIELDS, field)) == (400, code)


def test_profile_field_of_a_wrong_type(api: Api) -> None:
    answer = api.post(FIELDS, {"name": "zzx", "type": "Nope", "label": "x", "required": False})
    assert guard_issues(answer) == [("invalid_union_discriminator", "type")]
    assert refusal(api.delete(f"{FIELDS}/nope")) == (404, "entity.not_found")


@pytest.mark.needs_tenant_to_change
def test_profile_field_from_making_to_deleting(api: Api, unique: str) -> None:
    options = [{"value": "r", "label": "Red"}, {"value": "g"}]
    field = {"name": unique, "type": "Select", "label": "Colour", "required": False, "config": {"options": options}}
    made = api.post(FIELDS, field)
    assert made.status_code == 201
    assert set(made.json()) == FIELD_KEYS
    assert made.json() == made.json() | field | {"description": None}
    again = {"name": unique, "type": "Text", "label": "x", "required": False}
    assert refusal(api.post(FIELDS, again)) == (422, "custom_profile_fields.name_exists")
    new = {"type": "Text", "label": "Y", "required": True, "config": {"minLength": 1}}
    assert api.put(f"{FIELDS}/{unique}", new).json() == made.json() | new
    assert api.delete(f"{FIELDS}/{unique}").status_code == 204
    assert refusal(api.delete(f"{FIELDS}/{unique}")) == (404, "entity.not_found")


def test_settings_of_tokens_and_sessions(api: Api) -> None:
    assert set(api.get("/api/configs/id-token").json()) == {"enabledExtendedClaims"}
    answer = api.put("/api/configs/id-token", {"enabledExtendedClaims": ["nope"]})
    assert guard_issues(answer) == [("invalid_enum_value", "enabledExtendedClaims.0")]
    assert api.get("/api/configs/oidc/session").status_code == 200


def test_resources(api: Api) -> None:
    plain = {"tenantId", "id", "name", "indicator", "isDefault", "accessTokenTtl"}
    answer = api.get("/api/resources")
    assert answer.status_code == 200
    assert "Total-Number" not in answer.headers
    assert api.resource in {resource["indicator"] for resource in answer.json()}
    assert all(set(resource) == plain for resource in answer.json())
    with_scopes = api.get("/api/resources?includeScopes=true").json()
    assert all(set(resource) == plain | {"scopes"} for resource in with_scopes)


def test_unknown_resource(api: Api) -> None:
    assert refusal(api.get("/api/resources/nope")) == (404, "entity.not_exists_with_id")
    scopes = api.get("/api/resources/nope/scopes")
    assert (scopes.status_code, scopes.json(), scopes.headers["Total-Number"]) == (200, [], "0")


def test_enterprise_connectors(api: Api) -> None:
    answer = api.get("/api/sso-connectors")
    assert answer.status_code == 200
    assert isinstance(answer.json(), list)


def test_unlocking_an_address(api: Api) -> None:
    unlock = "/api/sentinel-activities/delete"
    for targets in (["nobody@example.test"], []):
        assert api.post(unlock, {"targetType": "User", "targets": targets}).status_code == 204
    answer = api.post(unlock, {"targetType": "Nope", "targets": ["x"]})
    assert guard_issues(answer) == [("invalid_enum_value", "targetType")]
