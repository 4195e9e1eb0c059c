"""Removing second factors: never the last one that is demanded, and backup codes are never left alone."""

from __future__ import annotations

import threading

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.logto.account import Account
from settings_app.logto.tenant import Tenant
from settings_app.mails import outbox
from settings_app.models import AuditEntry
from settings_app.session import SessionStore
from tests.people import client_of

AUTHENTICATOR = "/two-step/authenticator/remove/"
CODES = "/two-step/backup-codes/remove/"
FIRST_KEY = "/two-step/passkeys/factoramarapasskey001/remove/"
SECOND_KEY = "/two-step/passkeys/factoramarapasskey002/remove/"
FACTORS = "/api/users/*/mfa-verifications"


@pytest.fixture
def verified_amara(db: None, logto: Logto) -> Client:
    return client_of(logto, "amara", verified=True)


def kinds(logto: Logto, handle: str = "amara") -> list[str]:
    return [one["type"] for one in logto.state.person(handle).factors]


def keep_only(logto: Logto, *wanted: str) -> None:
    person = logto.state.person("amara")
    person.factors = [one for one in person.factors if one["type"] in wanted]


def test_removing_the_app_says_what_follows_and_removes_it(verified_amara: Client, logto: Logto) -> None:
    page = verified_amara.get(AUTHENTICATOR).content.decode()
    answer = verified_amara.post(AUTHENTICATOR)

    assert "Remove your authenticator app?" in page
    assert "ask for one of your other second steps instead." in page
    assert answer["Location"] == "/security/?changed=1"
    assert kinds(logto) == ["WebAuthn", "WebAuthn", "BackupCode"]


def test_removing_a_passkey_names_it_and_leaves_the_others(verified_amara: Client, logto: Logto) -> None:
    page = verified_amara.get(SECOND_KEY).content.decode()
    verified_amara.post(SECOND_KEY)

    assert "Remove YubiKey 5C?" in page
    assert "You’ll still have 1 passkey." in page
    assert [one.get("name") for one in logto.state.person("amara").factors if one["type"] == "WebAuthn"] == [
        "iCloud Keychain"
    ]


@pytest.mark.parametrize("configured", [{"skipMfaOnSignIn": True}, {"enabled": False}])
def test_a_factor_that_logto_does_not_ask_for_is_neither_removed_nor_replaced(
    verified_amara: Client, logto: Logto, configured: dict[str, bool]
) -> None:
    """A fresh sign-in proves one factor then: whoever knows the password would be rid of the other one."""
    person = logto.state.person("amara")
    before = list(person.factors)
    actor_account(logto).change_configuration(
        two_step_enabled=configured.get("enabled"), skips_two_step_at_sign_in=configured.get("skipMfaOnSignIn")
    )
    for address in (AUTHENTICATOR, FIRST_KEY, CODES):
        assert "You’ve turned off the second step at sign-in" in verified_amara.get(address).content.decode()
        assert "You’ve turned off the second step at sign-in" in verified_amara.post(address).content.decode()
    assert person.factors == before


def test_the_page_that_asks_to_confirm_promises_no_second_step_then(db: None, logto: Logto) -> None:
    actor_account(logto).change_configuration(skips_two_step_at_sign_in=True)
    page = client_of(logto, "amara").get("/verify/?next=/two-step/authenticator/remove/").content.decode()
    assert "You won’t be asked for a second step" in page
    assert "with your second step" not in page


def actor_account(logto: Logto) -> Account:
    return Tenant.of(settings.SITES[0]).account(logto.state.person("amara").id)


def test_turning_the_second_step_on_ends_confirmations_without_one(db: None, logto: Logto) -> None:
    account = actor_account(logto)
    account.change_configuration(skips_two_step_at_sign_in=True)
    intruder = client_of(logto, "amara", verified=True)
    session = SessionStore(intruder.cookies[settings.SESSION_COOKIE_NAME].value, site="testserver")
    session["verified"] = {**session["verified"], "how": "sign-in", "asked": False, "factors": ids(logto)}
    session.save()
    assert intruder.get(AUTHENTICATOR).status_code == 200
    account.change_configuration(skips_two_step_at_sign_in=False)
    assert intruder.post(AUTHENTICATOR)["Location"].startswith("/verify/")


def ids(logto: Logto) -> list[str]:
    return [one["id"] for one in logto.state.person("amara").factors]


def test_each_removal_is_audited_and_announced(verified_amara: Client) -> None:
    mail.outbox.clear()
    for address in (AUTHENTICATOR, FIRST_KEY, CODES):
        verified_amara.post(address)
    outbox.send_due()

    assert list(AuditEntry.objects.order_by("pk").values_list("change", "outcome")) == [
        ("authenticator-removed", "done"),
        ("passkey-removed", "done"),
        ("backup-codes-removed", "done"),
    ]
    assert len(mail.outbox) == 3


def test_the_last_factor_takes_the_backup_codes_with_it_and_says_so(verified_amara: Client, logto: Logto) -> None:
    keep_only(logto, "Totp", "BackupCode")

    page = verified_amara.get(AUTHENTICATOR).content.decode()
    after = verified_amara.post(AUTHENTICATOR, follow=True).content.decode()

    assert "Your backup codes go with it." in page
    assert "We’ll no longer ask for a second step when you sign in." in page
    assert "Your backup codes were removed too." in after
    assert kinds(logto) == []
    assert set(AuditEntry.objects.values_list("change", "outcome")) == {
        ("authenticator-removed", "done"),
        ("backup-codes-removed", "done"),
    }


def test_codes_by_email_do_not_keep_backup_codes_alive(verified_amara: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["mfa"]["factors"].append("EmailVerificationCode")
    keep_only(logto, "Totp", "BackupCode")

    verified_amara.post(AUTHENTICATOR)

    assert kinds(logto) == []


def test_backup_codes_are_never_left_alone_by_a_failure(verified_amara: Client, logto: Logto) -> None:
    keep_only(logto, "Totp", "BackupCode")
    logto.faults.add("500", path=FACTORS + "/factoramaratotp000001", method="DELETE")

    answer = verified_amara.post(AUTHENTICATOR)

    assert answer.status_code == 503
    assert "We removed your backup codes but nothing else." in answer.content.decode()
    assert "Nothing was changed" not in answer.content.decode()
    assert kinds(logto) == ["Totp"]
    assert ("backup-codes-removed", "done") in AuditEntry.objects.values_list("change", "outcome")


@pytest.mark.parametrize("demanded_by", ["policy", "organisation"])
def test_the_last_demanded_second_step_stays(verified_amara: Client, logto: Logto, demanded_by: str) -> None:
    if demanded_by == "policy":
        logto.state.sign_in_experience["mfa"]["policy"] = "Mandatory"
    else:
        logto.state.sign_in_experience["mfa"]["organizationRequiredMfaPolicy"] = "Mandatory"
        logto.state.organizations["harbourenrgy"]["isMfaRequired"] = True
    keep_only(logto, "Totp", "BackupCode")

    page = verified_amara.get(AUTHENTICATOR).content.decode()
    verified_amara.post(AUTHENTICATOR)

    assert "this is your only one" in page
    assert "Remove app" not in page
    assert kinds(logto) == ["Totp", "BackupCode"]
    assert AuditEntry.objects.get().reason == "removal.second_factor"


def test_one_of_two_demanded_second_steps_may_go(verified_amara: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["mfa"]["policy"] = "Mandatory"
    verified_amara.post(AUTHENTICATOR)
    assert "Totp" not in kinds(logto)


def test_the_only_way_to_sign_in_stays(db: None, logto: Logto) -> None:
    logto.state.sign_in_experience["signIn"]["methods"] = []
    priya = client_of(logto, "passkey", verified=True)

    priya.post("/two-step/passkeys/factorpriyapasskey001/remove/")

    assert kinds(logto, "passkey") == ["WebAuthn"]
    assert AuditEntry.objects.get().reason == "removal.last_way_in"


@pytest.mark.parametrize("factor", ["factoramaratotp000001", "factoramarabackup0001", "factorpriyapasskey001", "none"])
def test_only_ones_own_passkeys_are_removed_by_their_id(verified_amara: Client, logto: Logto, factor: str) -> None:
    answer = verified_amara.post(f"/two-step/passkeys/{factor}/remove/")

    assert answer["Location"] == "/security/"
    assert len(kinds(logto)) == 4
    assert kinds(logto, "passkey") == ["WebAuthn"]


@pytest.mark.parametrize("address", [AUTHENTICATOR, CODES])
def test_what_is_not_there_is_not_removed(verified_ada: Client, address: str) -> None:
    assert verified_ada.post(address)["Location"] == "/security/"
    assert not AuditEntry.objects.exists()


def test_a_lost_answer_is_settled_by_the_list(verified_amara: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path=FACTORS + "/*", method="DELETE", times=1, after=True)

    assert verified_amara.post(AUTHENTICATOR).status_code == 302
    assert AuditEntry.objects.get().outcome == "done"


def test_a_lost_answer_that_changed_nothing_is_told_so(verified_amara: Client, logto: Logto) -> None:
    logto.faults.add("timeout", path=FACTORS + "/*", method="DELETE", times=1)

    answer = verified_amara.post(AUTHENTICATOR)

    assert answer.status_code == 503
    assert "Nothing was changed." in answer.content.decode()
    assert AuditEntry.objects.get().outcome == "failed"
    assert "Totp" in kinds(logto)


@pytest.mark.django_db(transaction=True)
def test_two_removals_at_once_leave_one_demanded_second_step(logto: Logto) -> None:
    logto.state.sign_in_experience["mfa"]["policy"] = "Mandatory"
    person = logto.state.person("amara")
    person.factors = [one for one in person.factors if one["id"] in ("factoramaratotp000001", "factoramarapasskey001")]
    first, second = client_of(logto, "amara", verified=True), client_of(logto, "amara", verified=True, binding="other")
    logto.faults.add("latency", path=FACTORS, method="GET", seconds=0.2)
    threads = [
        threading.Thread(target=_post, args=(first, AUTHENTICATOR)),
        threading.Thread(target=_post, args=(second, FIRST_KEY)),
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(kinds(logto)) == 1


def _post(client: Client, address: str) -> None:
    from django.db import connections

    client.post(address)
    connections.close_all()
