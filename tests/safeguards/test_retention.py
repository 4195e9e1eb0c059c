"""Retention: what is past its keeping goes, what is not stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from settings_app.mails import outbox
from settings_app.management.commands import send_notices
from settings_app.models import (
    AuditEntry,
    Counter,
    Lease,
    Notice,
    OneTimeState,
    Pending,
    Restoration,
    Session,
)
from settings_app.safeguards import audit, connect_states, heartbeats, leases, pending, retention, waiting_secrets
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from settings_app.safeguards.pending import Kind, Purpose

from .conftest import Asking

KEPT_FOR_A_WHILE = (AuditEntry, Notice, Restoration)
SOON_GONE = (Pending, OneTimeState, Lease, Session)


@pytest.fixture
def _one_of_each(asking: Asking) -> None:
    request = asking("ada")
    request.browser.create()
    pending.send(request, Purpose.EMAIL, Kind.EMAIL, "new@mail.example")
    waiting_secrets.keep(request, "add", "JBSWY3DPEHPK3PXP")
    connect_states.keep(request, purpose="connect", connector_id="x", redirect_uri="y", target="z")
    leases.take("testserver", "person x", seconds=10)
    audit.finish(audit.start(request, Change.EMAIL_CHANGED, written="new@mail.example"), Outcome.DONE)
    outbox.send_due()


@pytest.mark.usefixtures("_one_of_each")
def test_nothing_goes_early() -> None:
    call_command("delete_old")
    assert all(model._default_manager.exists() for model in (*KEPT_FOR_A_WHILE, *SOON_GONE))


@pytest.mark.usefixtures("_one_of_each")
def test_what_served_its_time_is_gone_after_two_hours(capsys: pytest.CaptureFixture[str]) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        call_command("delete_old")
    assert not any(model._default_manager.exists() for model in SOON_GONE)
    assert all(model._default_manager.exists() for model in KEPT_FOR_A_WHILE)
    assert "pending values: 1\n" in capsys.readouterr().out


@pytest.mark.usefixtures("_one_of_each")
def test_counts_go_after_a_day_old_values_after_72_hours_and_the_trail_after_a_year() -> None:
    assert Counter.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        call_command("delete_old")
    assert not Counter.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        call_command("delete_old")
        assert not Restoration.objects.exists()
        assert AuditEntry.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        call_command("delete_old")
    assert not AuditEntry.objects.exists()


def test_a_long_trail_goes_in_batches_and_leaves_time_for_mails(db: None, django_assert_max_num_queries: Any) -> None:
    old = timezone.now() - timedelta(days=400)
    rows = [AuditEntry(started_at=old, site="testserver", subject="x", change="step-up") for _row in range(2500)]
    AuditEntry.objects.bulk_create(rows)
    with django_assert_max_num_queries(10):
        assert retention.delete_old(seconds=0)["audit entries"] == 0
    assert audit.delete_old() == 1000
    assert heartbeats.last(heartbeats.RETENTION) is None
    assert retention.delete_old(seconds=60)["audit entries"] == 1500
    assert heartbeats.last(heartbeats.RETENTION) is not None


def test_the_trail_of_sites_that_are_gone_goes_too(db: None) -> None:
    old = timezone.now() - timedelta(days=400)
    hosts = ("a.example", "testserver", "z.example", "a.example")
    AuditEntry.objects.bulk_create(
        AuditEntry(started_at=old, site=host, subject="x", change="step-up") for host in hosts
    )
    assert audit.delete_old() == len(hosts)


def test_the_mail_loop_deletes_once_an_hour(transactional_db: None) -> None:
    send_notices.go_round()
    first = heartbeats.last(heartbeats.RETENTION)
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        send_notices.go_round()
        assert heartbeats.last(heartbeats.RETENTION) == first
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        send_notices.go_round()
    second = heartbeats.last(heartbeats.RETENTION)
    assert first
    assert second
    assert second.at > first.at


def test_what_is_looked_for_is_found_by_an_index(db: None) -> None:
    """What retention, pages and /statusz ask of long tables."""
    now = timezone.now()
    asked = [
        AuditEntry.objects.filter(site="x", started_at__gt=now).order_by("-started_at"),
        Session.objects.filter(expire_date__lte=now),
        Notice.objects.filter(state__in=("sent", "undeliverable"), made_at__lt=now),
    ]
    for rows in asked:
        assert "USING INDEX" in rows.explain() or "Index" in rows.explain()
