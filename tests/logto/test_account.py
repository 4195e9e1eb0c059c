"""One table: what each operation of an account sends, and what it makes of the answer."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
import requests
import responses
from responses import matchers

from settings_app.logto.account import Account
from settings_app.logto.errors import NotFound, Refused, TooManyRequests, Unavailable
from settings_app.logto.types import (
    Authorization,
    Factor,
    Grant,
    Invitation,
    InvitationStatus,
    LogEntry,
    LogPage,
    LogtoConfig,
    LogtoSession,
    Organization,
    PasswordIssue,
    PasswordVerdict,
    Person,
    PersonalAccessToken,
    Profile,
    Role,
    SocialIdentity,
)

LOGTO = "https://logto.test"
ADA = "/api/users/ada"
USER = {"id": "ada", "name": "Ada", "isSuspended": False}
PERSON = Person(id="ada", name="Ada")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CALLBACK = "https://account.test/connections/callback/"
GOOGLE = {
    "google": {
        "userId": "g1",
        "details": {"id": "g1", "name": "Ada G", "email": "ada@google.test", "rawData": {"a": 1}},
    }
}
STUDIO = {
    "id": "o1",
    "name": "Studio",
    "description": "Boats",
    "branding": {"logoUrl": "https://x.test/l"},
    "isMfaRequired": True,
}
IDENTITY = SocialIdentity(target="google", id="g1", name="Ada G", email="ada@google.test")


class Row(NamedTuple):
    """One operation: the call, what must travel, what comes back, what the caller gets."""

    call: Callable[[Account], object]
    method: str
    path: str
    sent: dict[str, Any] | None
    status: int
    body: object
    result: object
    query: dict[str, str] = {}


ROWS = {
    "person": Row(lambda a: a.person(), "GET", ADA, None, 200, USER, PERSON, {"includeSsoIdentities": "true"}),
    "is_gone": Row(lambda a: a.is_gone(), "GET", ADA, None, 200, USER, False, {"includeSsoIdentities": "true"}),
    "suspend": Row(lambda a: a.suspend(), "PATCH", f"{ADA}/is-suspended", {"isSuspended": True}, 200, USER, PERSON),
    "restore": Row(lambda a: a.restore(), "PATCH", f"{ADA}/is-suspended", {"isSuspended": False}, 200, USER, PERSON),
    "delete": Row(lambda a: a.delete(), "DELETE", ADA, None, 204, None, None),
    "change_name": Row(lambda a: a.change_name("Ada"), "PATCH", ADA, {"name": "Ada"}, 200, USER, PERSON),
    "clear_name": Row(lambda a: a.change_name(""), "PATCH", ADA, {"name": ""}, 200, USER, PERSON),
    "change_profile": Row(
        lambda a: a.change_profile(given_name="Ada", website=""),
        "PATCH",
        f"{ADA}/profile",
        {"profile": {"givenName": "Ada", "website": ""}},
        200,
        {"givenName": "Ada", "website": "", "nickname": "A"},
        Profile(given_name="Ada", nickname="A"),
    ),
    "change_avatar": Row(
        lambda a: a.change_avatar("https://x.test/a"), "PATCH", ADA, {"avatar": "https://x.test/a"}, 200, USER, PERSON
    ),
    "remove_avatar": Row(lambda a: a.remove_avatar(), "PATCH", ADA, {"avatar": ""}, 200, USER, PERSON),
    "change_custom_data": Row(
        lambda a: a.change_custom_data({"size": "M"}),
        "PATCH",
        f"{ADA}/custom-data",
        {"customData": {"size": "M"}},
        200,
        {"size": "M", "kept": 1},
        {"size": "M", "kept": 1},
    ),
    "change_username": Row(lambda a: a.change_username("ada"), "PATCH", ADA, {"username": "ada"}, 200, USER, PERSON),
    "remove_username": Row(lambda a: a.remove_username(), "PATCH", ADA, {"username": ""}, 200, USER, PERSON),
    "change_email": Row(
        lambda a: a.change_email("Ada@x.test"), "PATCH", ADA, {"primaryEmail": "Ada@x.test"}, 200, USER, PERSON
    ),
    "remove_email": Row(lambda a: a.remove_email(), "PATCH", ADA, {"primaryEmail": ""}, 200, USER, PERSON),
    "change_phone": Row(
        lambda a: a.change_phone("+1 (202) 555-0150"), "PATCH", ADA, {"primaryPhone": "12025550150"}, 200, USER, PERSON
    ),
    "remove_phone": Row(lambda a: a.remove_phone(), "PATCH", ADA, {"primaryPhone": ""}, 200, USER, PERSON),
    "send_code_by_mail": Row(
        lambda a: a.send_code("Ada@x.test"), "POST", "/api/verification-codes", {"email": "Ada@x.test"}, 204, None, None
    ),
    "send_code_by_sms": Row(
        lambda a: a.send_code("+1 202 555 0150"),
        "POST",
        "/api/verification-codes",
        {"phone": "12025550150"},
        204,
        None,
        None,
    ),
    "check_code": Row(
        lambda a: a.check_code("Ada@x.test", "123456"),
        "POST",
        "/api/verification-codes/verify",
        {"email": "Ada@x.test", "verificationCode": "123456"},
        204,
        None,
        None,
    ),
    "right_password": Row(
        lambda a: a.verify_password("pw"), "POST", f"{ADA}/password/verify", {"password": "pw"}, 204, None, True
    ),
    "wrong_password": Row(
        lambda a: a.verify_password("pw"),
        "POST",
        f"{ADA}/password/verify",
        {"password": "pw"},
        422,
        {"code": "session.invalid_credentials"},
        False,
    ),
    "good_password": Row(
        lambda a: a.check_password("pw"),
        "POST",
        "/api/sign-in-exp/default/check-password",
        {"password": "pw", "userId": "ada"},
        200,
        {"result": True},
        PasswordVerdict(accepted=True),
    ),
    "bad_password": Row(
        lambda a: a.check_password("pw"),
        "POST",
        "/api/sign-in-exp/default/check-password",
        {"password": "pw", "userId": "ada"},
        400,
        {
            "result": False,
            "issues": [
                {"code": "password_rejected.too_short", "interpolation": {"min": 8}},
                {"code": "password_rejected.restricted.user_info"},
            ],
        },
        PasswordVerdict(accepted=False, issues=(PasswordIssue("too_short", 8), PasswordIssue("restricted.user_info"))),
    ),
    "password_that_could_not_be_judged": Row(
        lambda a: a.check_password("pw"),
        "POST",
        "/api/sign-in-exp/default/check-password",
        {"password": "pw", "userId": "ada"},
        400,
        {"code": "request.invalid_input", "data": {"message": "fetch failed"}},
        PasswordVerdict(accepted=False, judged=False),
    ),
    "set_password": Row(
        lambda a: a.set_password("pw"), "PATCH", f"{ADA}/password", {"password": "pw"}, 200, USER, PERSON
    ),
    "factors": Row(
        lambda a: a.factors(),
        "GET",
        f"{ADA}/mfa-verifications",
        None,
        200,
        [{"id": "f1", "type": "BackupCode", "createdAt": "2026-11-21T04:09:59.052Z", "remainCodes": 10}],
        (Factor("f1", "BackupCode", created_at=datetime(2026, 11, 21, 4, 9, 59, 52000, UTC), codes_left=10),),
    ),
    "add_authenticator": Row(
        lambda a: a.add_authenticator(SECRET),
        "POST",
        f"{ADA}/mfa-verifications",
        {"type": "Totp", "secret": SECRET},
        200,
        {"type": "Totp", "secret": SECRET, "secretQrCode": "data:image/png;base64,AA"},
        None,
    ),
    "add_backup_codes": Row(
        lambda a: a.add_backup_codes(),
        "POST",
        f"{ADA}/mfa-verifications",
        {"type": "BackupCode"},
        200,
        {"type": "BackupCode", "codes": ["0123456789", "abcdef0123"]},
        ("0123456789", "abcdef0123"),
    ),
    "remove_factor": Row(
        lambda a: a.remove_factor("f1"), "DELETE", f"{ADA}/mfa-verifications/f1", None, 204, None, None
    ),
    "configuration": Row(
        lambda a: a.configuration(),
        "GET",
        f"{ADA}/logto-configs",
        None,
        200,
        {"mfa": {"skipped": False, "skipMfaOnSignIn": True}},
        LogtoConfig(skips_two_step_at_sign_in=True),
    ),
    "change_configuration": Row(
        lambda a: a.change_configuration(two_step_enabled=True),
        "PATCH",
        f"{ADA}/logto-configs",
        {"mfa": {"enabled": True}},
        200,
        {"mfa": {"enabled": True, "skipped": False, "skipMfaOnSignIn": False}, "passkeySignIn": {"skipped": False}},
        LogtoConfig(two_step_enabled=True),
    ),
    "ask_again_at_sign_in": Row(
        lambda a: a.change_configuration(skips_two_step_at_sign_in=False),
        "PATCH",
        f"{ADA}/logto-configs",
        {"mfa": {"skipMfaOnSignIn": False}},
        200,
        {"mfa": {"skipMfaOnSignIn": False}},
        LogtoConfig(),
    ),
    "authorization_address": Row(
        lambda a: a.authorization_address("c1", state="st", redirect_uri=CALLBACK),
        "POST",
        "/api/connectors/c1/authorization-uri",
        {"state": "st", "redirectUri": CALLBACK},
        200,
        {"redirectTo": "https://provider.test/auth?state=st"},
        "https://provider.test/auth?state=st",
    ),
    "connect": Row(
        lambda a: a.connect("c1", {"code": "once", "state": "st"}, redirect_uri=CALLBACK),
        "POST",
        f"{ADA}/identities",
        {"connectorId": "c1", "connectorData": {"code": "once", "state": "st", "redirectUri": CALLBACK}},
        200,
        GOOGLE,
        (IDENTITY,),
    ),
    "disconnect": Row(lambda a: a.disconnect("google"), "DELETE", f"{ADA}/identities/google", None, 200, USER, None),
    "sessions": Row(
        lambda a: a.sessions(),
        "GET",
        f"{ADA}/sessions",
        None,
        200,
        {
            "sessions": [
                {
                    "payload": {
                        "uid": "s1",
                        "jti": "cookie",
                        "loginTs": 1795233847,
                        "iat": 1795233000,
                        "authorizations": {"web": {"sid": "sid1", "grantId": "g1", "persistsLogout": True}},
                    },
                    "lastSubmission": {"signInContext": {"ip": "192.0.2.1", "userAgent": "Firefox", "city": "Bern"}},
                    "clientId": "web",
                    "expiresAt": 1796443447416,
                },
                {"payload": {"uid": "s2"}, "lastSubmission": None, "clientId": None, "expiresAt": 1796443447416},
            ]
        },
        (
            LogtoSession(
                uid="s1",
                authorizations=(Authorization("web", "sid1", "g1"),),
                is_finished=True,
                signed_in_at=datetime(2026, 11, 21, 4, 4, 7, tzinfo=UTC),
                expires_at=datetime(2026, 12, 5, 4, 4, 7, 416000, tzinfo=UTC),
                application_id="web",
                address="192.0.2.1",
                user_agent="Firefox",
                city="Bern",
            ),
            LogtoSession(uid="s2", expires_at=datetime(2026, 12, 5, 4, 4, 7, 416000, tzinfo=UTC)),
        ),
    ),
    "end_session": Row(
        lambda a: a.end_session("s1"),
        "DELETE",
        f"{ADA}/sessions/s1",
        None,
        204,
        None,
        None,
        {"revokeGrantsTarget": "all"},
    ),
    "grants": Row(
        lambda a: a.grants(),
        "GET",
        f"{ADA}/grants",
        None,
        200,
        {
            "grants": [
                {
                    "id": "g1",
                    "payload": {
                        "clientId": "web",
                        "jti": "secret",
                        "iat": 1795233847,
                        "openid": {"scope": "openid  email openid"},
                        "resources": {"https://api.test": "read write"},
                    },
                    "expiresAt": 1796443447416,
                    "application": {"id": "web", "name": "Web"},
                }
            ]
        },
        (
            Grant(
                "g1",
                "web",
                "Web",
                ("openid", "email"),
                {"https://api.test": ("read", "write")},
                datetime(2026, 11, 21, 4, 4, 7, tzinfo=UTC),
                datetime(2026, 12, 5, 4, 4, 7, 416000, tzinfo=UTC),
            ),
        ),
    ),
    "end_grant": Row(lambda a: a.end_grant("g1"), "DELETE", f"{ADA}/grants/g1", None, 204, None, None),
    "organizations": Row(
        lambda a: a.organizations(),
        "GET",
        f"{ADA}/organizations",
        None,
        200,
        [
            {
                "id": "studio",
                "name": "Okafor Studio",
                "description": None,
                "isMfaRequired": True,
                "branding": {"logoUrl": "https://x.test/logo.svg"},
                "organizationRoles": [{"id": "owner", "name": "Owner"}],
            },
            {"id": "club", "name": "Rowing Club", "description": "Oars", "branding": {}, "organizationRoles": []},
        ],
        (
            Organization(
                "studio", "Okafor Studio", "", "https://x.test/logo.svg", True, roles=(Role("owner", "Owner"),)
            ),
            Organization("club", "Rowing Club", "Oars"),
        ),
    ),
    "roles": Row(
        lambda a: a.roles(),
        "GET",
        f"{ADA}/roles",
        None,
        200,
        [{"id": "r2", "name": "editor", "description": "May edit", "type": "User"}],
        (Role("r2", "editor", "May edit"),),
        {"page": "1", "page_size": "100"},
    ),
    "consent_organizations": Row(
        lambda a: a.consent_organizations("https://app.test/x"),
        "GET",
        "/api/applications/https%3A%2F%2Fapp.test%2Fx/users/ada/consent-organizations",
        None,
        200,
        {"organizations": [STUDIO]},
        (Organization("o1", "Studio", "Boats", "https://x.test/l", True),),
        {"page": "1", "page_size": "100"},
    ),
    "consent_organizations_of_the_tenants_own": Row(
        lambda a: a.consent_organizations("web"),
        "GET",
        "/api/applications/web/users/ada/consent-organizations",
        None,
        422,
        {"code": "application.third_party_application_only"},
        (),
        {"page": "1", "page_size": "100"},
    ),
    "change_consent_organizations": Row(
        lambda a: a.change_consent_organizations("app", ("o1", "o2", "o1")),
        "PUT",
        "/api/applications/app/users/ada/consent-organizations",
        {"organizationIds": ["o1", "o2"]},
        204,
        None,
        None,
    ),
    "leave_organization": Row(
        lambda a: a.leave_organization("studio"),
        "DELETE",
        "/api/organizations/studio/users/ada",
        None,
        204,
        None,
        None,
    ),
    "invitations_to": Row(
        lambda a: a.invitations_to("Ada+x@example.test"),
        "GET",
        "/api/organization-invitations",
        None,
        200,
        [
            {
                "id": "i1",
                "invitee": "ada+x@example.test",
                "inviterId": "amara",
                "acceptedUserId": None,
                "organizationId": "studio",
                "status": "Pending",
                "createdAt": 1795233847000,
                "updatedAt": 1795233847000,
                "expiresAt": 1795233848000,
                "organizationRoles": [{"id": "member", "name": "Member"}],
            },
            {"id": "i2", "invitee": "eve@example.test", "status": "Pending"},
            {"id": "i4", "invitee": "ada+x@example.te\u017ft", "status": "Pending"},
            {"id": "i3", "invitee": "ADA+x@example.test", "status": "Sleeping"},
        ],
        (
            Invitation(
                "i1",
                "studio",
                "ada+x@example.test",
                "amara",
                "",
                InvitationStatus.PENDING,
                (Role("member", "Member"),),
                datetime(2026, 11, 21, 4, 4, 7, tzinfo=UTC),
                datetime(2026, 11, 21, 4, 4, 7, tzinfo=UTC),
                datetime(2026, 11, 21, 4, 4, 8, tzinfo=UTC),
            ),
            Invitation("i3", invitee="ADA+x@example.test"),
        ),
        {"invitee": "Ada+x@example.test"},
    ),
    "accept_invitation": Row(
        lambda a: a.accept_invitation("i1"),
        "PUT",
        "/api/organization-invitations/i1/status",
        {"status": "Accepted", "acceptedUserId": "ada"},
        200,
        {"id": "i1", "status": "Accepted"},
        None,
    ),
    "decline_invitation": Row(
        lambda a: a.decline_invitation("i1"),
        "PUT",
        "/api/organization-invitations/i1/status",
        {"status": "Revoked"},
        200,
        {"id": "i1", "status": "Revoked"},
        None,
    ),
    "add_personal_access_token": Row(
        lambda a: a.add_personal_access_token("ci", datetime(2026, 11, 21, 4, 4, 8, tzinfo=UTC)),
        "POST",
        f"{ADA}/personal-access-tokens",
        {"name": "ci", "expiresAt": 1795233848000},
        201,
        {"name": "ci", "value": "pat_new", "createdAt": 1795233847000, "expiresAt": 1795233848000},
        "pat_new",
    ),
    "add_personal_access_token_without_end": Row(
        lambda a: a.add_personal_access_token("ci", None),
        "POST",
        f"{ADA}/personal-access-tokens",
        {"name": "ci", "expiresAt": None},
        201,
        {"name": "ci", "value": "pat_new"},
        "pat_new",
    ),
    "rename_personal_access_token": Row(
        lambda a: a.rename_personal_access_token("ci", becomes="ci 2/3"),
        "PATCH",
        f"{ADA}/personal-access-tokens",
        {"currentName": "ci", "name": "ci 2/3"},
        200,
        {"name": "ci 2/3", "value": "pat_secret"},
        None,
    ),
    "personal_access_tokens": Row(
        lambda a: a.personal_access_tokens(),
        "GET",
        f"{ADA}/personal-access-tokens",
        None,
        200,
        [
            {"name": "backup", "value": "pat_secret", "createdAt": 1795233847000, "expiresAt": None},
            {"name": "soon", "value": "pat_other", "createdAt": 1795233847000, "expiresAt": 1795233848000},
        ],
        (
            PersonalAccessToken("backup", datetime(2026, 11, 21, 4, 4, 7, tzinfo=UTC)),
            PersonalAccessToken(
                "soon", datetime(2026, 11, 21, 4, 4, 7, tzinfo=UTC), datetime(2026, 11, 21, 4, 4, 8, tzinfo=UTC)
            ),
        ),
    ),
    "log": Row(
        lambda a: a.log(until_ms=9000, event="Interaction.SignIn.Submit", page=2, since_ms=1000),
        "GET",
        "/api/logs",
        None,
        200,
        [
            {
                "id": "l1",
                "key": "Interaction.SignIn.Submit",
                "createdAt": 5000,
                "payload": {
                    "result": "Success",
                    "userId": "ada",
                    "ip": "192.0.2.1",
                    "sessionId": "planted",
                    "params": {"code": "planted", "code_verifier": "planted"},
                    "interaction": {
                        "signInContext": {"city": "Bern", "userAgent": "Browser"},
                        "verificationRecords": [{"type": "Password", "verified": True}, {"type": "Totp"}],
                    },
                },
            },
            {"id": "l2", "key": "Interaction.SignIn.Submit", "createdAt": 4000, "payload": {"userId": "somebody-else"}},
        ],
        LogPage(
            (
                LogEntry(
                    id="l1",
                    event="Interaction.SignIn.Submit",
                    at=datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC),
                    result="Success",
                    user_id="ada",
                    address="192.0.2.1",
                    user_agent="Browser",
                    city="Bern",
                    proven=("Password",),
                ),
            ),
            is_last=True,
            oldest_ms=4000,
        ),
        {
            "userId": "ada",
            "logKey": "Interaction.SignIn.Submit",
            "start_time": "1000",
            "end_time": "9000",
            "enableCap": "true",
            "page": "2",
            "page_size": "100",
        },
    ),
    "remove_personal_access_token": Row(
        lambda a: a.remove_personal_access_token("backup"),
        "POST",
        f"{ADA}/personal-access-tokens/delete",
        {"name": "backup"},
        204,
        None,
        None,
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_each_operation_is_one_call(account: Account, wire: responses.RequestsMock, row: Row) -> None:
    body = matchers.json_params_matcher(row.sent) if row.sent is not None else matchers.body_matcher("")
    answer = {"body": ""} if row.body is None else {"json": row.body}
    mounted = wire.add(
        row.method,
        f"{LOGTO}{row.path}",
        status=row.status,
        match=[matchers.query_param_matcher(row.query), *([body] if row.sent is not None else [])],
        **answer,
    )
    assert row.call(account) == row.result
    assert mounted.call_count == 1
    assert len(wire.calls) == 2  # the token, the call
    assert row.sent is not None or not wire.calls[-1].request.body


def test_every_operation_stands_in_the_table_or_has_a_test_of_its_own() -> None:
    operations = {name for name, _ in inspect.getmembers(Account, inspect.isfunction) if not name.startswith("_")}
    tabled = {row.call.__code__.co_names[0] for row in ROWS.values()}
    assert operations - tabled == {
        "change_address",
        "upload_picture",
        "organizations_require_two_step",
    }


def test_no_operation_takes_a_user_id() -> None:
    operations = [
        method for name, method in inspect.getmembers(Account, inspect.isfunction) if not name.startswith("_")
    ]
    parameters = {name for operation in operations for name in inspect.signature(operation).parameters}
    assert {name for name in parameters if "user" in name or "person" in name} == {"username"}


def test_an_address_keeps_the_parts_that_were_not_changed(account: Account, wire: responses.RequestsMock) -> None:
    stored = {"locality": "Bern", "region": "", "country": "CH", "odd": 5}
    wire.get(f"{LOGTO}{ADA}", json={"id": "ada", "profile": {"nickname": "A", "address": stored}})
    wanted = {"profile": {"address": {"locality": "Thun", "region": "", "country": "CH", "postalCode": "3600"}}}
    wire.patch(f"{LOGTO}{ADA}/profile", json=wanted["profile"], match=[matchers.json_params_matcher(wanted)])
    profile = account.change_address(locality="Thun", postal_code="3600")
    assert (profile.address.locality, profile.address.country) == ("Thun", "CH")


@pytest.mark.parametrize("stored", [None, [], "x", {"address": None}, {"address": "Bern"}])
def test_an_address_is_added_where_there_is_none(
    account: Account, wire: responses.RequestsMock, stored: object
) -> None:
    wire.get(f"{LOGTO}{ADA}", json={"id": "ada", "profile": stored})
    wanted = {"profile": {"address": {"country": "CH"}}}
    wire.patch(f"{LOGTO}{ADA}/profile", json=wanted["profile"], match=[matchers.json_params_matcher(wanted)])
    assert account.change_address(country="CH").address.country == "CH"


@pytest.mark.parametrize(
    ("organizations", "required"), [([{"isMfaRequired": False}, {"isMfaRequired": True}, 5], True), ([{}, 5], False)]
)
def test_an_organization_may_require_a_second_step(
    account: Account, wire: responses.RequestsMock, organizations: list[object], required: bool
) -> None:
    wire.get(f"{LOGTO}/api/sign-in-exp", json={"mfa": {"organizationRequiredMfaPolicy": "Mandatory"}})
    wire.get(f"{LOGTO}{ADA}/organizations", json=organizations)
    assert account.organizations_require_two_step() is required


def test_without_an_address_nobodys_invitations_are_asked_for(account: Account, wire: responses.RequestsMock) -> None:
    assert account.invitations_to("") == ()
    assert len(wire.calls) == 0


def test_a_token_without_its_secret_is_one_that_nobody_has_seen(account: Account, wire: responses.RequestsMock) -> None:
    wire.post(f"{LOGTO}{ADA}/personal-access-tokens", json={"name": "ci"}, status=201)
    with pytest.raises(Unavailable) as caught:
        account.add_personal_access_token("ci", None)
    assert caught.value.may_have_happened


def test_organizations_are_not_asked_where_they_have_no_say(account: Account, wire: responses.RequestsMock) -> None:
    wire.get(f"{LOGTO}/api/sign-in-exp", json={"mfa": {"organizationRequiredMfaPolicy": "NoPrompt"}})
    asked = wire.get(f"{LOGTO}{ADA}/organizations", json=[{"isMfaRequired": True}])
    assert account.organizations_require_two_step() is False
    assert asked.call_count == 0


def test_a_list_in_pages_is_read_to_its_end(account: Account, wire: responses.RequestsMock) -> None:
    for page, count in ((1, 100), (2, 100), (3, 0)):
        query = matchers.query_param_matcher({"page": str(page), "page_size": "100"})
        wire.get(f"{LOGTO}{ADA}/roles", json=[{"id": f"{page}-{one}"} for one in range(count)], match=[query])
    assert len(account.roles()) == 200


def test_organizations_of_an_app_that_could_not_be_read_are_not_none(
    account: Account, wire: responses.RequestsMock
) -> None:
    address = f"{LOGTO}/api/applications/app/users/ada/consent-organizations"
    wire.get(address, status=404, body="Not Found", content_type="text/plain")
    with pytest.raises(NotFound):
        account.consent_organizations("app")
    wire.replace("GET", address, status=404, json={"code": "entity.not_exists_with_id"})
    assert account.consent_organizations("app") == ()


def test_a_picture_travels_as_one_file(account: Account, wire: responses.RequestsMock) -> None:
    file = {"file": ("random.webp", b"RIFF", "image/webp")}
    wire.post(f"{LOGTO}/api/user-assets", json={"url": "https://cdn.test/p"}, match=[matchers.multipart_matcher(file)])
    assert account.upload_picture("random.webp", b"RIFF", "image/webp") == "https://cdn.test/p"


def test_a_name_that_is_no_profile_field_is_a_mistake(account: Account, wire: responses.RequestsMock) -> None:
    with pytest.raises(KeyError):
        account.change_profile(is_admin="true")
    assert len(wire.calls) == 0


REMOVALS: dict[str, tuple[Callable[[Account], object], str]] = {
    "factor": (lambda a: a.remove_factor("x"), "mfa-verifications"),
    "identity": (lambda a: a.disconnect("x"), "identities"),
    "session": (lambda a: a.end_session("x"), "sessions"),
    "grant": (lambda a: a.end_grant("x"), "grants"),
}


@pytest.mark.parametrize(("remove", "below"), REMOVALS.values(), ids=REMOVALS.keys())
@pytest.mark.parametrize(
    "code", ["entity.not_found", "user.identity_not_exist", "oidc.session_not_found", "oidc.invalid_grant"]
)
def test_what_is_gone_already_counts_as_removed(
    account: Account, wire: responses.RequestsMock, remove: Callable[[Account], object], below: str, code: str
) -> None:
    wire.delete(f"{LOGTO}{ADA}/{below}/x", status=404, json={"code": code})
    assert remove(account) is None


@pytest.mark.parametrize(("remove", "below"), REMOVALS.values(), ids=REMOVALS.keys())
def test_an_address_that_is_not_there_removes_nothing(
    account: Account, wire: responses.RequestsMock, remove: Callable[[Account], object], below: str
) -> None:
    wire.delete(f"{LOGTO}{ADA}/{below}/x", status=404, body="Not Found", content_type="text/plain")
    with pytest.raises(NotFound):
        remove(account)


@pytest.mark.parametrize(("remove", "below"), REMOVALS.values(), ids=REMOVALS.keys())
def test_a_removal_that_failed_is_not_called_done(
    account: Account, wire: responses.RequestsMock, remove: Callable[[Account], object], below: str
) -> None:
    wire.delete(f"{LOGTO}{ADA}/{below}/x", status=500, json={"message": "Internal server error."})
    with pytest.raises(Unavailable):
        remove(account)


def test_another_persons_data_is_never_taken_for_this_ones(account: Account, wire: responses.RequestsMock) -> None:
    wire.get(f"{LOGTO}{ADA}", json={"id": "grace"})
    with pytest.raises(Unavailable, match="another_person"):
        account.person()


@pytest.mark.parametrize("said", [{}, {"isSuspended": None}, {"isSuspended": "false"}, {"isSuspended": 0}])
def test_a_person_of_whom_is_not_said_whether_they_are_suspended_is_not_let_in(
    account: Account, wire: responses.RequestsMock, said: dict[str, object]
) -> None:
    wire.get(f"{LOGTO}{ADA}", json={"id": "ada", **said})
    with pytest.raises(Unavailable, match="unexpected"):
        account.person()


@pytest.mark.parametrize("secret", ["", "short", SECRET.lower(), SECRET + "A", SECRET[:-1] + "1", SECRET[:-1] + "="])
def test_an_incomplete_authenticator_secret_is_never_sent(
    account: Account, wire: responses.RequestsMock, secret: str
) -> None:
    with pytest.raises(ValueError, match="not an authenticator secret"):
        account.add_authenticator(secret)
    assert len(wire.calls) == 0


def test_the_recorded_callback_address_wins_over_the_one_in_the_answer(
    account: Account, wire: responses.RequestsMock
) -> None:
    wire.post(f"{LOGTO}{ADA}/identities", json={})
    account.connect("c1", {"code": "once", "redirectUri": "https://evil.test/"}, redirect_uri=CALLBACK)
    sent = json.loads(wire.calls[-1].request.body or b"")
    assert sent["connectorData"] == {"code": "once", "redirectUri": CALLBACK}


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "", "//evil.test/", "ftp://x.test"])
def test_only_a_web_address_is_gone_to(account: Account, wire: responses.RequestsMock, address: str) -> None:
    wire.post(f"{LOGTO}/api/connectors/c1/authorization-uri", json={"redirectTo": address})
    with pytest.raises(Unavailable, match="no_web_address"):
        account.authorization_address("c1", state="st", redirect_uri=CALLBACK)


def test_refusals_of_a_check_are_not_taken_for_a_verdict(account: Account, wire: responses.RequestsMock) -> None:
    wire.post(f"{LOGTO}/api/sign-in-exp/default/check-password", status=400, json={"code": "guard.invalid_input"})
    with pytest.raises(Refused, match=r"guard\.invalid_input"):
        account.check_password("pw")
    wire.post(f"{LOGTO}{ADA}/password/verify", status=400, json={"code": "guard.invalid_input"})
    with pytest.raises(Refused, match=r"guard\.invalid_input"):
        account.verify_password("")


def test_a_breach_service_that_hangs_leaves_the_password_unjudged(
    account: Account, wire: responses.RequestsMock
) -> None:
    wire.post(f"{LOGTO}/api/sign-in-exp/default/check-password", body=requests.ReadTimeout())
    assert account.check_password("pw") == PasswordVerdict(accepted=False, judged=False)


def test_a_dead_logto_is_not_an_unjudged_password(account: Account, wire: responses.RequestsMock) -> None:
    wire.post(f"{LOGTO}/api/sign-in-exp/default/check-password", body=requests.ConnectionError("refused"))
    with pytest.raises(Unavailable):
        account.check_password("pw")


@pytest.mark.parametrize("odd", ["", "a/b", None])
def test_a_second_step_that_no_address_can_name_is_no_answer(
    account: Account, wire: responses.RequestsMock, odd: str | None
) -> None:
    wire.get(f"{LOGTO}{ADA}/mfa-verifications", json=[{"id": odd, "type": "WebAuthn"}])
    with pytest.raises(Unavailable, match=r"answer\.unexpected"):
        account.factors()


REFUSALS: dict[str, tuple[Callable[[Account], object], str, str, int, str, type[Exception]]] = {
    "email taken": (lambda a: a.change_email("a@b.test"), "PATCH", ADA, 422, "user.email_already_in_use", Refused),
    "too many messages": (
        lambda a: a.send_code("a@b.test"),
        "POST",
        "/api/verification-codes",
        429,
        "request.message_rate_limited",
        TooManyRequests,
    ),
    "no mail connector": (
        lambda a: a.send_code("a@b.test"),
        "POST",
        "/api/verification-codes",
        501,
        "connector.not_found",
        Refused,
    ),
    "wrong code": (
        lambda a: a.check_code("a@b.test", "1"),
        "POST",
        "/api/verification-codes/verify",
        400,
        "verification_code.code_mismatch",
        Refused,
    ),
    "second authenticator": (
        lambda a: a.add_authenticator(SECRET),
        "POST",
        f"{ADA}/mfa-verifications",
        422,
        "user.totp_already_in_use",
        Refused,
    ),
    "backup codes alone": (
        lambda a: a.add_backup_codes(),
        "POST",
        f"{ADA}/mfa-verifications",
        422,
        "session.mfa.backup_code_can_not_be_alone",
        Refused,
    ),
    "identity in use": (
        lambda a: a.connect("c1", {}, redirect_uri=CALLBACK),
        "POST",
        f"{ADA}/identities",
        422,
        "user.identity_already_in_use",
        Refused,
    ),
    "provider code refused": (
        lambda a: a.connect("c1", {}, redirect_uri=CALLBACK),
        "POST",
        f"{ADA}/identities",
        401,
        "connector.social_auth_code_invalid",
        Refused,
    ),
    "not linkable": (
        lambda a: a.authorization_address("c1", state="s", redirect_uri=CALLBACK),
        "POST",
        "/api/connectors/c1/authorization-uri",
        501,
        "connector.not_implemented",
        Refused,
    ),
    "deleted meanwhile": (lambda a: a.person(), "GET", ADA, 404, "entity.not_found", NotFound),
}


@pytest.mark.parametrize(
    ("call", "method", "address", "status", "code", "expected"), REFUSALS.values(), ids=REFUSALS.keys()
)
def test_each_refusal_reaches_the_caller_with_its_code(
    account: Account,
    wire: responses.RequestsMock,
    call: Callable[[Account], object],
    method: str,
    address: str,
    status: int,
    code: str,
    expected: type[Exception],
) -> None:
    wire.add(method, f"{LOGTO}{address}", status=status, json={"code": code, "message": "not for showing"})
    with pytest.raises(expected, match=code):
        call(account)
