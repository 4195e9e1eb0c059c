"""Sends the mails that are due, for all processes together: each is claimed by one conditional UPDATE.

A claim ends by itself, so a process that is killed loses nothing: another one sends again, under the same Message-ID.
Only a mail server that cannot be reached stops the mails that go through it; whatever else happens concerns the one
mail, which is kept and tried again, and given up after days with an ERROR line.
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from settings_app.mails import grouping
from settings_app.mails.compose import compose
from settings_app.mails.servers import Servers
from settings_app.models import Notice
from settings_app.safeguards import heartbeats, notices
from settings_app.safeguards.changes import Change
from settings_app.sites import Site
from settings_app.tenancy import site_at

CLAIMED_FOR = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)
KEPT_TRYING_FOR = timedelta(days=3)
LEAST_TRIES = 10  # hours of them, for a mail that is old already when the mail server comes back
# A mailbox that is refused for good (RFC 5321, 4.2.1) is tried a few times more: the relay may be set up wrongly.
PERMANENT = 500
PAUSES_AFTER_PERMANENT = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
BATCH = 50

# What keeps a mail waiting that only the operator can mend.
SITE_UNKNOWN = "site.unknown"
KEY_GONE = "key.gone"
SENDER_REFUSED = "sender.refused"

State = Notice.State

log = logging.getLogger(__name__)


def send_due() -> int:
    """Sends what is due, over one connection for each mail server that can be reached. Says how many mails went out."""
    notices.settle_cut_off()
    sent, servers = 0, Servers()
    try:
        while due := list(servers.within_reach(_due())[:BATCH].values_list("pk", "site")):
            for pk, host in due:
                connection = servers.connection_for(host)
                if connection is None:
                    continue  # what is left stays due
                was_sent = _send_one(pk, connection)
                sent += bool(was_sent)
                if was_sent is False:
                    servers.close_for(host)
    finally:
        servers.close()
    heartbeats.beat(heartbeats.MAILS, servers.trouble)
    return sent


class _UnmakeableError(Exception):
    """A mail that cannot be made here and now; its text says why in one word."""


def _waiting() -> QuerySet[Notice]:
    return Notice.objects.filter(state__in=(State.DONE, State.UNKNOWN))


def _claimed_with(notice: Notice) -> QuerySet[Notice]:
    """The mail, and what goes in it. Those that are sent keep their claim, and there are many of them."""
    return _waiting().filter(claim=notice.claim)


def _due() -> QuerySet[Notice]:
    now = timezone.now()
    rows = _waiting().filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    return rows.filter(due_at__lte=now).order_by("made_at")


def _send_one(pk: int, connection: BaseEmailBackend) -> bool | None:
    """True for a mail that went out, None for nothing to send now, False for a connection that may be broken."""
    notice = _claim(pk)
    if notice is None:
        return None
    try:
        facts, site = _made_from(notice)
        if _is_new(notice) and grouping.must_wait(notice, facts, site):
            _join_group(notice, facts)
            return None
        told = [*_others_of(notice), (notice, facts)]
        mail = compose(sorted(told, key=lambda one: one[0].pk), site)
        mail.connection = connection
        mail.send()
    except Exception as error:
        _failed(notice, error)
        return False
    _end(notice, State.SENT)
    return True


def _is_new(notice: Notice) -> bool:
    return notice.attempts == 1 and not notice.group


def _join_group(notice: Notice, facts: notices.Facts) -> None:
    """Leaves it to the next mail of its group, as if it had not been tried."""
    group = grouping.group_of(notice, facts)
    mine = Notice.objects.filter(pk=notice.pk, claim=notice.claim)
    mine.update(group=group, due_at=grouping.due_at(group), claimed_until=None, attempts=0)


def _others_of(notice: Notice) -> list[tuple[Notice, notices.Facts]]:
    """What goes in the same mail, claimed with it. What cannot be made here and now goes by itself."""
    if not notice.group:
        return []
    now = timezone.now()
    free = _waiting().filter(Q(claimed_until=None) | Q(claimed_until__lte=now), group=notice.group)
    free = free.exclude(pk=notice.pk)
    free.update(claim=notice.claim, claimed_until=notice.claimed_until, attempts=F("attempts") + 1)
    others = []
    for other in _claimed_with(notice).exclude(pk=notice.pk):
        try:
            Change(other.change)
            others.append((other, _made_from(other)[0]))
        except Exception:
            log.warning("mail %d does not go with its group", other.pk)
            Notice.objects.filter(pk=other.pk).update(group="", claim="", claimed_until=None)
    return others


def _made_from(notice: Notice) -> tuple[notices.Facts, Site]:
    """In a rollout another process may know a site or a key that this one does not: the mail waits for it."""
    site = site_at(notice.site)
    if site is None:
        raise _UnmakeableError(SITE_UNKNOWN)
    facts = notices.facts_of(notice)
    if facts is None:
        raise _UnmakeableError(KEY_GONE)
    return facts, site


def _claim(pk: int) -> Notice | None:
    """The mail, for this process alone; None when another one has it."""
    claim = secrets.token_hex(16)
    now = timezone.now()
    free = _waiting().filter(pk=pk)
    # guard: mail-claimed-once
    free = free.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    if not free.update(claim=claim, claimed_until=now + CLAIMED_FOR, attempts=F("attempts") + 1):
        return None
    return Notice.objects.filter(pk=pk, claim=claim).first()


def _failed(notice: Notice, error: Exception) -> None:
    """Keeps the mail for another try, or gives it up when it was tried for long enough."""
    trouble, is_permanent = _trouble(error)
    is_old = notice.made_at < timezone.now() - KEPT_TRYING_FOR
    tried_for_days = is_old and notice.attempts >= LEAST_TRIES
    refused_often = is_permanent and notice.attempts > len(PAUSES_AFTER_PERMANENT)
    # guard: hopeless-mail-is-given-up
    if tried_for_days or refused_often:
        log.error("mail %d is given up after %d tries: %s", notice.pk, notice.attempts, trouble)
        _end(notice, State.UNDELIVERABLE, trouble)
        return
    pause = _pause(notice.attempts, is_permanent)
    log.warning("mail %d was not sent (%s), next try in %d s", notice.pk, trouble, pause.total_seconds())
    mine = _claimed_with(notice)
    mine.update(due_at=timezone.now() + pause, claimed_until=None, trouble=trouble)


def _trouble(error: Exception) -> tuple[str, bool]:
    """What it is, in a word without any address; and whether the mailbox will not take it."""
    if isinstance(error, _UnmakeableError):
        return str(error), False
    if isinstance(error, SMTPSenderRefused):
        return f"{SENDER_REFUSED} {error.smtp_code}", False
    if isinstance(error, SMTPRecipientsRefused):
        code = min((reply[0] for reply in error.recipients.values()), default=0)
        return f"recipient.refused {code}", code >= PERMANENT
    if isinstance(error, SMTPDataError):
        return f"mail.refused {error.smtp_code}", error.smtp_code >= PERMANENT
    return type(error).__name__[:64], False


def _pause(attempts: int, is_permanent: bool) -> timedelta:
    """30 s, 1 min, 2 min and so on up to 30 min; hours after a refusal that is not expected to change."""
    if is_permanent:
        return PAUSES_AFTER_PERMANENT[min(attempts, len(PAUSES_AFTER_PERMANENT)) - 1]
    doubled: timedelta = FIRST_PAUSE * 2 ** min(attempts - 1, 10)
    return min(doubled, LONGEST_PAUSE)


def _end(notice: Notice, state: Notice.State, trouble: str = "") -> None:
    """The mail's content is gone with this, and that of all which went in it."""
    sent_at = timezone.now() if state == State.SENT else None
    mine = _claimed_with(notice)
    mine.update(state=state, sealed="", claimed_until=None, sent_at=sent_at, trouble=trouble)
