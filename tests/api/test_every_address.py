"""Every address of the API with everybody who may not use it, against a table that is written by hand here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from settings_app.api.routes import api
from settings_app.logto.tenant import Tenant
from tests.api.caller import App

READ, WRITE, SECURITY = "account:read", "account:write", "account:security"
# Method and address, as the description has it, with the scope that is needed.
TABLE = {
    "GET /api/account": READ,
    "PATCH /api/account": WRITE,
    "GET /api/account/avatar": READ,
    "POST /api/account/avatar": WRITE,
    "PUT /api/account/avatar": WRITE,
    "DELETE /api/account/avatar": WRITE,
    "POST /api/account/email": SECURITY,
    "POST /api/account/email/code": SECURITY,
    "DELETE /api/account/email/code": SECURITY,
    "DELETE /api/account/email": SECURITY,
    "POST /api/account/phone": SECURITY,
    "POST /api/account/phone/code": SECURITY,
    "DELETE /api/account/phone/code": SECURITY,
    "DELETE /api/account/phone": SECURITY,
    "PUT /api/account/username": SECURITY,
    "DELETE /api/account/username": SECURITY,
    "PUT /api/account/password": SECURITY,
    "POST /api/confirmations": SECURITY,
    "POST /api/confirmations/codes": SECURITY,
    "POST /api/confirmations/sign-ins": SECURITY,
    "GET /api/second-steps": READ,
    "PUT /api/second-steps": SECURITY,
    "POST /api/second-steps/authenticator": SECURITY,
    "POST /api/second-steps/authenticator/code": SECURITY,
    "DELETE /api/second-steps/authenticator/code": SECURITY,
    "DELETE /api/second-steps/removal": SECURITY,
    "POST /api/second-steps/backup-codes": SECURITY,
    "DELETE /api/second-steps/{id}": SECURITY,
    "GET /api/identities": READ,
    "POST /api/identities": SECURITY,
    "POST /api/identities/{target}": SECURITY,
    "DELETE /api/identities/{target}": SECURITY,
    "GET /api/sessions": READ,
    "DELETE /api/sessions": SECURITY,
    "DELETE /api/sessions/{id}": SECURITY,
    "GET /api/apps": READ,
    "DELETE /api/apps/{id}": SECURITY,
    "GET /api/apps/{id}/organizations": READ,
    "PUT /api/apps/{id}/organizations": SECURITY,
    "GET /api/personal-access-tokens": READ,
    "POST /api/personal-access-tokens": SECURITY,
    "PATCH /api/personal-access-tokens/{id}": SECURITY,
    "DELETE /api/personal-access-tokens/{id}": SECURITY,
    "GET /api/organizations": READ,
    "POST /api/organizations/{id}/leave": SECURITY,
    "GET /api/organization-invitations": READ,
    "POST /api/organization-invitations/email": SECURITY,
    "POST /api/organization-invitations/email/code": SECURITY,
    "POST /api/organization-invitations/{id}/accept": SECURITY,
    "POST /api/organization-invitations/{id}/decline": SECURITY,
    "GET /api/alerts": READ,
    "PUT /api/alerts": SECURITY,
    "POST /api/alerts/address": SECURITY,
    "POST /api/alerts/address/code": SECURITY,
    "DELETE /api/alerts/address/code": SECURITY,
    "DELETE /api/alerts/address": SECURITY,
    "GET /api/activity": READ,
    "POST /api/export": SECURITY,
    "GET /api/deletion": READ,
    "POST /api/deletion": SECURITY,
    "DELETE /api/deletion": SECURITY,
}
# Those that change nothing sensitive, or stop what was begun; all others of this scope want one. On pages nobody is
# asked to confirm for an invitation either: it is the email that is proven.
WITHOUT_CONFIRMATION = {
    "POST /api/confirmations",
    "POST /api/confirmations/codes",
    "POST /api/confirmations/sign-ins",
    "DELETE /api/deletion",
    "DELETE /api/account/email/code",
    "DELETE /api/account/phone/code",
    "DELETE /api/alerts/address/code",
    "DELETE /api/second-steps/authenticator/code",
    "DELETE /api/second-steps/removal",
    "POST /api/organization-invitations/email",
    "POST /api/organization-invitations/email/code",
    "POST /api/organization-invitations/{id}/accept",
    "POST /api/organization-invitations/{id}/decline",
}
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/account/email": {"email": "ada@new.example"},
    "POST /api/account/email/code": {"code": "123456"},
    "POST /api/account/phone": {"phone": "+447700900456"},
    "POST /api/account/phone/code": {"code": "123456"},
    "PUT /api/account/username": {"username": "lovelace"},
    "PUT /api/account/password": {"password": "quiet Orchard 7 walks"},
    "PUT /api/second-steps": {"isAsked": False},
    "POST /api/second-steps/authenticator/code": {"setup": "x"},
    "POST /api/identities": {"parameters": {"state": "x"}},
    "POST /api/identities/{target}": {"redirectUri": "https://app.fernhill.example/connected"},
    "PUT /api/account/avatar": {"identity": "google"},
    "PUT /api/apps/{id}/organizations": {"organizations": []},
    "POST /api/personal-access-tokens": {"name": "x"},
    "PATCH /api/personal-access-tokens/{id}": {"name": "x"},
    "POST /api/organization-invitations/email/code": {"code": "123456"},
    "PUT /api/alerts": {"newDevices": False},
    "POST /api/alerts/address": {"address": "ada@second.example"},
    "POST /api/alerts/address/code": {"code": "123456"},
    "POST /api/organizations/{id}/leave": {"name": "Rowing Club"},
    "POST /api/deletion": {"typed": "ada@winterbourne.example"},
}
ARGUMENTS = {"id": "rowingclub01", "target": "github"}


def every_address() -> list[str]:
    paths = api.get_openapi_schema()["paths"]
    return [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]


def as_call(entry: str) -> tuple[str, str]:
    method, path = entry.split()
    for name, value in ARGUMENTS.items():
        path = path.replace(f"{{{name}}}", value)
    return method, path.removeprefix("/api")


def ask(app: App, entry: str, **headers: str) -> tuple[int, str]:
    answer = app.call(*as_call(entry), BODIES.get(entry), **headers)
    assert answer["Content-Type"] == "application/problem+json", (entry, answer.content)
    return answer.status_code, answer.json()["code"]


def test_every_address_stands_in_the_table() -> None:
    assert sorted(every_address()) == sorted(TABLE)


@pytest.mark.parametrize("entry", sorted(TABLE))
def test_nobody_else_gets_in(app: App, entry: str, subtests: pytest.Subtests) -> None:
    now = int(app.logto.state.now())
    wrong: dict[str, dict[str, Any]] = {
        "expired": {"exp": now - 7200},
        "of another audience": {"aud": "https://billing.fernhill.example"},
        "an ID token": {"aud": "fernhillmobile0000001", "client_id": None, "scope": None},
        "of an organization": {"aud": "urn:logto:organization:okaforstudio"},
        "of a machine": {"sub": "fernhillmobile0000001"},
    }
    with subtests.test("without a token"):
        assert ask(app, entry, Authorization="") == (401, "token.missing")
    with subtests.test("an opaque one"):
        assert ask(app, entry, Authorization="Bearer kZu3mQx1yWv8") == (401, "token.invalid")
    for name, told in wrong.items():
        with subtests.test(name):
            code = "token.expired" if name == "expired" else "token.invalid"
            assert ask(replace(app, told=told), entry) == (401, code)
    with subtests.test("without the scope"):
        others = " ".join({READ, WRITE, SECURITY} - {TABLE[entry]})
        assert ask(replace(app, scope=others), entry) == (403, "token.scope")
    with subtests.test("of another company's app"):
        assert ask(replace(app, told={"client_id": "ledgerly0000000000001"}), entry) == (403, "application.refused")
    app.logto.state.person("ada").user["isSuspended"] = True
    with subtests.test("of somebody who is suspended"):
        assert ask(app, entry) == (401, "account.suspended")


FIELDS = {"email": "email", "phone": "phone", "username": "username", "password": "password"}
FIELDS |= {"second-steps": "mfa", "identities": "social", "sessions": "session", "apps": "session"}


@pytest.mark.parametrize("entry", sorted(one for one in TABLE if TABLE[one] == SECURITY))
def test_what_is_sensitive_is_confirmed_first_unless_the_tenant_keeps_it_to_itself(app: App, entry: str) -> None:
    """Nobody is asked to confirm for what is refused afterwards."""
    answer = app.call(*as_call(entry), BODIES.get(entry))
    assert answer.status_code < 500
    wants = answer.status_code == 403 and answer.json()["code"] == "confirmation.required"
    assert wants is (entry not in WITHOUT_CONFIRMATION)
    names = entry.split()[1].split("/")[2:]
    field = None if entry in WITHOUT_CONFIRMATION else FIELDS.get(names[1] if names[0] == "account" else names[0])
    app.logto.state.account_center["fields"] = dict.fromkeys(app.logto.state.account_center["fields"], "ReadOnly")
    Tenant.forget_all()
    answer = app.call(*as_call(entry), BODIES.get(entry))
    is_refused = answer.status_code == 403 and answer.json()["code"] == "field.read_only"
    assert is_refused is (field is not None)
