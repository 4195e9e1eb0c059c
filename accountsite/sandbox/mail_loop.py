"""Does in the process of `make demo` and `make run` what `send_notices --loop` does in production: mails, deletions."""

from __future__ import annotations

import logging
import threading
import time
from io import StringIO

from django.core.management import call_command

EVERY_SECONDS = 5

log = logging.getLogger(__name__)


def start_mail_loop() -> None:
    threading.Thread(target=_send_notices, daemon=True).start()


def _send_notices() -> None:
    while True:
        try:
            for command in ("delete_due_accounts", "send_notices"):
                call_command(command, verbosity=0, stdout=StringIO())
        except Exception:
            log.exception("Mails could not be sent; trying again.")
        time.sleep(EVERY_SECONDS)
