"""What some contract tests need of a tenant, and how a named tenant is asked whether it offers that.

With CONTRACT_MAY_CHANGE_TENANT=1, for a tenant that is thrown away afterwards, tests set what they need themselves
and put it back. What even then cannot be had is marked with a reason.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from urllib.parse import urlsplit

from tests.contract.calls import Api

Offers = Callable[[Api], bool]


def never(api: Api) -> bool:
    return False


def may_change(api: Api) -> bool:
    return os.environ.get("CONTRACT_MAY_CHANGE_TENANT") == "1"


def can_be_called(api: Api) -> bool:
    return may_change(api) and bool(os.environ.get("CONTRACT_RECEIVER_HOST"))


def has_email_codes(api: Api) -> bool:
    return bool(os.environ.get("CONTRACT_EMAIL_FILE") or os.environ.get("CONTRACT_INBOX_URL"))


def has_text_codes(api: Api) -> bool:
    return bool(os.environ.get("CONTRACT_SMS_FILE") or os.environ.get("CONTRACT_INBOX_URL"))


def has_connectors(*factory_ids: str) -> Offers:
    def offers(api: Api) -> bool:
        return set(factory_ids) <= {each["connectorId"] for each in api.get("/api/connectors").json()}

    return offers


def has_email_connector(api: Api) -> bool:
    return any(each["type"] == "Email" for each in api.get("/api/connectors").json())


def has_no_storage(api: Api) -> bool:
    return bool(api.get("/api/user-assets/service-status").json()["status"] == "not_configured")


def is_called_by_ipv4(api: Api) -> bool:
    return may_change(api) and urlsplit(api.endpoint).hostname == "127.0.0.1"


def has_no_password_expiration(api: Api) -> bool:
    return may_change(api) or not api.get("/api/sign-in-exp").json()["passwordExpiration"].get("enabled")


def has_default_code_policy(api: Api) -> bool:
    return may_change(api) or not api.get("/api/sign-in-exp").json()["verificationCodePolicy"]


def tells_usernames_apart_by_case(api: Api) -> bool:
    return may_change(api) or bool(api.get("/api/sign-in-exp").json()["usernamePolicy"]["caseSensitive"])


def has_plain_password_policy(api: Api) -> bool:
    policy = api.get("/api/sign-in-exp").json()["passwordPolicy"]
    rejects = policy.get("rejects", {})
    return may_change(api) or bool(
        policy.get("length", {"min": 8, "max": 256}) == {"min": 8, "max": 256}
        and rejects.get("userInfo", True)
        and not rejects.get("pwned", True)
        and not rejects.get("repetitionAndSequence", True)
    )


# Marker -> (what is needed, whether a named tenant has it). The sandbox has everything.
NEEDS: dict[str, tuple[str, Offers]] = {
    "needs_tenant_to_change": ("a tenant that may be changed: CONTRACT_MAY_CHANGE_TENANT=1", may_change),
    "needs_receiver": (
        "a tenant that may be changed and reaches this machine: CONTRACT_RECEIVER_HOST names it",
        can_be_called,
    ),
    "needs_email_codes": ("codes sent by email can be read", has_email_codes),
    "needs_text_codes": ("codes sent by text message can be read", has_text_codes),
    "needs_mock_connector": ("Logto's mock social connector", has_connectors("mock-social-connector")),
    "needs_email_connector": ("an email connector", has_email_connector),
    "needs_hosted_connectors": ("Apple and LINE connectors", has_connectors("apple-universal", "line-universal")),
    "needs_google_connector": ("a Google connector", has_connectors("google-universal")),
    "needs_no_storage": ("no storage for uploads", has_no_storage),
    "needs_ipv4_caller": ("a tenant of this machine, reached by 127.0.0.1", is_called_by_ipv4),
    "needs_no_password_expiration": ("password expiration off", has_no_password_expiration),
    "needs_default_code_policy": ("ten tries per code", has_default_code_policy),
    "needs_usernames_by_case": ("usernames told apart by capitals", tells_usernames_apart_by_case),
    "needs_plain_password_policy": (
        "length 8 to 256, personal words refused, no breach list",
        has_plain_password_policy,
    ),
    "needs_pretend_provider": ("a provider that hands out codes of ours: the real ones are GitHub and Google", never),
    "needs_enterprise_person": ("somebody who came through an enterprise provider: there is no API to link one", never),
    "needs_storage": ("a bucket for uploads: the server's operator sets it, and files are never deleted", never),
    "needs_no_breach_service": ("a server cut off from the breach list", never),
    "needs_no_email_connector": ("an email connector taken away: it could not be put back as it was", never),
}
