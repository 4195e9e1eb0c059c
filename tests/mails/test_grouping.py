"""How many mails many changes are, and that none of them is lost on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accountsite.sandbox.logto import Logto
from settings_app.mails import outbox
from settings_app.models import Notice
from settings_app.safeguards import audit
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from settings_app.safeguards.encryption import seal
from tests.mails.sent import Sent
from tests.safeguards.conftest import Asking, asking

__all__ = ["asking"]

NEW = "new@mail.example"


def changes(asking: Asking, change: Change = Change.USERNAME_CHANGED, times: int = 1, written: str = "") -> None:
    for _time in range(times):
        audit.finish(audit.start(asking("ada"), change, written=written), Outcome.DONE)
        outbox.send_due()


def go_on(clock: time_machine.Traveller, until: timedelta) -> None:
    """Lets the time pass in steps of a minute, with the mail loop going round."""
    end = timezone.now() + until
    while timezone.now() < end:
        clock.shift(timedelta(minutes=1))
        outbox.send_due()


def test_sixty_changes_of_a_username_are_four_mails_and_tell_of_all(asking: Asking) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        changes(asking, times=60)
        assert len(mail.outbox) == 3
        go_on(clock, timedelta(minutes=16))
    assert len(mail.outbox) == 4
    assert mail.outbox[-1].subject == "Fernhill: 57 changes to your account"
    assert "Sign in to see the 37 before them." in Sent().text
    assert Sent().text.count("Your username was changed") == 20
    assert not Notice.objects.exclude(state=Notice.State.SENT).exists()


def test_a_change_every_twenty_minutes_for_a_day_is_at_most_a_dozen_mails(asking: Asking) -> None:
    kinds = (Change.USERNAME_CHANGED, Change.USERNAME_REMOVED, Change.USERNAME_ADDED)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(72):
            changes(asking, kinds[number % 3])
            clock.shift(timedelta(minutes=20))
    assert 8 <= len(mail.outbox) <= 12


def test_who_changes_a_lot_of_one_thing_delays_no_mail_about_another(asking: Asking) -> None:
    changes(asking, times=10)
    changes(asking, Change.PASSWORD_CHANGED)
    assert mail.outbox[-1].subject == "Fernhill: Your password was changed"
    changes(asking, Change.AUTHENTICATOR_REMOVED)
    assert mail.outbox[-1].subject == "Fernhill: Your authenticator app was removed"


def test_a_mail_with_a_way_back_is_never_delayed_and_goes_alone(asking: Asking) -> None:
    changes(asking, Change.EMAIL_ADDED, times=6)
    waiting = len(mail.outbox)
    changes(asking, Change.EMAIL_CHANGED, written=NEW)
    assert [one.subject for one in mail.outbox[waiting:] if "/undo/?token=" in str(one.body)] == [
        "Fernhill: Your email was changed"
    ]


def test_another_person_is_told_at_once(asking: Asking) -> None:
    changes(asking, times=4)
    audit.finish(audit.start(asking("amara"), Change.USERNAME_CHANGED), Outcome.DONE)
    assert outbox.send_due() == 1


def test_the_next_day_begins_anew(asking: Asking) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        changes(asking, times=3)
        clock.shift(timedelta(days=1, seconds=1))
        changes(asking)
    assert len(mail.outbox) == 4


def test_changes_that_were_cut_off_wait_like_others_and_say_so(asking: Asking) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        changes(asking, times=3)
        audit.start(asking("ada"), Change.USERNAME_CHANGED)
        changes(asking)
        go_on(clock, timedelta(minutes=20))
    assert len(mail.outbox) == 4
    assert "Someone tried to change your username" in Sent().text
    assert "We don’t know whether it worked" not in Sent().text


def waiting_group(asking: Asking, clock: time_machine.Traveller, size: int = 3) -> None:
    changes(asking, times=3 + size)
    mail.outbox.clear()
    clock.shift(timedelta(minutes=15, seconds=1))


def test_a_group_that_the_server_did_not_take_stays_whole(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    works = EmailBackend.send_messages

    def fails(self: EmailBackend, messages: object) -> int:
        raise OSError("no route")

    with time_machine.travel(timezone.now(), tick=False) as clock:
        waiting_group(asking, clock)
        monkeypatch.setattr(EmailBackend, "send_messages", fails)
        assert outbox.send_due() == 0
        monkeypatch.setattr(EmailBackend, "send_messages", works)
        clock.shift(timedelta(minutes=2))
        assert outbox.send_due() == 1
    assert mail.outbox[0].subject == "Fernhill: 3 changes to your account"


def test_a_process_killed_with_a_group_loses_nothing(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    works = EmailBackend.send_messages

    def dies(self: EmailBackend, messages: object) -> int:
        raise KeyboardInterrupt

    with time_machine.travel(timezone.now(), tick=False) as clock:
        waiting_group(asking, clock)
        monkeypatch.setattr(EmailBackend, "send_messages", dies)
        with pytest.raises(KeyboardInterrupt):
            outbox.send_due()
        monkeypatch.setattr(EmailBackend, "send_messages", works)
        clock.shift(timedelta(minutes=2, seconds=1))
        assert outbox.send_due() == 1
    assert mail.outbox[0].subject == "Fernhill: 3 changes to your account"


def test_what_another_process_sends_is_in_no_second_mail(asking: Asking) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        waiting_group(asking, clock)
        theirs = Notice.objects.filter(state=Notice.State.DONE).last()
        assert theirs
        Notice.objects.filter(pk=theirs.pk).update(claim="theirs", claimed_until=timezone.now() + timedelta(minutes=2))
        assert outbox.send_due() == 1
    assert mail.outbox[0].subject == "Fernhill: 2 changes to your account"


@pytest.mark.parametrize(
    ("column", "value"),
    [("change", "of-a-newer-release"), ("sealed", seal("notice", '{"x": 1}'))],
    ids=["change", "sealed"],
)
def test_one_that_cannot_be_made_keeps_no_other_of_its_group(asking: Asking, column: str, value: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        waiting_group(asking, clock)
        odd = Notice.objects.filter(state=Notice.State.DONE).last()
        assert odd
        Notice.objects.filter(pk=odd.pk).update(**{column: value})
        assert outbox.send_due() == 1
    odd.refresh_from_db()
    assert (odd.state, mail.outbox[0].subject) == (Notice.State.DONE, "Fernhill: 2 changes to your account")


def test_the_old_and_the_new_address_are_told_apart(asking: Asking, logto: Logto) -> None:
    old = logto.state.person("ada").user["primaryEmail"]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        changes(asking, Change.EMAIL_ADDED, times=6, written=NEW)
        mail.outbox.clear()
        go_on(clock, timedelta(minutes=16))
    assert sorted(one.to[0] for one in mail.outbox) == sorted([old, NEW])
