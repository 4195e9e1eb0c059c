"""Adding and renaming passkeys at the tenant's account center: there, back, and what changed meanwhile."""

from __future__ import annotations

import urllib.parse
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accountsite.sandbox.logto import Logto
from settings_app.mails import outbox
from settings_app.models import AuditEntry
from tests.people import client_of

ADD = "/two-step/passkeys/add/"
MANAGE = "/two-step/passkeys/manage/"
BACK = "/two-step/passkeys/return/"


@pytest.fixture
def verified_amara(db: None, logto: Logto) -> Client:
    return client_of(logto, "amara", verified=True)


def add_one(logto: Logto, name: str = "Pixel 9") -> None:
    person = logto.state.person("amara")
    person.factors = [
        *person.factors,
        {"id": "newone", "type": "WebAuthn", "createdAt": "2026-11-21T09:00:00.000Z", "name": name},
    ]


@pytest.mark.parametrize(("address", "task"), [(ADD, "add"), (MANAGE, "manage")])
def test_the_button_leads_to_the_account_center_and_back(
    verified_amara: Client, logto: Logto, address: str, task: str
) -> None:
    page = verified_amara.get(address).content.decode()
    answer = verified_amara.post(address)

    gone_to = urllib.parse.urlsplit(answer["Location"])
    assert 'hx-boost="false"' in page
    assert f"{gone_to.scheme}://{gone_to.netloc}{gone_to.path}" == f"{logto.endpoint}/account/passkey/{task}"
    assert urllib.parse.parse_qs(gone_to.query) == {"redirect": ["http://testserver/two-step/passkeys/return/"]}
    assert AuditEntry.objects.get().change == "passkey-started"


@pytest.mark.parametrize("address", [ADD, MANAGE])
def test_logtos_page_alone_asks_to_confirm(amara: Client, logto: Logto, address: str) -> None:
    assert amara.post(address)["Location"].startswith(f"{logto.endpoint}/account/passkey/")


def test_renaming_says_which_one_to_choose(amara: Client) -> None:
    page = amara.get("/security/").content.decode()
    assert f"{MANAGE}?passkey=factoramarapasskey001" in page
    assert "YubiKey 5C" not in amara.get(MANAGE).content.decode()
    shown = [amara.get(f"{MANAGE}?passkey=factoramarapasskey00{number}").content.decode() for number in (1, 2)]
    assert any("<bdi>YubiKey 5C</bdi>" in one for one in shown)


def test_who_could_not_confirm_there_is_told_what_to_add_first(db: None, logto: Logto) -> None:
    """Logto's page has no way to confirm somebody with connected accounts only, and none back."""
    person = logto.state.person("social").user
    person["primaryEmail"] = person["primaryPhone"] = None
    client = client_of(logto, "social")
    page = client.get(ADD).content.decode()
    for address in ("/email/change/", "/phone/change/", "/password/change/"):
        assert f'href="{address}"' in page
    assert client.post(ADD).status_code == 200
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("policy", "offered", "words"),
    [
        ({"email": "ReadOnly", "password": "Off"}, ["/phone/change/"], "Add one of these first:"),
        ({"email": "Off", "phone": "ReadOnly", "password": "Off"}, [], "Contact support to add one."),
    ],
)
def test_what_the_tenant_lets_nobody_add_is_not_offered_there(
    db: None, logto: Logto, policy: dict[str, str], offered: list[str], words: str
) -> None:
    person = logto.state.person("social").user
    person["primaryEmail"] = person["primaryPhone"] = None
    logto.state.account_center["fields"] |= policy
    page = client_of(logto, "social").get(ADD).content.decode()
    addresses = ("/email/change/", "/phone/change/", "/password/change/")
    assert [one for one in addresses if f'href="{one}"' in page] == offered
    assert words in page


def test_a_new_passkey_is_told_audited_and_announced_on_return(verified_amara: Client, logto: Logto) -> None:
    mail.outbox.clear()
    verified_amara.post(ADD)
    add_one(logto)

    page = verified_amara.get(BACK, follow=True).content.decode()
    outbox.send_due()

    assert "Passkey added: Pixel 9." in page
    assert "/secure/sign-out-others/" in page
    assert AuditEntry.objects.filter(change="passkey-added", outcome="done").count() == 1
    assert [one.subject for one in mail.outbox] == ["Fernhill: A passkey was added to your account"]


def test_going_back_in_the_browser_is_coming_back_where_something_changed(verified_amara: Client, logto: Logto) -> None:
    """Logto's list of passkeys leads nowhere by itself, so its Back ends on the page that led there."""
    mail.outbox.clear()
    assert "go back in your browser" in " ".join(verified_amara.get(MANAGE).content.decode().split())
    verified_amara.post(MANAGE)
    assert verified_amara.get(MANAGE).status_code == 200
    person = logto.state.person("amara")
    person.factors = [one for one in person.factors if one["id"] != "factoramarapasskey001"]
    page = verified_amara.get(MANAGE, follow=True).content.decode()
    outbox.send_due()
    assert "1 passkey removed." in page
    assert [one.subject for one in mail.outbox] == ["Fernhill: A passkey was removed from your account"]
    assert verified_amara.get(MANAGE).status_code == 200


def test_coming_back_twice_tells_it_once(verified_amara: Client, logto: Logto) -> None:
    verified_amara.post(ADD)
    add_one(logto)
    verified_amara.get(BACK)
    verified_amara.get(BACK)
    assert AuditEntry.objects.filter(change="passkey-added").count() == 1


def test_coming_back_without_one_says_so(verified_amara: Client) -> None:
    verified_amara.post(ADD)
    assert "Nothing was changed." in verified_amara.get(BACK, follow=True).content.decode()


def test_a_new_name_is_told(verified_amara: Client, logto: Logto) -> None:
    verified_amara.post(MANAGE)
    logto.state.person("amara").factors[1]["name"] = "Old phone"
    assert "Renamed to Old phone." in verified_amara.get(BACK, follow=True).content.decode()


def test_a_removal_there_is_announced(verified_amara: Client, logto: Logto) -> None:
    verified_amara.post(MANAGE)
    person = logto.state.person("amara")
    person.factors = [one for one in person.factors if one["id"] != "factoramarapasskey002"]

    page = verified_amara.get(BACK, follow=True).content.decode()

    assert "1 passkey removed." in page
    assert AuditEntry.objects.filter(change="passkey-removed", outcome="done").count() == 1


def test_the_way_back_alone_tells_nothing(verified_amara: Client, logto: Logto) -> None:
    add_one(logto)
    assert verified_amara.get(BACK)["Location"] == "/security/"
    assert not AuditEntry.objects.exists()


def test_who_comes_back_after_half_an_hour_is_told_nothing(db: None, logto: Logto) -> None:
    with time_machine.travel("2026-11-21T10:00:00+00:00", tick=False) as clock:
        amara = client_of(logto, "amara", verified=True)
        amara.post(ADD)
        add_one(logto)
        clock.shift(timedelta(minutes=31))
        assert amara.get(BACK)["Location"] == "/security/"
    assert not AuditEntry.objects.filter(change="passkey-added").exists()


def test_logto_down_on_return_keeps_what_is_to_be_told(verified_amara: Client, logto: Logto) -> None:
    verified_amara.post(ADD)
    add_one(logto)
    logto.faults.add("500", path="/api/users/*/mfa-verifications", times=1)

    assert verified_amara.get(BACK).status_code == 503
    assert "Passkey added" in verified_amara.get(BACK, follow=True).content.decode()


def closed(logto: Logto) -> None:
    logto.state.account_center["enabled"] = False


def not_taken(logto: Logto) -> None:
    logto.state.sign_in_experience["mfa"]["factors"] = ["Totp"]
    logto.state.sign_in_experience["passkeySignIn"]["enabled"] = False


@pytest.mark.parametrize(
    ("change", "words"),
    [(closed, "no page here for adding passkeys"), (not_taken, "can’t add new passkeys here")],
)
def test_where_the_tenant_has_no_way_it_says_why(
    verified_amara: Client, logto: Logto, change: object, words: str
) -> None:
    change(logto)  # type: ignore[operator]

    listed = verified_amara.get("/security/").content.decode()
    page = verified_amara.get(ADD).content.decode()
    posted = verified_amara.post(ADD)

    assert words in listed
    assert words in page
    assert "Continue" not in page.split("<main")[1].split("</main>")[0]
    assert ADD not in listed
    assert MANAGE not in listed
    assert posted.status_code == 200
    assert not AuditEntry.objects.exists()
