"""What some contract tests need of a tenant, and how a named tenant is asked whether it offers that."""

from __future__ import annotations

import os
from collections.abc import Callable

from tests.contract.calls import Api

Offers = Callable[[Api], bool]


def never(api: Api) -> bool:
    return False


def has_email_codes(api: Api) -> bool:
    return bool(os.environ.get("CONTRACT_EMAIL_FILE") or os.environ.get("CONTRACT_INBOX_URL"))


def has_text_codes(api: Api) -> bool:
    return bool(os.environ.get("CONTRACT_SMS_FILE") or os.environ.get("CONTRACT_INBOX_URL"))


def has_mock_connector(api: Api) -> bool:
    return any(each["connectorId"] == "mock-social-connector" for each in api.get("/api/connectors").json())


def has_email_connector(api: Api) -> bool:
    return any(each["type"] == "Email" for each in api.get("/api/connectors").json())


def has_no_storage(api: Api) -> bool:
    return bool(api.get("/api/user-assets/service-status").json()["status"] == "not_configured")


def has_no_password_expiration(api: Api) -> bool:
    return not api.get("/api/sign-in-exp").json()["passwordExpiration"].get("enabled")


def has_default_code_policy(api: Api) -> bool:
    return not api.get("/api/sign-in-exp").json()["verificationCodePolicy"]


def tells_usernames_apart_by_case(api: Api) -> bool:
    return bool(api.get("/api/sign-in-exp").json()["usernamePolicy"]["caseSensitive"])


def has_plain_password_policy(api: Api) -> bool:
    policy = api.get("/api/sign-in-exp").json()["passwordPolicy"]
    rejects = policy.get("rejects", {})
    return bool(
        policy.get("length", {"min": 8, "max": 256}) == {"min": 8, "max": 256}
        and rejects.get("userInfo", True)
        and not rejects.get("pwned", True)
        and not rejects.get("repetitionAndSequence", True)
    )


# Marker -> (what is needed, whether a named tenant has it). The sandbox has everything.
NEEDS: dict[str, tuple[str, Offers]] = {
    "needs_email_codes": ("codes sent by email can be read", has_email_codes),
    "needs_text_codes": ("codes sent by text message can be read", has_text_codes),
    "needs_mock_connector": ("Logto's mock social connector", has_mock_connector),
    "needs_email_connector": ("an email connector", has_email_connector),
    "needs_no_storage": ("no storage for uploads", has_no_storage),
    "needs_no_password_expiration": ("password expiration off", has_no_password_expiration),
    "needs_default_code_policy": ("ten tries per code", has_default_code_policy),
    "needs_usernames_by_case": ("usernames told apart by capitals", tells_usernames_apart_by_case),
    "needs_plain_password_policy": (
        "length 8 to 256, personal words refused, no breach list",
        has_plain_password_policy,
    ),
    "needs_clock": ("a clock that can be moved", never),
    "needs_other_settings": ("settings changed for the test", never),
    "needs_social_connectors": ("Google, GitHub and Apple connectors with a pretend provider", never),
    "needs_signed_in_person": ("a person with sessions and grants", never),
    "needs_enterprise_person": ("a person with an enterprise identity", never),
    "needs_storage": ("a place for uploads that may be filled", never),
    "needs_second_resource": ("an API resource besides the Management API", never),
    "needs_applications": ("applications made for the test", never),
}
