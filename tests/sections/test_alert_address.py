"""The alert address: proven by a code of our own, told of everything, and after 72 hours good for the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone

from accountsite.sandbox.logto import Logto
from settings_app.models import AlertAddress, AuditEntry, OneTimeState
from settings_app.safeguards import alert_address, audit, leases, retention
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from tests.people import client_of
from tests.safeguards.conftest import Asking, asking
from tests.signin.ways import Page
from tests.taking_over import change_email, change_phone, held, links, mails, press

__all__ = ["asking"]

ADA = "ada@winterbourne.example"
ALERT = "ada@second.example"
OTHER = "somebody@else.example"
CODE = re.compile(r"^\d{6}$", re.MULTILINE)
LATER = timedelta(hours=73)


def code_to(address: str) -> str:
    bodies = [str(one.body) for one in mail.outbox if one.to == [address]]
    return str(CODE.findall(bodies[-1])[0])


def send(client: Client, address: str = ALERT) -> Page:
    mail.outbox.clear()
    return client.post("/alerts/address/change/", {"address": address})


def confirm(client: Client, code: str) -> Page:
    return client.post("/alerts/address/confirm/", {"code": code})


def add(client: Client, address: str = ALERT) -> None:
    assert send(client, address).status_code == 302
    assert confirm(client, code_to(address))["Location"] == "/security/"


@pytest.fixture
def established(verified_ada: Client, logto: Logto) -> Iterator[None]:
    """Ada added an alert address and 73 hours have passed."""
    verified_ada.get("/security/")
    add(verified_ada)
    mails()
    with time_machine.travel(timezone.now() + LATER):
        yield


def test_it_is_added_by_the_code_mailed_to_it_and_told_to_both_sides(verified_ada: Client, logto: Logto) -> None:
    assert send(verified_ada)["Location"] == "/alerts/address/confirm/"
    code = code_to(ALERT)
    assert ALERT in verified_ada.get("/alerts/address/confirm/").content.decode()
    assert not AlertAddress.objects.exists()
    assert confirm(verified_ada, code)["Location"] == "/security/"
    assert ALERT in verified_ada.get("/security/").content.decode()
    told = mails()
    assert set(told) == {ADA, ALERT}
    for bodies in told.values():
        assert "An alert address was added to your account" in bodies[-1]
        assert "a…@second.example" in bodies[-1]
        assert ALERT not in bodies[-1]
    assert "/not-me/" in told[ADA][-1]
    assert "/not-me/" not in told[ALERT][-1]
    assert AuditEntry.objects.get(change="alert-address-added").outcome == "done"
    assert ALERT not in str(logto.state.person("ada").user)


def test_it_rests_unreadable(verified_ada: Client) -> None:
    send(verified_ada)
    waiting = str(list(OneTimeState.objects.values()))
    assert ALERT not in waiting
    assert code_to(ALERT) not in waiting
    confirm(verified_ada, code_to(ALERT))
    assert ALERT not in str(list(AlertAddress.objects.values()))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Enter an email address"),
        ("ada", "Enter an email address"),
        (ADA.upper(), "That’s the email you sign in with."),
        ("a b@c.example", "without spaces"),
        ("x@y@z.example", "with a single @"),
        ("ada@second", "Check the part after the @."),
    ],
)
def test_what_is_no_other_mailbox_is_refused(verified_ada: Client, typed: str, told: str) -> None:
    answer = send(verified_ada, typed)
    assert told in answer.content.decode()
    assert not mail.outbox


def test_the_same_again_is_refused_and_another_one_replaces_it(verified_ada: Client, asking: Asking) -> None:
    add(verified_ada)
    assert "That’s already your alert address." in send(verified_ada, ALERT.upper()).content.decode()
    mails()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        add(verified_ada, OTHER)
        assert alert_address.current(asking("ada")) == OTHER
        assert set(mails()) == {ADA, ALERT, OTHER}


def test_a_wrong_code_is_refused_and_five_are_all(verified_ada: Client) -> None:
    send(verified_ada)
    right = code_to(ALERT)
    wrong = "000000" if right != "000000" else "111111"
    for _try in range(5):
        assert "That code didn’t match." in confirm(verified_ada, wrong).content.decode()
    assert "Too many tries. Send another code." in confirm(verified_ada, right).content.decode()
    assert not AlertAddress.objects.exists()


def test_a_code_is_good_once_for_ten_minutes_in_one_session_and_the_newest_alone(
    verified_ada: Client, logto: Logto
) -> None:
    send(verified_ada)
    first = code_to(ALERT)
    elsewhere = client_of(logto, "ada", verified=True, binding="another browser")
    assert "We haven’t sent you a code yet." in confirm(elsewhere, first).content.decode()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert verified_ada.post("/alerts/address/resend/")["Location"] == "/alerts/address/confirm/"
        newest = code_to(ALERT)
        if newest != first:
            assert "That code didn’t match." in confirm(verified_ada, first).content.decode()
    late = client_of(logto, "ada", verified=True)
    with time_machine.travel(timezone.now() + timedelta(minutes=11, seconds=2)):
        late = client_of(logto, "ada", verified=True)
        assert "That code has expired." in confirm(late, newest).content.decode()
    assert confirm(verified_ada, newest).status_code == 302
    assert "We haven’t sent you a code yet." in confirm(verified_ada, newest).content.decode()


def test_somebody_elses_session_takes_no_code_of_ones_own(verified_ada: Client, logto: Logto) -> None:
    send(verified_ada)
    amara = client_of(logto, "amara", verified=True, how="sign-in", binding="binding-of-ada")
    assert "We haven’t sent you a code yet." in confirm(amara, code_to(ALERT)).content.decode()


def test_sending_is_limited_and_a_second_press_sends_none(verified_ada: Client) -> None:
    send(verified_ada)
    assert send(verified_ada)["Location"] == "/alerts/address/confirm/"
    assert not mail.outbox
    assert verified_ada.post("/alerts/address/resend/").status_code == 429
    for number in range(9):
        send(verified_ada, f"ada{number}@second.example")
    assert send(verified_ada, "ada10@second.example").status_code == 429


def test_a_mail_server_that_is_down_is_told_and_nothing_waits(verified_ada: Client) -> None:
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_PORT=1):
        answer = send(verified_ada)
    assert answer.status_code == 503
    assert "We can’t send emails right now. Nothing was changed." in answer.content.decode()
    assert not OneTimeState.objects.filter(kind="alert-address").exists()


def test_cancelling_gives_up_what_waits(verified_ada: Client) -> None:
    send(verified_ada)
    assert "New alert address" in verified_ada.get("/security/").content.decode()
    verified_ada.get("/alerts/address/cancel/")
    assert "New alert address" in verified_ada.get("/security/").content.decode()
    verified_ada.post("/alerts/address/cancel/")
    assert "New alert address" not in verified_ada.get("/security/").content.decode()
    assert verified_ada.get("/alerts/address/confirm/")["Location"] == "/alerts/address/change/"


def test_it_is_told_of_everything_beside_the_email(verified_ada: Client, asking: Asking) -> None:
    add(verified_ada)
    mails()
    audit.finish(audit.start(asking("ada"), Change.PASSWORD_CHANGED), Outcome.DONE)
    told = mails()
    assert set(told) == {ADA, ALERT}
    assert "this is the alert address of that account" in told[ALERT][0]


def test_removing_it_is_told_to_both_sides(verified_ada: Client, asking: Asking) -> None:
    add(verified_ada)
    mails()
    assert verified_ada.get("/alerts/address/remove/").status_code == 200
    assert verified_ada.post("/alerts/address/remove/")["Location"] == "/security/"
    told = mails()
    assert set(told) == {ADA, ALERT}
    assert "Your alert address was removed" in told[ALERT][0]
    assert alert_address.current(asking("ada")) == ""
    assert verified_ada.get("/alerts/address/remove/")["Location"] == "/security/"


def confirmed(logto: Logto) -> Client:
    return client_of(logto, "ada", verified=True, binding="of somebody else")


@pytest.mark.usefixtures("established")
def test_an_established_one_gets_the_way_back_too(client: Client, logto: Logto) -> None:
    change_email(confirmed(logto), logto, OTHER)
    sent = mails()
    (link,) = links(ALERT, sent)
    assert [one.partition("%3A")[0] for one in links(ADA, sent)] == [link.partition("%3A")[0]]  # signed a moment apart
    assert links(OTHER, sent) == []
    assert ADA in client.get(link).content.decode()
    press(client, link)
    assert held(logto, "ada", "primaryEmail") == ADA


def test_a_younger_one_does_not(verified_ada: Client, logto: Logto) -> None:
    verified_ada.get("/security/")
    add(verified_ada)
    mails()
    change_email(verified_ada, logto, OTHER)
    sent = mails()
    assert links(ADA, sent)
    assert links(ALERT, sent) == []
    assert "/not-me/" not in "".join(sent[ALERT])


@pytest.mark.usefixtures("established")
def test_removing_or_replacing_it_first_gets_nobody_rid_of_it(client: Client, logto: Logto, asking: Asking) -> None:
    intruder = confirmed(logto)
    add(intruder, "intruder@mail.example")
    change_email(intruder, logto, OTHER)
    sent = mails()
    link = links(ALERT, sent)[0]
    assert links("intruder@mail.example", sent) == []
    press(client, link)
    assert alert_address.current(asking("ada")) == ALERT
    assert alert_address.established(asking("ada")) == ALERT
    told = mails()
    assert "this address is no longer on the" in told["intruder@mail.example"][-1]
    assert "Firefox" not in told["intruder@mail.example"][-1]


@pytest.mark.usefixtures("established")
def test_an_undo_also_removes_one_that_nobody_had_established(client: Client, logto: Logto, asking: Asking) -> None:
    intruder = confirmed(logto)
    intruder.post("/alerts/address/remove/")
    with time_machine.travel(timezone.now() + LATER):
        intruder = confirmed(logto)
        assert alert_address.established(asking("ada")) == ""
        add(intruder, "intruder@mail.example")
        change_email(intruder, logto, OTHER)
        sent = mails()
        assert links(ALERT, sent) == []
        press(client, links(ADA, sent)[0])
        assert alert_address.current(asking("ada")) == ""


def test_without_an_email_an_established_one_alone_gets_the_way_back_of_a_phone(
    verified_ada: Client, client: Client, logto: Logto
) -> None:
    logto.state.person("ada").user["primaryEmail"] = None
    before = held(logto, "ada", "primaryPhone")
    verified_ada.get("/security/")
    add(verified_ada)
    mails()
    with time_machine.travel(timezone.now() + LATER):
        intruder = confirmed(logto)
        change_email(intruder, logto, OTHER)
        change_phone(intruder, logto, "447700900777")
        sent = mails()
        assert links(OTHER, sent) == []
        link = links(ALERT, sent)[0]
        assert "An email that was added in the last few days is removed." in client.get(link).content.decode()
        press(client, link)
        assert not held(logto, "ada", "primaryEmail")
        assert held(logto, "ada", "primaryPhone") == before
        assert any("were undone" in body for body in mails()[ALERT])


@pytest.mark.usefixtures("established")
def test_a_replaced_one_is_forgotten_after_72_hours_and_put_back_before_stays_established(
    logto: Logto, asking: Asking
) -> None:
    ada = confirmed(logto)
    ada.post("/alerts/address/remove/")
    assert alert_address.established(asking("ada")) == ALERT
    add(ada)
    assert alert_address.is_established(asking("ada"))
    ada.post("/alerts/address/remove/")
    with time_machine.travel(timezone.now() + LATER):
        assert alert_address.established(asking("ada")) == ""
        assert retention.delete_old()["alert addresses"] == 1


def test_one_that_was_young_when_it_was_replaced_counts_for_nothing(verified_ada: Client, asking: Asking) -> None:
    """Whatever wrote it down as replaced."""
    add(verified_ada)
    AlertAddress.objects.update(replaced_at=timezone.now())
    assert alert_address.established(asking("ada")) == ""


def test_while_another_one_is_being_put_it_is_not_changed(verified_ada: Client, asking: Asking) -> None:
    send(verified_ada)
    with leases.on_person(asking("ada")):
        assert confirm(verified_ada, code_to(ALERT)).status_code == 429
    assert not AlertAddress.objects.exists()
    assert confirm(verified_ada, code_to(ALERT)).status_code == 302  # the code is still good


@pytest.mark.usefixtures("established")
def test_it_survives_a_new_key_while_the_old_one_is_known(asking: Asking) -> None:
    with override_settings(SECRET_KEY="another key" * 6, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert alert_address.established(asking("ada")) == ALERT
        alert_address.put(asking("ada"), ALERT)
        assert alert_address.is_established(asking("ada"))
    with override_settings(SECRET_KEY="a third key" * 6):
        assert alert_address.current(asking("ada")) == ""


@pytest.mark.parametrize("kept", ["", ALERT], ids=["none", "another"])
def test_one_that_an_undo_takes_off_is_told_of_nothing_more_however_long_it_stood(asking: Asking, kept: str) -> None:
    """The way back can be older than it is: each change of an established value gives that another 72 hours."""
    actor = asking("ada")
    with time_machine.travel(timezone.now() - timedelta(hours=100)):
        alert_address.put(actor, "somebody@else.example")
    assert alert_address.established(actor) == "somebody@else.example"
    alert_address.restore(actor, kept)
    assert (alert_address.current(actor), alert_address.established(actor)) == (kept, kept)
