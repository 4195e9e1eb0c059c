"""What stood for 72 hours, or was there before the site saw the account: only that gets a way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accountsite.sandbox.logto import Logto
from settings_app.actor import Actor
from settings_app.models import AuditEntry, KnownValue, Notice, Restoration
from settings_app.safeguards import audit, established, notices, undo
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from settings_app.safeguards.established import EMAIL, PHONE
from tests.people import client_of
from tests.taking_over import HOUR, change_email, change_phone, held, links, mails, press

from .conftest import Asking

A = "ada@winterbourne.example"
B1 = "b1@intruder.example"
B2 = "b2@intruder.example"


def at_logto(logto: Logto, **columns: object) -> None:
    """Changed at Logto's own pages, or by another application."""
    logto.state.person("ada").user.update(columns)


def test_what_was_there_at_first_sight_is_established(asking: Asking) -> None:
    undo.note(asking("ada"))
    assert established.is_established(asking("ada"), EMAIL, A)
    assert established.is_established(asking("ada"), PHONE, "+44 7700 900123")
    assert not established.is_established(asking("ada"), EMAIL, B1)
    assert not established.is_established(asking("ada"), EMAIL, "")


def test_opening_a_page_notes_what_the_account_holds(ada: Client) -> None:
    ada.get("/security/")
    assert set(KnownValue.objects.values_list("kind", "since")) == {
        ("email", None),
        ("phone", None),
        ("language", None),
        ("seen", None),
    }


def test_what_was_changed_at_logto_is_new_from_when_it_is_seen(asking: Asking, logto: Logto) -> None:
    undo.note(asking("ada"))
    at_logto(logto, primaryEmail=B1)
    undo.note(asking("ada"))
    assert not established.is_established(asking("ada"), EMAIL, B1)
    with time_machine.travel(timezone.now() + 73 * HOUR):
        assert established.is_established(asking("ada"), EMAIL, B1)


def test_no_link_leads_back_to_what_was_changed_at_logto(ada: Client, logto: Logto) -> None:
    ada.get("/security/")
    at_logto(logto, primaryEmail=B1)
    intruder = client_of(logto, "ada", verified=True)
    change_email(intruder, logto, B2)
    assert not Restoration.objects.exists()
    assert links(B1) == []


def test_what_is_added_to_an_account_that_had_nothing_is_new(
    empty: Client, asking: Asking, logto: Logto, settings: Settings
) -> None:
    settings.LANGUAGES = [("en", "English")]  # with more of them the language of the browser is noted at least
    empty.get("/security/")
    logto.state.person("empty").user["primaryEmail"] = B1
    empty.get("/security/")
    assert not established.is_established(asking("empty"), EMAIL, B1)


def test_the_same_mailbox_in_capitals_is_the_same_value(asking: Asking, logto: Logto) -> None:
    undo.note(asking("ada"))
    at_logto(logto, primaryEmail=A.title())
    undo.note(asking("ada"))
    assert established.is_established(asking("ada"), EMAIL, A)


def test_a_slow_page_makes_nothing_young_that_was_put_back_meanwhile(
    asking: Asking, verified_ada: Client, client: Client, logto: Logto
) -> None:
    change_email(verified_ada, logto, B1)
    slow = asking("ada")
    assert slow.person.email == B1
    press(client, links(A)[0])
    undo.note(slow)
    assert established.is_established(asking("ada"), EMAIL, A)


def test_reading_the_same_again_writes_nothing(asking: Asking, django_assert_num_queries: object) -> None:
    undo.note(asking("ada"))
    actor = asking("ada")
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture
        undo.note(actor)


def test_a_to_b1_to_b2_leads_back_to_a_alone(verified_ada: Client, client: Client, logto: Logto) -> None:
    change_email(verified_ada, logto, B1)
    change_email(verified_ada, logto, B2)
    sent = mails()
    assert (len(links(A, sent)), links(B1, sent), links(B2, sent)) == (1, [], [])
    press(client, links(A, sent)[0])
    assert held(logto, "ada", "primaryEmail") == A


def test_a_removed_and_b_added_leads_back_to_a(verified_ada: Client, client: Client, logto: Logto) -> None:
    logto.state.sign_in_experience["signUp"]["identifiers"] = []
    verified_ada.post("/email/remove/")
    change_email(verified_ada, logto, B1)
    sent = mails()
    assert links(B1, sent) == []
    press(client, links(A, sent)[0])
    assert held(logto, "ada", "primaryEmail") == A


def test_a_put_back_by_hand_gives_b_no_link_and_a_is_as_established_as_before(
    verified_ada: Client, client: Client, logto: Logto
) -> None:
    change_email(verified_ada, logto, B1)
    first = links(A)[0]
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        change_email(verified_ada, logto, A)
        assert links(B1) == []
        change_email(verified_ada, logto, B2)
        assert links(A) != []
    press(client, first)
    assert held(logto, "ada", "primaryEmail") == A


def test_after_an_undo_the_value_is_as_established_as_before(
    verified_ada: Client, client: Client, logto: Logto
) -> None:
    change_email(verified_ada, logto, B1)
    press(client, links(A)[0])
    again = client_of(logto, "ada", verified=True)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        change_email(again, logto, B2)
        press(client, links(A)[0])
    assert held(logto, "ada", "primaryEmail") == A


def test_a_young_change_extends_nothing_and_an_established_one_has_its_72_hours(
    verified_ada: Client, client: Client, logto: Logto
) -> None:
    change_phone(verified_ada, logto, "447700900777")
    first = Restoration.objects.get().expires_at
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        change_phone(verified_ada, logto, "447700900778")
        assert Restoration.objects.get().expires_at == first
        change_email(verified_ada, logto, B1)
    assert Restoration.objects.get().expires_at > first + timedelta(minutes=4)
    press(client, links(A)[-1])
    assert (held(logto, "ada", "primaryEmail"), held(logto, "ada", "primaryPhone")) == (A, "447700900123")


def test_no_link_leads_back_to_a_young_phone(ada: Client, logto: Logto) -> None:
    ada.get("/security/")
    at_logto(logto, primaryPhone="447700900776")
    change_phone(client_of(logto, "ada", verified=True), logto, "447700900777")
    assert held(logto, "ada", "primaryPhone") == "447700900777"
    assert links(A) == []


def test_a_young_email_is_sent_no_way_back_of_the_phone(ada: Client, logto: Logto) -> None:
    ada.get("/security/")
    at_logto(logto, primaryEmail=B1)
    change_phone(client_of(logto, "ada", verified=True), logto, "447700900777")
    assert links(B1) == []
    assert not Restoration.objects.exists()


def test_a_change_refused_right_after_an_undo_stands_beside_the_ones_that_were_undone(
    verified_ada: Client, asking: Asking, client: Client, logto: Logto
) -> None:
    change_email(verified_ada, logto, B1)
    press(client, links(A)[0])
    refused = audit.start(asking("ada"), Change.EMAIL_REMOVED)
    audit.finish(refused, Outcome.REFUSED)
    assert [row.used_at is None for row in Restoration.objects.all()] == [False]


def test_a_change_that_failed_takes_no_other_way_back_with_it(asking: Asking) -> None:
    first = audit.start(asking("ada"), Change.EMAIL_CHANGED, written=B1)
    second = audit.start(asking("ada"), Change.EMAIL_CHANGED, written=B2)
    audit.finish(first, Outcome.REFUSED)
    assert Restoration.objects.get().entry == second
    audit.finish(second, Outcome.REFUSED)
    assert not Restoration.objects.exists()
    assert AuditEntry.objects.count() == 2


def test_nor_with_that_of_a_change_that_began_a_moment_earlier(asking: Asking) -> None:
    actor = asking("ada")
    kept = undo.prepare(actor, Change.EMAIL_CHANGED)
    earlier = AuditEntry.objects.create(started_at=timezone.now(), **actor.owner, change=Change.EMAIL_CHANGED.value)
    failing = audit.start(asking("ada"), Change.PHONE_CHANGED, written="447700900777")
    notices.hold(actor, earlier, Change.EMAIL_CHANGED, B1, kept)
    audit.finish(failing, Outcome.REFUSED)
    audit.finish(earlier, Outcome.DONE)
    assert Restoration.objects.get().entry == earlier
    assert len(links(A)) == 1


def test_everything_that_happens_is_told_to_the_established_address_meanwhile(
    verified_ada: Client, asking: Asking, logto: Logto
) -> None:
    change_email(verified_ada, logto, B1)
    mails()
    verified_ada.post("/username/change/", {"username": "intruder"})
    told = mails()
    assert set(told) == {A, B1}
    assert "Your username was changed" in told[A][0]
    assert links(A, told) == []
    with time_machine.travel(timezone.now() + 73 * HOUR):
        audit.finish(audit.start(asking("ada"), Change.PASSWORD_CHANGED), Outcome.DONE)
        assert set(mails()) == {B1}


@pytest.mark.parametrize("keeps", [True, False], ids=["with its fallback", "without it"])
def test_after_a_new_secret_key_established_values_are_known(asking: Asking, settings: Settings, keeps: bool) -> None:
    undo.note(asking("ada"))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if keeps else []
    settings.SECRET_KEY = "another key that is as long as it has to be, invented for this test alone"
    undo.note(asking("ada"))
    assert established.is_established(asking("ada"), EMAIL, A)
    settings.SECRET_KEY_FALLBACKS = []
    assert established.is_established(asking("ada"), EMAIL, A)


def told_in(change: Change, actor: Actor) -> dict[str, str]:
    """The language of each mail about a change that this one makes, by address."""
    Notice.objects.all().delete()
    audit.finish(audit.start(actor, change, written=B1), Outcome.DONE)
    told = [notices.facts_of(notice) for notice in Notice.objects.all()]
    return {facts.to: facts.language for facts in told if facts}


def test_warnings_are_written_in_the_language_of_the_owner_and_not_of_whoever_acts(
    asking: Asking, settings: Settings
) -> None:
    settings.LANGUAGES = [("en", "English"), ("sv", "Svenska"), ("ar", "Arabic")]
    owner, intruder = replace(asking("ada"), language="sv"), replace(asking("ada"), language="ar")
    undo.note(owner)
    undo.note(intruder)
    assert told_in(Change.EMAIL_CHANGED, intruder) == {A: "sv", B1: "ar"}
    assert told_in(Change.PASSWORD_CHANGED, intruder) == {A: "sv"}
    with time_machine.travel(timezone.now() + 73 * HOUR):  # two languages that were used for long are both the owner's
        undo.note(owner)
        assert told_in(Change.PASSWORD_CHANGED, intruder) == {A: "ar"}
    assert told_in(Change.PASSWORD_CHANGED, asking("amara")) == {"amara@okafor.example": "en"}


def test_an_undo_is_told_in_the_language_of_the_account_too(asking: Asking, settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("sv", "Svenska")]
    undo.note(replace(asking("ada"), language="sv"))
    by_link = replace(asking("ada"), language="en", session=None)
    audit.finish(audit.start(by_link, Change.ACCOUNT_RESTORED, written="other@mail.example"), Outcome.DONE)
    told = [notices.facts_of(notice) for notice in Notice.objects.all()]
    assert {facts.language for facts in told if facts} == {"sv"}
