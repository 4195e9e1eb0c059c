"""The page of the second steps: what it lists for whom, and whether signing in asks for one."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.logto.tenant import Tenant
from settings_app.mails import outbox
from settings_app.models import AuditEntry
from tests.people import client_of

PAGE = "/two-step/"


@pytest.fixture
def verified_amara(db: None, logto: Logto) -> Client:
    return client_of(logto, "amara", verified=True)


def shown(client: Client, address: str = "/security/") -> str:
    return client.get(address).content.decode()


def settings_of(logto: Logto, handle: str) -> dict[str, object]:
    mfa: dict[str, object] = logto.state.person(handle).configs["mfa"]
    return mfa


def test_show_lists_every_factor_with_what_is_known_of_it(amara: Client) -> None:
    page = shown(amara)

    for words in ("2 passkeys", "iCloud Keychain", "Added ", "12 May 2026", "Last used", "Firefox on macOS"):
        assert words in page
    for words in ("Added 3 March 2026", "2 of 10 left", "Running low", "We ask for a second step"):
        assert words in page


def test_show_of_somebody_without_factors_offers_to_set_one_up(ada: Client) -> None:
    page = shown(ada)

    assert "/two-step/authenticator/add/" in page
    assert "set up an authenticator app or a passkey first" in page
    assert "/two-step/backup-codes/make/" not in page
    assert "When you sign in" not in page


def test_a_used_up_set_is_hidden_when_there_is_a_newer_one(amara: Client, logto: Logto) -> None:
    person = logto.state.person("amara")
    used = person.factors[3] | {"id": "old", "createdAt": "2026-11-20T00:00:00.000Z"}
    used["codes"] = [{"code": f"{number:010d}", "usedAt": "2026-11-20T00:00:00.000Z"} for number in range(10)]
    person.factors = [used, *person.factors]

    page = shown(amara)

    assert "2 of 10 left" in page
    assert "0 of 10 left" not in page


def test_a_used_up_set_alone_is_shown_as_used_up(amara: Client, logto: Logto) -> None:
    for code in logto.state.person("amara").factors[3]["codes"]:
        code["usedAt"] = "2026-11-20T00:00:00.000Z"

    page = shown(amara)

    assert "0 of 10 left" in page
    assert "All used" in page


def test_kinds_that_the_tenant_does_not_offer_are_not_shown(ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["mfa"]["factors"] = ["WebAuthn"]

    page = shown(ada)

    assert "Passkeys" in page
    assert "Authenticator app" not in page
    assert "Backup codes" not in page


def test_what_the_tenant_no_longer_offers_can_only_be_removed(amara: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["mfa"]["factors"] = ["WebAuthn"]

    page = shown(amara)

    assert "/two-step/authenticator/remove/" in page
    assert "/two-step/authenticator/replace/" not in page
    assert "/two-step/backup-codes/remove/" in page
    assert "/two-step/backup-codes/make/" not in page


def test_email_and_phone_are_listed_where_the_tenant_takes_codes(ada: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["mfa"]["factors"] = ["EmailVerificationCode", "PhoneVerificationCode"]

    page = shown(ada)

    assert "Code by email" in page
    assert "ada@winterbourne.example" in page
    assert "Code by text" in page
    assert "+44 7700 900123" in page


def test_fields_that_the_tenant_keeps_to_itself_are_read_only(amara: Client, logto: Logto) -> None:
    logto.state.account_center["fields"] |= {"mfa": "ReadOnly", "passkey": "ReadOnly"}

    page = shown(amara)

    assert "Read-only" in page
    for action in ("/add/", "/replace/", "/remove/", "/make/", "/turn-off/"):
        assert f'href="/two-step{action}' not in page


def test_a_field_that_is_off_is_not_shown(amara: Client, logto: Logto) -> None:
    logto.state.account_center["fields"]["mfa"] = "Off"
    assert "Authenticator app" not in shown(amara)
    assert "iCloud Keychain" in shown(amara)

    logto.state.account_center["fields"]["passkey"] = "Off"
    Tenant.forget_all()  # as a minute later
    assert "iCloud Keychain" not in shown(amara)


def test_passkeys_follow_the_policy_of_the_others_where_none_is_named(amara: Client, logto: Logto) -> None:
    del logto.state.account_center["fields"]["passkey"]
    assert "/two-step/passkeys/add/" in shown(amara)


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("turn-on/", "mfa"),
        ("turn-off/", "mfa"),
        ("authenticator/add/", "mfa"),
        ("authenticator/replace/", "mfa"),
        ("authenticator/remove/", "mfa"),
        ("backup-codes/make/", "mfa"),
        ("backup-codes/remove/", "mfa"),
        ("passkeys/add/", "passkey"),
        ("passkeys/manage/", "passkey"),
        ("passkeys/factoramarapasskey001/remove/", "passkey"),
    ],
)
def test_the_server_keeps_to_the_tenants_policy(verified_amara: Client, logto: Logto, address: str, field: str) -> None:
    logto.state.account_center["fields"][field] = "ReadOnly"
    before = [dict(factor) for factor in logto.state.person("amara").factors]

    answer = verified_amara.post(PAGE + address)

    assert answer.status_code == 403
    assert logto.state.person("amara").factors == before


def test_turning_off_and_on_is_written_audited_and_announced(verified_amara: Client, logto: Logto) -> None:
    mail.outbox.clear()

    off = verified_amara.post("/two-step/turn-off/")
    page = shown(verified_amara, off["Location"])

    assert settings_of(logto, "amara")["skipMfaOnSignIn"] is True
    assert "Two-step verification is off." in page
    assert "We don’t ask for a second step" in page
    assert "/secure/sign-out-others/" in page

    verified_amara.post("/two-step/turn-on/")

    assert settings_of(logto, "amara")["skipMfaOnSignIn"] is False
    assert settings_of(logto, "amara")["enabled"] is True
    assert list(AuditEntry.objects.order_by("pk").values_list("change", "outcome")) == [
        ("two-step-off", "done"),
        ("two-step-on", "done"),
    ]
    outbox.send_due()
    assert [one.subject for one in mail.outbox] == [
        "Fernhill: Two-step verification was turned off for your account",
        "Fernhill: Two-step verification was turned on for your account",
    ]


@pytest.mark.parametrize("policy", ["Mandatory", "PromptOnlyAtSignInMandatory"])
def test_a_demanded_second_step_cannot_be_turned_off(verified_amara: Client, logto: Logto, policy: str) -> None:
    logto.state.sign_in_experience["mfa"]["policy"] = policy

    page = shown(verified_amara)
    refused = verified_amara.post("/two-step/turn-off/").content.decode()

    assert "Fernhill requires a second step." in page
    assert "/two-step/turn-off/" not in page
    assert "Your account needs a second step, so you can’t turn this off." in refused
    assert settings_of(logto, "amara")["skipMfaOnSignIn"] is False
    assert AuditEntry.objects.get().reason == "two-step.demanded"


def test_an_organisation_can_demand_it(verified_amara: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["mfa"]["organizationRequiredMfaPolicy"] = "Mandatory"
    logto.state.organizations["okaforstudio"]["isMfaRequired"] = True

    assert "An organisation you belong to requires a second step." in shown(verified_amara)
    verified_amara.post("/two-step/turn-off/")
    assert settings_of(logto, "amara")["skipMfaOnSignIn"] is False


def test_a_lost_answer_is_settled_by_reading_again(verified_amara: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path="/api/users/*/logto-configs", method="PATCH", after=True)

    answer = verified_amara.post("/two-step/turn-off/")

    assert answer.status_code == 302
    assert AuditEntry.objects.get().outcome == "done"


def test_logto_down_is_told_and_changes_nothing(verified_amara: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users/*/logto-configs", method="PATCH")

    answer = verified_amara.post("/two-step/turn-off/")

    assert answer.status_code == 503
    assert "Nothing was changed" in answer.content.decode()
    assert settings_of(logto, "amara")["skipMfaOnSignIn"] is False


def test_the_security_page_lists_the_second_steps(amara: Client) -> None:
    page = shown(amara, "/security/")

    for words in ("2 passkeys", "YubiKey 5C", "Added 3 March 2026", "Running low", "Get new codes"):
        assert words in page
    assert "/two-step/backup-codes/remove/" in page
    assert "/two-step/turn-off/" in page


def test_the_old_address_leads_to_that_part_of_the_security_page(amara: Client) -> None:
    assert amara.get("/two-step/?changed=1")["Location"] == "/security/#two-step"


def test_the_security_page_stands_without_them(amara: Client, logto: Logto) -> None:
    logto.faults.add("500", path="/api/users/*/mfa-verifications", times=5)

    answer = amara.get("/security/")

    assert answer.status_code == 200
    assert "We couldn’t load your second steps" in answer.content.decode()
    assert "amara@okafor.example" in answer.content.decode()


def test_nobody_without_a_password_reads_of_theirs(db: None, logto: Logto) -> None:
    sol, client = logto.state.person("social"), client_of(logto, "social", verified=True)
    assert "gets past your first step" in shown(client, "/check-up/")
    without = shown(client, "/check-up/") + shown(client)
    sol.factors = [{"id": "factorsoltotp00000001", "type": "Totp", "createdAt": "2026-03-03T09:12:00.000Z"}]
    sol.configs = {"mfa": {"enabled": True, "skipped": False, "skipMfaOnSignIn": False}}
    turned_off = shown(client, "/two-step/turn-off/")
    assert "We’ll no longer ask for a second step when you sign in." in turned_off
    codes = {"code": [f"{number:010d}" for number in range(10)]}
    sheet = client.post("/two-step/backup-codes/print/", codes).content.decode()
    file = client.post("/two-step/backup-codes/download/", codes).content.decode()
    assert ("If you lose this page" in sheet, "If you lose this file" in file) == (True, True)
    assert "your password" not in without + shown(client) + turned_off + sheet + file
