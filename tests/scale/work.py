"""What runs beside the pages: each command, each round of the mail loop, and what Logto and machines ask."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest

from accountsite.sandbox.logto import Logto
from settings_app import session
from settings_app.admin.help import due as factor_removals
from settings_app.mails import outbox
from settings_app.models import Session
from settings_app.safeguards import retention
from settings_app.safeguards.sign_ins import telling
from settings_app.sections.delete import due as deletions
from settings_app.shell.exporter import Stored
from settings_app.transmitter import sending
from tests.transmitter.conftest import pem
from tests.transmitter.receiving import URL, listening

MOST_EVENTS = 200


def statusz(logto: Logto) -> str:
    lines = Client().get("/statusz").content.decode().splitlines()
    return f"{len(lines)} lines"


def metrics(logto: Logto) -> str:
    registry = CollectorRegistry()
    registry.register(Stored())
    return f"{len(generate_latest(registry).splitlines())} lines"


def a_session_begins(logto: Logto) -> str:
    """Each new one sweeps away some that have ended."""
    session.SessionStore(site=settings.SITES[0].host).create()
    return "some that have ended go"


def sessions_of_a_person_end(logto: Logto) -> str:
    person = logto.state.person("amara")
    return f"{session.end_sessions(tenant=settings.SITES[0].tenant, subject=person.id)} sessions"


def sessions_of_logtos_end(logto: Logto) -> str:
    sid = Session.objects.exclude(sid="").values_list("sid", flat=True)[0]
    return f"{session.end_sessions_of_sid(tenant=settings.SITES[0].tenant, sid=sid)} session"


def mails_leave(logto: Logto) -> str:
    sent = outbox.send_due()
    mail.outbox.clear()
    return f"{sent} mails"


def events_leave(logto: Logto) -> str:
    """To a receiver that takes so many and then no more."""
    with listening() as receiver:

        def answers(_claims: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
            return (202 if len(receiver.tokens) <= MOST_EVENTS else 503), {}, b""

        receiver.answers = answers
        with override_settings(SITES=(replace(settings.SITES[0], events_url=URL, events_keys=(pem("ec"),)),)):
            return f"{sending.send_due(receiver.connect)} events"


def new_devices_are_told(logto: Logto) -> str:
    told = telling.tell_due(settings.SITES[0].tenant, read_until=timezone.now())
    return f"{told} told"


def due_deletions(logto: Logto) -> str:
    return f"{deletions.carry_out()} deleted, the others are nobody's accounts"


def due_factor_removals(logto: Logto) -> str:
    return f"{factor_removals.carry_out()} removed"


def events_list(logto: Logto) -> str:
    told = io.StringIO()
    call_command("events", "list", stdout=told)
    return f"{len(told.getvalue().splitlines())} lines"


def delete_old(logto: Logto) -> str:
    return f"{sum(retention.delete_old().values())} rows"


def delete_old_again(logto: Logto) -> str:
    return f"{sum(retention.delete_old().values())} rows"


def end_sessions(logto: Logto) -> str:
    told = io.StringIO()
    call_command("end_sessions", stdout=told)
    return told.getvalue().strip()


# In this order: what deletes comes last.
WORK: tuple[Callable[[Logto], str], ...] = (
    statusz,
    metrics,
    a_session_begins,
    sessions_of_a_person_end,
    sessions_of_logtos_end,
    mails_leave,
    events_leave,
    events_list,
    due_deletions,
    due_factor_removals,
    new_devices_are_told,
    delete_old,
    delete_old_again,
    end_sessions,
)
