"""Sends the mails and the events about changes of accounts; nothing else does.

Any number of these may run, and any may be killed.
"""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentParser
from datetime import timedelta
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from settings_app import spans
from settings_app.admin.help import due as factor_removals
from settings_app.following import Following
from settings_app.mails import outbox
from settings_app.safeguards import heartbeats, retention
from settings_app.safeguards.sign_ins import reading
from settings_app.sections.delete import due
from settings_app.shell import exporter
from settings_app.transmitter import sending

PAUSE_SECONDS = 5
RETENTION_EVERY = timedelta(hours=1)
RETENTION_SECONDS = 2.0
DELETIONS_EVERY = timedelta(minutes=1)
DELETIONS_SECONDS = 10.0
REMOVALS_EVERY = timedelta(minutes=1)
REMOVALS_SECONDS = 10.0

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Sends the mails and the events about changes of accounts that are due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--loop", action="store_true", help="go on until stopped, deleting what is past its keeping"
        )

    def handle(self, *args: Any, loop: bool, **options: Any) -> None:
        if loop:
            go_on()
            return
        sent = outbox.send_due()
        send_events()
        look_for_sign_ins()
        self.stdout.write(f"{sent} sent")


def go_on() -> None:
    """Looks every few seconds until SIGTERM or SIGINT, and goes on when the database or the mail server does not."""
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    # Beside it, for the mails must not wait while Logto or a receiver of events does not answer.
    beside = [threading.Thread(target=work, args=(stop,), daemon=True) for work in (work_with_logto, tell_others)]
    for thread in beside:
        thread.start()
    exporter.begin()
    spans.begin(settings.TRACES_URL)
    sites = Following()
    while not stop.is_set():
        sites.look()
        go_round()
        stop.wait(PAUSE_SECONDS)
    for thread in beside:
        thread.join(PAUSE_SECONDS)


def work_with_logto(stop: threading.Event) -> None:
    while not stop.is_set():
        look_for_sign_ins()
        delete_what_is_due()
        remove_what_is_due()
        close_old_connections()
        stop.wait(PAUSE_SECONDS)


def tell_others(stop: threading.Event) -> None:
    while not stop.is_set():
        send_events()
        close_old_connections()
        stop.wait(PAUSE_SECONDS)


def send_events() -> None:
    """What other services are told of changes. Whatever fails, the next round tries it again."""
    try:
        close_old_connections()
        sending.send_due()
    except DatabaseError as error:
        log.error("the database does not answer, events wait: %s", type(error).__name__)  # noqa: TRY400  # one line
    except Exception:
        log.exception("events wait")


def look_for_sign_ins() -> None:
    """New devices, of which the mails are then sent like all others. Whatever fails, the next round tries it again."""
    try:
        close_old_connections()
        reading.go_round()
    except DatabaseError as error:
        log.error("the database does not answer, sign-ins wait: %s", type(error).__name__)  # noqa: TRY400  # one line
    except Exception:
        log.exception("sign-ins wait")


def delete_what_is_due() -> None:
    """Once a minute, the accounts whose day has come. Whatever fails, a later round tries it again."""
    try:
        if heartbeats.is_older(heartbeats.DELETIONS, DELETIONS_EVERY):
            heartbeats.beat(heartbeats.DELETIONS)
            due.carry_out(seconds=DELETIONS_SECONDS)
    except DatabaseError as error:
        log.error("the database does not answer, deletions wait: %s", type(error).__name__)  # noqa: TRY400  # one line
    except Exception:
        log.exception("deletions wait")


def remove_what_is_due() -> None:
    """Once a minute, the second steps whose moment has come. Whatever fails, a later round tries it again."""
    try:
        if heartbeats.is_older(heartbeats.FACTOR_REMOVALS, REMOVALS_EVERY):
            heartbeats.beat(heartbeats.FACTOR_REMOVALS)
            factor_removals.carry_out(seconds=REMOVALS_SECONDS)
    except DatabaseError as error:
        log.error("the database does not answer, removals wait: %s", type(error).__name__)  # noqa: TRY400  # one line
    except Exception:
        log.exception("removals wait")


def go_round() -> None:
    """Sends what is due; once an hour deletes what is past its keeping, a little each time, so that no mail waits."""
    try:
        close_old_connections()
        outbox.send_due()
        if heartbeats.is_older(heartbeats.RETENTION, RETENTION_EVERY):
            retention.delete_old(seconds=RETENTION_SECONDS)
    except DatabaseError as error:
        log.error("the database does not answer, mails wait: %s", type(error).__name__)  # noqa: TRY400  # one line, every 5 s
