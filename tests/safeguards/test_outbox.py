"""Sending: one connection, growing pauses, nothing lost, nothing sent by two."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from accountsite.sandbox.logto import Logto
from accountsite.sandbox.mail import MailServer
from settings_app import checks
from settings_app.mails import code, outbox, servers
from settings_app.models import Notice
from settings_app.safeguards import audit, heartbeats
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from settings_app.safeguards.encryption import seal

from .conftest import Asking

SMTP = "django.core.mail.backends.smtp.EmailBackend"
MEMORY = "django.core.mail.backends.locmem.EmailBackend"

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


@pytest.fixture
def post_office(logto: Logto) -> Iterator[MailServer]:
    """A mail server on a port of this machine, and the settings that lead to it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = MailServer(logto, port)
    server.start()
    with override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port):
        yield server
    server.shutdown()
    server.server_close()


def announce(asking: Asking, handle: str = "ada") -> None:
    audit.finish(audit.start(asking(handle), Change.PASSWORD_CHANGED), Outcome.DONE)


def states_after(*days: float) -> list[str]:
    """The state of the one mail after each of these days, in which it was tried whenever it was due."""
    began, states = timezone.now(), []
    with time_machine.travel(began, tick=False) as clock:
        for day in days:
            end = began + timedelta(days=day)
            while timezone.now() < end:
                outbox.send_due()
                row = Notice.objects.get()
                clock.move_to(min(row.due_at, end) if row.state == Notice.State.DONE else end)
            states.append(Notice.objects.get().state)
    return states


@override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=9)
def test_a_mail_server_that_is_down_loses_nothing_and_counts_no_try(asking: Asking) -> None:
    announce(asking)
    announce(asking, "amara")
    assert left_of_two_after_days(4) == [(Notice.State.DONE, 0), (Notice.State.DONE, 0)]
    with override_settings(EMAIL_BACKEND=MEMORY):
        assert outbox.send_due() == 2


def left_of_two_after_days(days: int) -> list[tuple[str, int]]:
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        outbox.send_due()
    return list(Notice.objects.values_list("state", "attempts"))


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


@pytest.mark.parametrize(
    "address", ["a;b@x.example", "c,d@x.example", "@x.example", "line@x.example\nBcc: e@x.example"]
)
@pytest.mark.usefixtures("post_office")
def test_an_address_that_cannot_be_mailed_keeps_no_other_waiting(asking: Asking, logto: Logto, address: str) -> None:
    logto.state.person("ada").user["primaryEmail"] = address
    announce(asking)
    announce(asking, "amara")
    assert outbox.send_due() == 1
    assert [row.state for row in Notice.objects.order_by("pk")] == [Notice.State.DONE, Notice.State.SENT]
    assert len(logto.state.inbox) == 1


@pytest.mark.parametrize(
    "error",
    [
        SMTPRecipientsRefused({"ada@mail.example": (451, b"later")}),
        SMTPServerDisconnected("closed on this mail"),
        SMTPSenderRefused(553, b"not yours", "account@mail.example"),
        ValueError("no address"),
        UnicodeEncodeError("ascii", "ä", 0, 1, "SMTPUTF8 is not spoken there"),
        RecursionError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_is_raised_for_one_mail_keeps_no_other_waiting(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    announce(asking)
    announce(asking, "amara")
    works = EmailBackend.send_messages

    def refuses_ada(self: EmailBackend, messages: list[mail.EmailMessage]) -> int:
        if messages[0].to[0].startswith("ada"):
            raise error
        return works(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuses_ada)
    assert outbox.send_due() == 1


def test_a_mailbox_refused_for_good_is_given_up_within_a_day_and_forgotten(
    asking: Asking, mail_server: Breaking, caplog: pytest.LogCaptureFixture
) -> None:
    announce(asking)
    mail_server(SMTPRecipientsRefused({"ada@mail.example": (550, b"no such mailbox")}))
    assert states_after(1) == [Notice.State.UNDELIVERABLE]
    row = Notice.objects.get()
    assert (row.sealed, row.attempts, row.trouble) == ("", 4, "recipient.refused 550")
    assert [record.levelname for record in caplog.records][-1] == "ERROR"


@pytest.mark.parametrize(
    "error",
    [
        SMTPRecipientsRefused({"ada@mail.example": (452, b"mailbox full")}),
        SMTPSenderRefused(550, b"sender set up wrongly", "account@mail.example"),
        SMTPServerDisconnected("in the middle"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_may_be_mended_is_kept_for_days(asking: Asking, mail_server: Breaking, error: Exception) -> None:
    announce(asking)
    mail_server(error)
    assert states_after(2.9, 3.1) == [Notice.State.DONE, Notice.State.UNDELIVERABLE]


def test_a_mail_that_is_old_when_the_server_comes_back_is_not_given_up_at_its_first_try(
    asking: Asking, mail_server: Breaking
) -> None:
    """Many servers refuse what they do not know yet, and take it a little later."""
    announce(asking)
    mail_server(SMTPRecipientsRefused({"ada@mail.example": (451, b"greylisted")}))
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        outbox.send_due()
    assert Notice.objects.get().state == Notice.State.DONE


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


def test_a_mail_whose_key_is_not_here_yet_waits_for_it(asking: Asking) -> None:
    """A key was rotated, and this process was not restarted yet."""
    announce(asking)
    with override_settings(SECRET_KEY="another key"):
        assert outbox.send_due() == 0
    row = Notice.objects.get()
    assert (row.state, row.trouble) == (Notice.State.DONE, "key.gone")
    with time_machine.travel(row.due_at):
        assert outbox.send_due() == 1


def test_a_mail_of_a_site_that_is_not_known_yet_waits_for_it(asking: Asking) -> None:
    """A site was added, and this process was not restarted yet."""
    announce(asking)
    Notice.objects.update(site="new.example")
    assert outbox.send_due() == 0
    row = Notice.objects.get()
    assert (row.state, row.trouble) == (Notice.State.DONE, "site.unknown")
    with (
        time_machine.travel(row.due_at),
        override_settings(SITES=(replace(settings.SITES[0], base_url="http://new.example"),)),
    ):
        assert outbox.send_due() == 1


@pytest.mark.parametrize(
    ("column", "newer"),
    [("change", "of-a-newer-release"), ("sealed", seal("notice", '{"new": 1}'))],
    ids=["change", "sealed"],  # what is sealed differs in each process
)
def test_a_mail_that_only_a_newer_release_can_make_waits_for_it(asking: Asking, column: str, newer: str) -> None:
    announce(asking)
    Notice.objects.update(**{column: newer})
    assert outbox.send_due() == 0
    assert Notice.objects.get().state == Notice.State.DONE


def test_a_site_that_stays_unknown_is_given_up_after_days_with_an_error(
    asking: Asking, caplog: pytest.LogCaptureFixture
) -> None:
    announce(asking)
    Notice.objects.update(site="gone.example")
    assert states_after(2.9, 3.1) == [Notice.State.DONE, Notice.State.UNDELIVERABLE]
    assert caplog.records[-1].levelname == "ERROR"
    assert "site.unknown" in caplog.records[-1].getMessage()


def test_all_go_over_one_connection(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(asking)
    announce(asking, "amara")
    connections = [EmailBackend()]
    monkeypatch.setattr(servers, "get_connection", connections.pop)
    assert outbox.send_due() == 2


def test_a_site_may_have_a_mail_server_of_its_own_and_one_that_is_down_stops_only_its_own(
    asking: Asking, post_office: MailServer
) -> None:
    own = f"smtp://127.0.0.1:{post_office.server_address[1]}"
    down = replace(settings.SITES[0], base_url="http://second.example", mail_server="smtp://127.0.0.1:9")
    announce(asking)
    announce(asking, "amara")
    Notice.objects.filter(pk=Notice.objects.latest("pk").pk).update(site="second.example")
    with override_settings(SITES=(settings.SITES[0], down)):
        assert outbox.send_due() == 1
        assert heartbeats.last(heartbeats.MAILS).trouble == "ConnectionRefusedError"  # type: ignore[union-attr]  # it beat
    assert Notice.objects.latest("pk").attempts == 0  # it did not count as a try
    with override_settings(SITES=(settings.SITES[0], replace(down, mail_server=own)), EMAIL_PORT=9):
        announce(asking)
        assert outbox.send_due() == 1
    assert Notice.objects.get(site="second.example").state == Notice.State.SENT


def test_codes_of_our_own_go_through_the_mail_server_of_the_site_too(logto: Logto, post_office: MailServer) -> None:
    own = replace(settings.SITES[0], mail_server=f"smtp://127.0.0.1:{post_office.server_address[1]}")
    with override_settings(EMAIL_PORT=9):
        code.send(own, recipient="second@mail.example", code="123456", language="en")
    assert "123456" in logto.state.latest_message("second@mail.example").text


def test_the_command_says_how_many(asking: Asking, capsys: pytest.CaptureFixture[str]) -> None:
    announce(asking)
    call_command("send_notices")
    assert capsys.readouterr().out == "1 sent\n"


def test_the_sender_is_the_sites(asking: Asking) -> None:
    announce(asking)
    outbox.send_due()
    assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


@override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend")
def test_the_checks_refuse_what_sends_no_mail() -> None:
    assert [found.id for found in checks.mails_can_be_sent()] == ["accountsite.E010", "accountsite.W011"]


def test_the_checks_say_nothing_when_there_is_a_server_and_a_sender() -> None:
    sites = (replace(settings.SITES[0], mail_from="account@mail.example"),)
    with override_settings(SITES=sites, EMAIL_BACKEND=SMTP, EMAIL_HOST="mail.example"):
        assert checks.mails_can_be_sent() == []
