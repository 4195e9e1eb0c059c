"""Leases: one at a time, released by the end of the block or by time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from settings_app.logto import transport
from settings_app.models import Lease
from settings_app.safeguards import leases, limits
from settings_app.safeguards.declined import Declined, TooManyAttempts
from settings_app.safeguards.limits import Limit

from .conftest import Asking


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "PERSON_WAIT_SECONDS", 0)


def test_a_second_removal_waits_and_is_then_refused(asking: Asking) -> None:
    with leases.on_person(asking("ada")), pytest.raises(TooManyAttempts):
        leases.on_person(asking("ada", browser="second")).__enter__()


def test_another_persons_removal_is_not_kept_waiting(asking: Asking) -> None:
    with leases.on_person(asking("ada")), leases.on_person(asking("amara")):
        pass


def test_it_is_released_at_the_end_of_the_block_also_after_a_failure(asking: Asking) -> None:
    with pytest.raises(ValueError, match="broken"), leases.on_person(asking("ada")):
        raise ValueError("broken")
    assert not Lease.objects.exists()
    with leases.on_person(asking("ada")):
        pass


def test_it_ends_by_itself_after_ten_seconds(asking: Asking) -> None:
    held = leases.take("testserver", "person x", seconds=10)
    assert held is not None
    assert leases.take("testserver", "person x", seconds=10) is None
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        assert leases.take("testserver", "person x", seconds=10) is not None
        with pytest.raises(Declined):
            held.renew()


def test_who_was_too_slow_releases_nothing_of_the_next_holder(asking: Asking) -> None:
    slow = leases.take("testserver", "person x", seconds=10)
    assert slow is not None
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        leases.take("testserver", "person x", seconds=10)
        slow.release()
        assert leases.take("testserver", "person x", seconds=10) is None


def test_renewing_gives_the_full_time_again(asking: Asking) -> None:
    with leases.on_person(asking("ada")) as held:
        with time_machine.travel(timezone.now() + timedelta(seconds=leases.PERSON_SECONDS - 1)):
            held.renew()
        with time_machine.travel(timezone.now() + timedelta(seconds=2 * leases.PERSON_SECONDS - 2)):
            held.renew()


def test_it_outlasts_the_longest_write_that_is_made_under_it(asking: Asking) -> None:
    """A token, a refusal of it, a new one and the call again: each as slow as the transport lets it be."""
    with leases.on_person(asking("ada")) as held:
        held.renew()
        longest = timedelta(seconds=4 * (transport.CONNECT_SECONDS + transport.WRITE_SECONDS))
        with time_machine.travel(timezone.now() + longest), pytest.raises(TooManyAttempts):
            leases.on_person(asking("ada", browser="second")).__enter__()


def test_a_place_outlasts_the_longest_call_too(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SLOT_WAIT_SECONDS", 0)
    monkeypatch.setitem(limits.SLOTS, Limit.STEP_UP_PASSWORD, ("password-check", 1))
    longest = timedelta(seconds=4 * (transport.CONNECT_SECONDS + transport.WRITE_SECONDS))
    with (
        limits.attempt(asking("ada"), Limit.STEP_UP_PASSWORD),
        time_machine.travel(timezone.now() + longest),
        pytest.raises(TooManyAttempts),
    ):
        limits.attempt(asking("amara"), Limit.STEP_UP_PASSWORD).__enter__()


def test_sites_are_apart(asking: Asking) -> None:
    assert leases.take("one.example", "person x", seconds=10)
    assert leases.take("two.example", "person x", seconds=10)
