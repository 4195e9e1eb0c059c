"""Sending: one connection, growing pauses, nothing lost, nothing sent by two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from settings_app import checks
from settings_app.models import Notice
from settings_app.safeguards import audit, outbox
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change

from .conftest import Asking

Breaking = Callable[[Exception | None], None]


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Breaking:
    """`mail_server(error)` fails every mail with it; `mail_server(None)` works again."""
    works = EmailBackend.send_messages

    def set_to(error: Exception | None) -> None:
        def fails(self: EmailBackend, messages: object) -> int:
            raise error  # type: ignore[misc]  # only set when there is one

        monkeypatch.setattr(EmailBackend, "send_messages", fails if error else works)

    return set_to


def announce(asking: Asking, handle: str = "ada") -> None:
    audit.finish(audit.start(asking(handle), Change.PASSWORD_CHANGED), Outcome.DONE)


def test_a_mail_server_that_is_down_loses_nothing(asking: Asking, mail_server: Breaking) -> None:
    announce(asking)
    mail_server(SMTPServerDisconnected("down"))
    assert outbox.send_due() == 0
    mail_server(None)
    assert outbox.send_due() == 0
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert outbox.send_due() == 1


def test_pauses_grow_up_to_half_an_hour(asking: Asking, mail_server: Breaking) -> None:
    announce(asking)
    mail_server(OSError("no route"))
    pauses = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _time in range(9):
            outbox.send_due()
            due = Notice.objects.get().due_at
            pauses.append((due - timezone.now()).total_seconds())
            clock.move_to(due)
    assert pauses == [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]


def test_a_failing_server_is_not_asked_for_every_mail(asking: Asking, mail_server: Breaking) -> None:
    announce(asking)
    announce(asking, "amara")
    mail_server(SMTPServerDisconnected("down"))
    outbox.send_due()
    assert sorted(Notice.objects.values_list("attempts", flat=True)) == [0, 1]


def test_a_recipient_refused_for_good_is_given_up_and_forgotten(asking: Asking, mail_server: Breaking) -> None:
    announce(asking)
    mail_server(SMTPRecipientsRefused({"ada@mail.example": (550, b"no such mailbox")}))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for minute in (0, 1, 2):
            clock.shift(timedelta(minutes=minute))
            outbox.send_due()
    row = Notice.objects.get()
    assert (row.state, row.sealed) == (Notice.State.UNDELIVERABLE, "")


def test_a_busy_mailbox_is_tried_again(asking: Asking, mail_server: Breaking) -> None:
    announce(asking)
    mail_server(SMTPRecipientsRefused({"ada@mail.example": (451, b"later")}))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for minute in (0, 1, 2, 3):
            clock.shift(timedelta(minutes=minute))
            outbox.send_due()
    assert Notice.objects.get().state == Notice.State.DONE


def test_one_refused_mail_keeps_no_other_waiting(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(asking)
    announce(asking, "amara")
    works = EmailBackend.send_messages

    def refuses_ada(self: EmailBackend, messages: list[mail.EmailMessage]) -> int:
        if messages[0].to[0].startswith("ada"):
            raise SMTPRecipientsRefused({messages[0].to[0]: (451, b"later")})
        return works(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuses_ada)
    assert outbox.send_due() == 1


def test_what_another_process_has_claimed_is_left_to_it(asking: Asking) -> None:
    announce(asking)
    Notice.objects.update(claim="another process", claimed_until=timezone.now() + timedelta(minutes=2))
    assert outbox.send_due() == 0


def test_two_that_saw_the_same_mail_send_it_once(asking: Asking) -> None:
    announce(asking)
    pk = Notice.objects.get().pk
    assert outbox._claim(pk) is not None
    assert outbox._claim(pk) is None


def test_the_claim_of_a_killed_process_ends_and_the_mail_keeps_its_id(asking: Asking) -> None:
    announce(asking)
    outbox.send_due()
    Notice.objects.update(state=Notice.State.DONE, sealed=sealed_again(asking))
    Notice.objects.update(claim="killed", claimed_until=timezone.now() + timedelta(minutes=2))
    with time_machine.travel(timezone.now() + timedelta(minutes=2, seconds=1)):
        assert outbox.send_due() == 1
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_a_process_killed_half_way_loses_nothing(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    for handle in ("ada", "amara", "ada"):
        announce(asking, handle)
    works = EmailBackend.send_messages

    def dies_at_the_second(self: EmailBackend, messages: list[mail.EmailMessage]) -> int:
        if mail.outbox:
            raise KeyboardInterrupt
        return works(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        outbox.send_due()
    monkeypatch.setattr(EmailBackend, "send_messages", works)
    assert outbox.send_due() == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=2, seconds=1)):
        assert outbox.send_due() == 1
    assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == 3


def sealed_again(asking: Asking) -> str:
    """The content that a mail of Ada's had before it was sent."""
    announce(asking)
    twin = Notice.objects.order_by("-pk")[0]
    twin.delete()
    return twin.sealed


def test_a_mail_whose_key_is_gone_is_given_up(asking: Asking) -> None:
    announce(asking)
    with override_settings(SECRET_KEY="another key"):
        assert outbox.send_due() == 0
    assert Notice.objects.get().state == Notice.State.UNDELIVERABLE


def test_all_go_over_one_connection(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(asking)
    announce(asking, "amara")
    connections = [EmailBackend()]
    monkeypatch.setattr(outbox, "get_connection", connections.pop)
    assert outbox.send_due() == 2


def test_the_command_says_how_many(asking: Asking, capsys: pytest.CaptureFixture[str]) -> None:
    announce(asking)
    call_command("send_notices")
    assert capsys.readouterr().out == "1 sent\n"


def test_the_sender_is_the_sites(asking: Asking) -> None:
    announce(asking)
    outbox.send_due()
    assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


@override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend")
def test_the_checks_warn_when_no_mail_can_leave() -> None:
    assert [found.id for found in checks.mails_can_be_sent()] == ["accountsite.W010", "accountsite.W011"]


def test_the_checks_say_nothing_when_there_is_a_server_and_a_sender() -> None:
    sites = (replace(settings.SITES[0], mail_from="account@mail.example"),)
    with override_settings(SITES=sites, EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend"):
        assert checks.mails_can_be_sent() == []
