"""Retention: what is past its keeping goes, what is not stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from settings_app.models import (
    AuditEntry,
    ConnectState,
    Counter,
    Lease,
    Notice,
    Pending,
    Session,
    SignInState,
    Undo,
    WaitingSecret,
)
from settings_app.safeguards import audit, leases, outbox, pending, states, waiting_secrets
from settings_app.safeguards.audit import Outcome
from settings_app.safeguards.changes import Change
from settings_app.safeguards.pending import Kind, Purpose

from .conftest import Asking

KEPT_FOR_A_WHILE = (AuditEntry, Notice, Undo)
SOON_GONE = (Pending, WaitingSecret, ConnectState, Counter, Lease, Session)


@pytest.fixture
def _one_of_each(asking: Asking) -> None:
    request = asking("ada")
    request.session.create()
    pending.send(request, Purpose.EMAIL, Kind.EMAIL, "new@mail.example")
    waiting_secrets.keep(request, "add", "JBSWY3DPEHPK3PXP")
    states.keep(request, purpose="connect", connector_id="x", redirect_uri="y", target="z")
    leases.take("testserver", "person x", seconds=10)
    audit.finish(audit.start(request, Change.EMAIL_CHANGED), Outcome.DONE)
    outbox.send_due()


@pytest.mark.usefixtures("_one_of_each")
def test_nothing_goes_early() -> None:
    call_command("delete_old")
    assert all(model._default_manager.exists() for model in (*KEPT_FOR_A_WHILE, *SOON_GONE))


@pytest.mark.usefixtures("_one_of_each")
def test_what_served_its_time_is_gone_after_two_hours(capsys: pytest.CaptureFixture[str]) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        call_command("delete_old")
    assert not any(model._default_manager.exists() for model in (*SOON_GONE, SignInState))
    assert all(model._default_manager.exists() for model in KEPT_FOR_A_WHILE)
    assert "pending values: 1\n" in capsys.readouterr().out


@pytest.mark.usefixtures("_one_of_each")
def test_old_values_go_after_72_hours_and_the_trail_after_a_year() -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        call_command("delete_old")
        assert not Undo.objects.exists()
        assert AuditEntry.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        call_command("delete_old")
    assert not AuditEntry.objects.exists()
