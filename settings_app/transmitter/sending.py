"""Sends the events that are due, for all processes together: each is claimed by one conditional UPDATE.

At least once: a claim ends by itself, and what was sent by a process that was killed goes again, under the same `jti`.
In order: the events of one person go one after the other, as their changes began.
"""

from __future__ import annotations

import logging
import secrets
import time
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from settings_app import tracing
from settings_app.models import SecurityEvent
from settings_app.outside import Connect
from settings_app.safeguards import heartbeats, security_events
from settings_app.sites import Site
from settings_app.transmitter.push import Undelivered, push
from settings_app.transmitter.tokens import token_of

CLAIMED_FOR = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)
KEPT_TRYING_FOR = timedelta(days=3)
LEAST_TRIES = 10
PAUSES_AFTER_REFUSAL = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
SECONDS_FOR_A_SITE = 20.0  # of one round, so that no other one waits
NO_RECEIVER = "no receiver"
REFUSED = "refused"

State = SecurityEvent.State

log = logging.getLogger(__name__)


def send_due(connect: Connect | None = None) -> int:
    """Sends what is due to each site's receiver. Says how many were taken."""
    security_events.settle_cut_off()
    sent, trouble = 0, ""
    telling = [site for site in settings.SITES if site.events_url]
    for site in telling:
        with tracing.of_site(site.host):
            taken, told = send_of(site, connect)
        sent, trouble = sent + taken, trouble or told
    give_up_without_receiver({site.host for site in telling})
    if telling:
        heartbeats.beat(heartbeats.EVENTS, trouble)
    return sent


def send_of(site: Site, connect: Connect | None = None) -> tuple[int, str]:
    """How many were taken, and what kept the receiver from taking the rest."""
    sent, until = 0, time.monotonic() + SECONDS_FOR_A_SITE
    while time.monotonic() < until and (found := first_due(site)):
        event = claim(found.pk)
        if event is None:
            continue
        try:
            push(site, token_of(event, site), connect=connect)
        except Undelivered as failure:
            failed(event, failure)
            if failure.is_about_this_one:
                continue
            return sent, failure.trouble
        except Exception as error:  # whatever it is, it keeps no other event waiting
            log.exception("event %d cannot be made", event.pk)
            failed(event, Undelivered(type(error).__name__, is_about_this_one=True))
            continue
        ended(event, State.SENT)
        sent += 1
        if sent == 1:
            waited_for_the_receiver(site).update(due_at=timezone.now())
    return sent, ""


def first_due(site: Site) -> SecurityEvent | None:
    """The oldest event that is due, of somebody who has no older one."""
    rows = free(SecurityEvent.objects.filter(site=site.host, state=State.WAITING, due_at__lte=timezone.now()))
    older = security_events.unsent().filter(site=OuterRef("site"), subject=OuterRef("subject"), pk__lt=OuterRef("pk"))
    # guard: events-of-a-person-in-order
    rows = rows.filter(~Exists(older))
    return rows.order_by("pk").first()


def free(rows: QuerySet[SecurityEvent]) -> QuerySet[SecurityEvent]:
    return rows.filter(Q(claimed_until=None) | Q(claimed_until__lte=timezone.now()))


def claim(pk: int) -> SecurityEvent | None:
    """The event, for this process alone; None when another one has it."""
    mark = secrets.token_hex(16)
    rows = SecurityEvent.objects.filter(pk=pk, state=State.WAITING)
    # guard: event-claimed-once
    rows = free(rows)
    if not rows.update(claim=mark, claimed_until=timezone.now() + CLAIMED_FOR, attempts=F("attempts") + 1):
        return None
    return SecurityEvent.objects.filter(pk=pk, claim=mark).first()


def waited_for_the_receiver(site: Site) -> QuerySet[SecurityEvent]:
    """What was tried while the receiver took nothing: it goes as soon as the receiver takes something again."""
    tried = SecurityEvent.objects.filter(site=site.host, state=State.WAITING, attempts__gt=0)
    return tried.exclude(trouble__startswith=REFUSED).exclude(trouble="")


def failed(event: SecurityEvent, failure: Undelivered) -> None:
    """Keeps the event for another try, or gives it up when it was tried for long enough."""
    is_old = event.made_at < timezone.now() - KEPT_TRYING_FOR
    tried_for_days = is_old and event.attempts >= LEAST_TRIES
    refused_often = failure.is_about_this_one and event.attempts > len(PAUSES_AFTER_REFUSAL)
    # guard: hopeless-event-is-given-up
    if tried_for_days or refused_often:
        log.error("event %d is given up after %d tries: %s", event.pk, event.attempts, failure.trouble)
        ended(event, State.GIVEN_UP, failure.trouble)
        return
    pause = pause_after(event.attempts, failure)
    log.warning("event %d was not taken (%s), next try in %d s", event.pk, failure.trouble, pause.total_seconds())
    mine = SecurityEvent.objects.filter(pk=event.pk, claim=event.claim)
    mine.update(due_at=timezone.now() + pause, claimed_until=None, trouble=failure.trouble[:64])


def pause_after(attempts: int, failure: Undelivered) -> timedelta:
    """30 s, 1 min, 2 min and so on up to 30 min; hours after a refusal that is not expected to change."""
    if failure.is_about_this_one:
        return PAUSES_AFTER_REFUSAL[min(attempts, len(PAUSES_AFTER_REFUSAL)) - 1]
    doubled: timedelta = FIRST_PAUSE * 2 ** min(attempts - 1, 10)
    return min(doubled, LONGEST_PAUSE)


def ended(event: SecurityEvent, state: SecurityEvent.State, trouble: str = "") -> None:
    now = timezone.now()
    mine = SecurityEvent.objects.filter(pk=event.pk, claim=event.claim)
    mine.update(state=state, claimed_until=None, trouble=trouble[:64], sent_at=now if state == State.SENT else None)


def give_up_without_receiver(telling: set[str]) -> None:
    """In a rollout another process may know a receiver that this one does not, so they wait as long as others do."""
    before = timezone.now() - KEPT_TRYING_FOR
    lost = SecurityEvent.objects.filter(state=State.WAITING, made_at__lt=before).exclude(site__in=telling)
    if count := lost.update(state=State.GIVEN_UP, trouble=NO_RECEIVER):
        log.error("%d events are given up: %s", count, NO_RECEIVER)
