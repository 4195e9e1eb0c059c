"""Sends the mails that are due, for all processes together: each is claimed by one conditional UPDATE.

A claim ends by itself, so a process that is killed loses nothing: another one sends again, under the same Message-ID.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from settings_app.models import Notice
from settings_app.safeguards import mails, notices
from settings_app.sites import Site

CLAIMED_FOR = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)
PERMANENT = 500  # SMTP replies from here on are not expected to change (RFC 5321, 4.2.1)
PERMANENT_MOST_TIMES = 3
TEMPORARY_MOST_TIMES = 8
BATCH = 50

State = Notice.State

log = logging.getLogger(__name__)


def send_due() -> int:
    """Sends what is due, over one connection, until the mail server fails. Says how many mails went out."""
    notices.settle_cut_off()
    connection: BaseEmailBackend = get_connection()
    sent = 0
    try:
        while due := list(_due()[:BATCH]):
            for pk in due:
                sent += _send_one(pk, connection)
    except _ServerDownError:
        pass  # what is left stays due
    finally:
        connection.close()
    return sent


class _ServerDownError(Exception):
    """The mail server, and not one of the mails, is the trouble."""


def _due() -> QuerySet[Notice, int]:
    now = timezone.now()
    rows = Notice.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lte=now), state__in=(State.DONE, State.UNKNOWN)
    )
    return rows.filter(due_at__lte=now).order_by("made_at").values_list("pk", flat=True)


def _send_one(pk: int, connection: BaseEmailBackend) -> int:
    notice = _claim(pk)
    if notice is None:
        return 0
    facts, site = notices.facts_of(notice), _site_of(notice)
    if facts is None or site is None:
        log.error("mail %d cannot be made: its site or the key it was sealed with is gone", pk)
        _end(notice, State.UNDELIVERABLE)
        return 0
    try:
        mail = mails.compose(notice, facts, site)
        mail.connection = connection
        mail.send()
    except (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError) as error:
        _refused(notice, error)
        return 0
    except Exception as error:
        _later(notice, error)  # backends other than SMTP raise errors of their own
        raise _ServerDownError from error
    _end(notice, State.SENT)
    return 1


def _site_of(notice: Notice) -> Site | None:
    return next((site for site in settings.SITES if site.host == notice.site), None)


def _refused(notice: Notice, error: SMTPRecipientsRefused | SMTPSenderRefused | SMTPDataError) -> None:
    """The server did not take this one mail. Nobody waits for it for ever: readiness is measured by the oldest."""
    if isinstance(error, SMTPRecipientsRefused):
        code = min((reply[0] for reply in error.recipients.values()), default=0)
    else:
        code = error.smtp_code
    if notice.attempts >= (PERMANENT_MOST_TIMES if code >= PERMANENT else TEMPORARY_MOST_TIMES):
        log.warning("mail %d is given up, the mail server refuses it with %d", notice.pk, code)
        _end(notice, State.UNDELIVERABLE)
    else:
        _later(notice, error)


def _claim(pk: int) -> Notice | None:
    """The mail, for this process alone; None when another one has it."""
    claim = secrets.token_hex(16)
    now = timezone.now()
    free = Notice.objects.filter(pk=pk, state__in=(State.DONE, State.UNKNOWN))
    # guard: mail-claimed-once
    free = free.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    if not free.update(claim=claim, claimed_until=now + CLAIMED_FOR, attempts=F("attempts") + 1):
        return None
    return Notice.objects.filter(pk=pk, claim=claim).first()


def _end(notice: Notice, state: Notice.State) -> None:
    """The mail's content is gone with this."""
    Notice.objects.filter(pk=notice.pk, claim=notice.claim).update(
        state=state, sealed="", claimed_until=None, sent_at=timezone.now() if state == State.SENT else None
    )


def _later(notice: Notice, error: Exception) -> None:
    """Growing pauses: 30 s, 1 min, 2 min and so on up to 30 min."""
    pause = min(FIRST_PAUSE * 2 ** min(notice.attempts - 1, 10), LONGEST_PAUSE)
    log.warning("mail %d was not sent (%s), next try in %d s", notice.pk, type(error).__name__, pause.total_seconds())
    due: datetime = timezone.now() + pause
    Notice.objects.filter(pk=notice.pk, claim=notice.claim).update(due_at=due, claimed_until=None)
