"""When a mail goes alone and when it waits to go with others: many changes at once are a few mails, none of them lost.

The first mails about a matter go at once, so whoever changes a lot hides nothing: the owner knows of it by then. What
carries a way back never waits.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from settings_app.models import Notice
from settings_app.safeguards import limits
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import TooManyAttempts
from settings_app.safeguards.encryption import digest
from settings_app.safeguards.limits import Limit, Scope
from settings_app.safeguards.notices import Facts
from settings_app.sites import Site

# Between the mails of one group within a day. With the first three this is a dozen at most.
PAUSES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=2), timedelta(hours=4))
COUNTED_FOR = timedelta(days=1)

State = Notice.State


def must_wait(notice: Notice, facts: Facts, site: Site) -> bool:
    """Whether this one, tried for the first time, goes with others later."""
    # guard: way-back-is-never-delayed
    if facts.undo or facts.keep:
        return False
    who = {Scope.RECIPIENT: digest("mailed", notice.subject, Change(notice.change).matter, facts.to.casefold())}
    try:
        # guard: mails-about-one-matter-limited
        limits.count(site.tenant, Limit.MAIL_AT_ONCE, who)
    except TooManyAttempts:
        return True
    return False


def group_of(notice: Notice, facts: Facts) -> str:
    """Stands for the account and the address."""
    return digest("mail-group", notice.site, notice.subject, facts.to.casefold())


def due_at(group: str) -> datetime:
    """When the mail goes that one more change joins."""
    now = timezone.now()
    rows = Notice.objects.filter(group=group)
    next_mail = rows.filter(state__in=(State.DONE, State.UNKNOWN), due_at__gt=now).order_by("due_at").first()
    if next_mail:
        return next_mail.due_at
    # One mail ends all its rows at the same moment.
    mails = rows.filter(state=State.SENT, sent_at__gt=now - COUNTED_FOR).values("sent_at").distinct().count()
    return now + PAUSES[min(mails, len(PAUSES) - 1)]
