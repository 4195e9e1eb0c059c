"""Limits: what is counted, for whom, and what a spent one says."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone, translation

from settings_app.actor import Actor
from settings_app.models import AuditEntry, Counter
from settings_app.safeguards import limits
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import TOO_MANY, TooManyAttempts
from settings_app.safeguards.limits import Limit, Rule, Scope
from settings_app.safeguards.perform import perform

from .conftest import Asking

FIVE_IN_TEN_MINUTES = 5


def spend_all(asking: Asking, handle: str, address: str = "203.0.113.7") -> None:
    for _time in range(FIVE_IN_TEN_MINUTES):
        limits.spend(asking(handle, address=address), Limit.STEP_UP_PASSWORD)


def test_the_sixth_password_in_ten_minutes_is_refused_with_the_time_to_wait(asking: Asking) -> None:
    spend_all(asking, "ada")
    with pytest.raises(TooManyAttempts) as refused:
        limits.spend(asking("ada"), Limit.STEP_UP_PASSWORD)
    assert 590 <= refused.value.wait_seconds <= 600
    assert "10 minutes" in str(refused.value.text)


def test_another_browser_or_network_does_not_reset_the_count_of_a_person(asking: Asking) -> None:
    spend_all(asking, "ada")
    with pytest.raises(TooManyAttempts):
        limits.spend(asking("ada", browser="second", address="198.51.100.1"), Limit.STEP_UP_PASSWORD)


def test_one_person_does_not_use_up_the_tries_of_another(asking: Asking) -> None:
    spend_all(asking, "ada")
    limits.spend(asking("amara"), Limit.STEP_UP_PASSWORD)


def test_the_window_ends(asking: Asking) -> None:
    spend_all(asking, "ada")
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        limits.spend(asking("ada"), Limit.STEP_UP_PASSWORD)


def test_a_refused_try_is_not_counted_anywhere_else(asking: Asking) -> None:
    spend_all(asking, "ada")
    before = sorted(Counter.objects.values_list("key", "count"))
    with pytest.raises(TooManyAttempts):
        limits.spend(asking("ada"), Limit.STEP_UP_PASSWORD)
    assert sorted(Counter.objects.values_list("key", "count")) == before


def test_a_try_that_succeeded_is_given_back_to_the_person_but_not_to_the_site(asking: Asking) -> None:
    for _time in range(3 * FIVE_IN_TEN_MINUTES):
        with limits.attempt(asking("ada"), Limit.STEP_UP_PASSWORD) as attempt:
            attempt.succeeded()
    counts = sorted(Counter.objects.values_list("count", flat=True))
    assert counts[:-1] == [0] * (len(counts) - 1)
    assert counts[-1] == 3 * FIVE_IN_TEN_MINUTES


def test_a_network_is_counted_across_people(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.TABLE, Limit.UNDO, (Rule(Scope.NETWORK, 2, 60),))
    limits.spend(asking("ada", address="2001:db8::1"), Limit.UNDO)
    limits.spend(asking("amara", address="2001:db8::ffff"), Limit.UNDO)
    with pytest.raises(TooManyAttempts):
        limits.spend(asking("social", address="2001:db8::2"), Limit.UNDO)
    limits.spend(asking("social", address="2001:db8:0:1::2"), Limit.UNDO)


def test_the_whole_site_is_counted_across_people_and_networks(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.TABLE, Limit.UNDO, (Rule(Scope.SITE, 2, 60),))
    limits.spend(asking("ada", address="203.0.113.1"), Limit.UNDO)
    limits.spend(asking("amara", address="203.0.113.2"), Limit.UNDO)
    with pytest.raises(TooManyAttempts):
        limits.spend(asking("social", address="203.0.113.3"), Limit.UNDO)


def test_password_checks_are_limited_for_person_network_and_site() -> None:
    assert {rule.scope for rule in Limit.STEP_UP_PASSWORD.rules} == {Scope.PERSON, Scope.NETWORK, Scope.SITE}


def test_code_sends_are_limited_for_person_recipient_and_network() -> None:
    assert {Scope.PERSON, Scope.RECIPIENT, Scope.NETWORK} <= {rule.scope for rule in Limit.CODE_SEND.rules}


def test_no_window_is_shorter_than_a_minute_or_so() -> None:
    """One of a moment would limit nothing."""
    assert [limit for limit in Limit for rule in limit.rules if rule.seconds < 55 or rule.count < 1] == []


def test_at_most_three_password_checks_are_under_way(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SLOT_WAIT_SECONDS", 0)
    with (
        limits.attempt(asking("ada"), Limit.STEP_UP_PASSWORD),
        limits.attempt(asking("amara"), Limit.SAME_PASSWORD),
        limits.attempt(asking("social"), Limit.STEP_UP_PASSWORD),
        pytest.raises(TooManyAttempts),
    ):
        limits.attempt(asking("empty"), Limit.STEP_UP_PASSWORD).__enter__()
    with limits.attempt(asking("empty"), Limit.STEP_UP_PASSWORD):
        pass


@pytest.mark.django_db(transaction=True)
def test_a_try_is_never_counted_inside_a_transaction_that_could_forget_it() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        limits.count("testserver", Limit.UNDO, {Scope.NETWORK: "", Scope.SITE: ""})


def test_a_person_makes_at_most_120_changes_in_ten_minutes(asking: Asking) -> None:
    for _time in range(120):
        limits.spend(asking("ada"), Limit.CHANGE)
    made: list[Actor] = []
    with pytest.raises(TooManyAttempts):
        perform(asking("ada"), Change.PROFILE, made.append)
    assert made == []
    assert not AuditEntry.objects.exists()


def test_the_way_back_is_not_used_up_by_who_took_the_account_over(asking: Asking) -> None:
    for _time in range(120):
        limits.spend(asking("ada"), Limit.CHANGE)
    made: list[Actor] = []
    perform(asking("ada"), Change.EMAIL_RESTORED, made.append)
    perform(asking("ada"), Change.ALL_SESSIONS_ENDED, made.append)
    assert len(made) == 2


def test_codes_are_tried_at_most_60_times_a_day(asking: Asking) -> None:
    for hour in range(3):
        with time_machine.travel(timezone.now() + timedelta(hours=hour, seconds=5 * hour)):
            for _time in range(30 if hour < 2 else 0):
                limits.spend(asking("ada"), Limit.CODE_TRY, recipient="someone@mail.example")
    later = timezone.now() + timedelta(hours=3)
    with time_machine.travel(later), pytest.raises(TooManyAttempts):
        limits.spend(asking("ada"), Limit.CODE_TRY, recipient="else@mail.example")
    with time_machine.travel(later), pytest.raises(TooManyAttempts):
        limits.spend(asking("amara"), Limit.CODE_TRY, recipient="someone@mail.example")


def test_a_row_names_nobody(asking: Asking) -> None:
    limits.spend(asking("ada"), Limit.CODE_SEND, recipient="someone@mail.example")
    keys = list(Counter.objects.values_list("key", flat=True))
    assert all(len(key) == 64 and "@" not in key for key in keys)


def test_a_recipient_is_the_same_in_capitals(asking: Asking) -> None:
    limits.spend(asking("ada"), Limit.CODE_SEND, recipient="someone@mail.example")
    with pytest.raises(TooManyAttempts) as refused:
        limits.spend(asking("amara", address="198.51.100.4"), Limit.CODE_SEND, recipient="SomeOne@Mail.example")
    assert str(refused.value.text).startswith("You can ask for another code in ")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (42.2, "43 seconds"),
        (90, "90 seconds"),
        (91, "2 minutes"),
        (600, "10 minutes"),
        (7201, "3 hours"),
    ],
)
def test_waiting_times_in_words(seconds: float, words: str) -> None:
    assert TOO_MANY.said(seconds) == f"Too many tries. Try again in {words}."


@pytest.mark.parametrize(
    ("language", "seconds", "words"),
    [
        ("ru", 121, "через 3 минуты."),
        ("ru", 60 * 21, "через 21 минуту."),
        ("pl", 60 * 60, "za 60 minut."),
        ("cs", 60 * 60 * 2, "za 2 hodiny."),
        ("ar", 120, "بعد دقيقتين."),
        ("de", 60 * 60 * 3, "in 3 Stunden noch einmal."),
    ],
)
def test_a_waiting_time_is_bent_as_its_language_does(language: str, seconds: int, words: str) -> None:
    with translation.override(language):
        assert TOO_MANY.said(seconds).endswith(words)
