"""Mails about changes: who is told, in which words, when, and what they never hold."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone, translation

from accountsite.sandbox.logto import Logto
from settings_app.mails import outbox
from settings_app.models import AuditEntry, Notice, Restoration
from settings_app.safeguards import audit, notices, pending
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from settings_app.safeguards.pending import Kind, Purpose

from .conftest import Asking

NEW = "new@mail.example"


@pytest.fixture
def old(logto: Logto) -> str:
    return str(logto.state.person("ada").user["primaryEmail"])


def sent(to: str) -> mail.EmailMultiAlternatives:
    found = [one for one in mail.outbox if one.to == [to]]
    assert len(found) == 1
    assert isinstance(found[0], mail.EmailMultiAlternatives)
    return found[0]


def texts(one: mail.EmailMultiAlternatives) -> tuple[str, str]:
    return str(one.body), str(one.alternatives[0][0])


def change_email(asking: Asking, outcome: AuditEntry.Outcome = Outcome.DONE) -> AuditEntry:
    pending.send(asking("ada"), Purpose.EMAIL, Kind.EMAIL, NEW)
    mail.outbox.clear()
    entry = audit.start(asking("ada"), Change.EMAIL_CHANGED, written=NEW)
    audit.finish(entry, outcome)
    return entry


def test_a_change_is_told_to_the_current_email_in_text_and_html(asking: Asking, old: str) -> None:
    audit.finish(audit.start(asking("ada"), Change.PASSWORD_CHANGED), Outcome.DONE)
    assert outbox.send_due() == 1
    one = sent(old)
    assert one.subject == "Fernhill: Your password was changed"
    for text in texts(one):
        assert "Your password was changed" in text
        assert "Firefox on macOS" in text
        assert "203.0.113.7" in text
        assert "If it wasn" in text
        assert "http://testserver/secure/" in text
    assert one.alternatives[0][1] == "text/html"


def test_the_moment_is_told_in_the_persons_time_zone(asking: Asking, logto: Logto, old: str) -> None:
    logto.state.person("ada").user["profile"]["zoneinfo"] = "Asia/Tokyo"
    with time_machine.travel("2026-03-01T20:30:00+00:00", tick=False):
        audit.finish(audit.start(asking("ada"), Change.PASSWORD_CHANGED), Outcome.DONE)
        outbox.send_due()
    assert "2 March 2026" in str(sent(old).body)
    assert "05:30:00 Japan" in str(sent(old).body)


def test_a_made_up_time_zone_is_read_as_utc(asking: Asking, logto: Logto, old: str) -> None:
    logto.state.person("ada").user["profile"]["zoneinfo"] = "../../etc/passwd"
    audit.finish(audit.start(asking("ada"), Change.PASSWORD_CHANGED), Outcome.DONE)
    outbox.send_due()
    assert "Coordinated Universal Time" in str(sent(old).body)


def test_it_is_written_in_the_language_the_person_reads(asking: Asking, old: str) -> None:
    with translation.override("ar"):
        audit.finish(audit.start(asking("ada"), Change.PASSWORD_CHANGED), Outcome.DONE)
    outbox.send_due()
    assert '<html lang="ar" dir="rtl">' in texts(sent(old))[1]


def test_an_email_change_is_told_to_the_old_and_the_new_address(asking: Asking, old: str) -> None:
    change_email(asking)
    assert outbox.send_due() == 2
    assert {one.to[0] for one in mail.outbox} == {old, NEW}


def test_the_way_back_goes_to_the_replaced_address_alone(asking: Asking, old: str) -> None:
    change_email(asking)
    outbox.send_due()
    assert all("/undo/?token=" in text for text in texts(sent(old)))
    assert all("/undo/" not in text for text in texts(sent(NEW)))


def test_a_removed_email_is_told_and_can_be_undone_from_there(asking: Asking, old: str) -> None:
    audit.finish(audit.start(asking("ada"), Change.EMAIL_REMOVED), Outcome.DONE)
    outbox.send_due()
    assert "/undo/?token=" in str(sent(old).body)


def test_a_phone_change_is_told_with_its_way_back_to_the_email(asking: Asking, old: str) -> None:
    audit.finish(audit.start(asking("ada"), Change.PHONE_CHANGED, written="441134960123"), Outcome.DONE)
    outbox.send_due()
    assert "/undo/?token=" in str(sent(old).body)


def test_who_takes_over_the_email_first_gets_no_way_back_for_the_phone(asking: Asking, logto: Logto, old: str) -> None:
    change_email(asking)
    outbox.send_due()
    mail.outbox.clear()
    logto.state.person("ada").user["primaryEmail"] = NEW
    audit.finish(audit.start(asking("ada"), Change.PHONE_CHANGED, written="441134960123"), Outcome.DONE)
    outbox.send_due()
    assert "/undo/" not in str(sent(NEW).body)
    assert "/undo/?token=" in str(sent(old).body)


def test_an_added_email_is_told_to_it_without_a_way_back(asking: Asking, logto: Logto) -> None:
    logto.state.person("ada").user["primaryEmail"] = None
    audit.finish(audit.start(asking("ada"), Change.EMAIL_ADDED, written=NEW), Outcome.DONE)
    outbox.send_due()
    assert "/undo/" not in str(sent(NEW).body)
    assert not Restoration.objects.exists()


def test_a_refused_change_is_told_to_nobody_and_leaves_no_way_back(asking: Asking) -> None:
    change_email(asking, Outcome.REFUSED)
    assert outbox.send_due() == 0
    assert not Notice.objects.exists()
    assert not Restoration.objects.exists()


def test_a_change_still_under_way_is_told_to_nobody(asking: Asking) -> None:
    audit.start(asking("ada"), Change.PASSWORD_CHANGED)
    assert outbox.send_due() == 0


def test_a_change_that_was_cut_off_is_told_after_two_minutes_as_not_confirmed(asking: Asking, old: str) -> None:
    audit.start(asking("ada"), Change.PASSWORD_CHANGED)
    with time_machine.travel(timezone.now() + timedelta(minutes=2, seconds=1)):
        assert outbox.send_due() == 1
    assert "Someone tried to change your password" in sent(old).subject
    assert "don’t know whether it worked" in str(sent(old).body)


def test_a_lost_answer_is_told_as_not_confirmed_at_once(asking: Asking, old: str) -> None:
    audit.finish(audit.start(asking("ada"), Change.PASSWORD_CHANGED), Outcome.UNKNOWN)
    assert outbox.send_due() == 1
    assert "don’t know whether it worked" in str(sent(old).body)


def test_a_person_without_email_gets_none(asking: Asking, logto: Logto) -> None:
    logto.state.person("ada").user["primaryEmail"] = None
    audit.finish(audit.start(asking("ada"), Change.PASSWORD_CHANGED), Outcome.DONE)
    assert outbox.send_due() == 0


def test_profile_changes_are_not_mailed(asking: Asking) -> None:
    audit.finish(audit.start(asking("ada"), Change.PROFILE), Outcome.DONE)
    assert not Notice.objects.exists()


def test_five_failed_confirmations_in_an_hour_are_told_once(asking: Asking, old: str) -> None:
    for _time in range(4):
        audit.finish(audit.start(asking("ada"), Change.STEP_UP), Outcome.REFUSED)
    assert outbox.send_due() == 0
    for _time in range(4):
        audit.finish(audit.start(asking("ada"), Change.STEP_UP), Outcome.REFUSED)
    assert outbox.send_due() == 1
    assert "failed several times to confirm" in sent(old).subject


def test_a_confirmation_that_worked_is_told_to_nobody(asking: Asking) -> None:
    audit.finish(audit.start(asking("ada"), Change.STEP_UP), Outcome.DONE)
    audit.start(asking("ada"), Change.STEP_UP)
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert outbox.send_due() == 0
    assert not Notice.objects.filter(state=Notice.State.HELD).exists()


def test_it_holds_no_code_no_value_and_nothing_that_reports_back(asking: Asking, logto: Logto, old: str) -> None:
    change_email(asking)
    code = logto.state.latest_message(NEW).code
    outbox.send_due()
    for text in (*texts(sent(old)), *texts(sent(NEW))):
        assert code not in text
        assert NEW not in text
        assert old not in text
        assert "<img" not in text
        links = re.findall(r"https?://[^\s\"<]+", text)
        assert {link.split("?")[0] for link in links} <= {
            "https://fernhill.example/help",  # the tenant's own
            "http://testserver",
            "http://testserver/undo/",
            "http://testserver/secure/",
        }


def test_what_waits_rests_sealed_and_is_gone_once_sent(asking: Asking, old: str) -> None:
    change_email(asking)
    stored = str(list(Notice.objects.values())) + str(list(Restoration.objects.values()))
    assert old not in stored
    assert NEW not in stored
    outbox.send_due()
    assert set(Notice.objects.values_list("sealed", "state")) == {("", Notice.State.SENT)}


def test_a_link_in_a_mail_does_nothing_when_it_is_only_opened(
    asking: Asking, client: Client, logto: Logto, old: str
) -> None:
    change_email(asking)
    outbox.send_due()
    logto.state.person("ada").user["primaryEmail"] = NEW
    link = re.findall(r"http://testserver(/undo/\S+)", str(sent(old).body))[0]
    assert client.get(link).status_code == 200
    assert client.head(link).status_code == 200
    assert logto.state.person("ada").user["primaryEmail"] == NEW
    assert Restoration.objects.get().used_at is None


def test_retention_deletes_the_rows_of_mails_sent_a_month_ago(asking: Asking) -> None:
    audit.finish(audit.start(asking("ada"), Change.PASSWORD_CHANGED), Outcome.DONE)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert notices.delete_old() == 0
    outbox.send_due()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert notices.delete_old() == 1
