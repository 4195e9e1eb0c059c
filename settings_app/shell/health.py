"""What machines ask on any host: three addresses that say nothing of the sites, and one that says which hosts are."""

from __future__ import annotations

import ipaddress
import select
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from settings_app.mails import outbox
from settings_app.models import Notice
from settings_app.safeguards import deletion, factor_removals, heartbeats, notices, security_events
from settings_app.shell.http import public

HANDED_ON = ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP")
LATE_AFTER = timedelta(minutes=5)
DELETIONS_LATE_AFTER = timedelta(hours=1)
RETENTION_LATE_AFTER = timedelta(hours=25)  # cron may do it once a day
COUNTED_FOR = timedelta(days=1)
OPERATORS_TROUBLE = (outbox.SITE_UNKNOWN, outbox.KEY_GONE, outbox.SENDER_REFUSED)

# The migrations of the code that runs here. What is put on disk later is another release's.
KNOWN_MIGRATIONS = frozenset(MigrationLoader(None).disk_migrations)


@public
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when this process can serve people: the database answers and has every migration that this code knows.

    Logto, mails and other releases are no reason to take a machine out. Being about to end is one.
    """
    if is_ending():
        return HttpResponse("ending\n", status=503, content_type="text/plain")
    try:
        # guard: ready-only-when-migrated
        if KNOWN_MIGRATIONS - MigrationRecorder(connection).applied_migrations().keys():
            return HttpResponse("migrations\n", status=503, content_type="text/plain")
    except DatabaseError:
        return HttpResponse("database\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def is_ending() -> bool:
    """Whether the server wants to be passed over, because it ends in some seconds; it still answers."""
    pipe = settings.ENDING_PIPE
    return bool(pipe and select.select([pipe], [], [], 0)[0])


@public
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What runs beside the web processes, in lines; 503 when somebody must look. For an alarm, not for traffic."""
    try:
        lines = [*mail_loop(), *mails(), *events(), *retention(), *deletions(), *removals()]
    except DatabaseError:
        return HttpResponse("bad  database\n", status=503, content_type="text/plain")
    text = "".join(f"{'ok ' if is_good else 'bad'}  {line}\n" for is_good, line in lines)
    return HttpResponse(
        text, status=200 if all(is_good for is_good, _line in lines) else 503, content_type="text/plain"
    )


@public
@require_safe
def site_check(request: HttpRequest) -> HttpResponse:
    """200 when `domain` is the host of a site: whether the proxy in front may get a certificate for it.

    It is for that proxy alone, which asks by itself: what it hands on for others carries their address.
    """
    # guard: site-check-from-inside-only
    if not asked_from_inside(request):
        return HttpResponse(status=404, content_type="text/plain")
    domain = request.GET.get("domain", "").lower()
    is_ours = any(urlsplit(site.base_url).hostname == domain for site in settings.SITES)
    return HttpResponse("ok\n" if is_ours else "no\n", status=200 if is_ours else 404, content_type="text/plain")


def asked_from_inside(request: HttpRequest) -> bool:
    if any(name in request.headers for name in HANDED_ON):
        return False
    try:
        asker = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return asker.is_private or asker.is_loopback


Lines = Iterator[tuple[bool, str]]


def mail_loop() -> Lines:
    beat = heartbeats.last(heartbeats.MAILS)
    if beat is None:
        yield False, "mail loop: has never run"
        return
    age = timezone.now() - beat.at
    # guard: silent-mail-loop-is-told
    yield age < LATE_AFTER, f"mail loop: went round {age.total_seconds():.0f} s ago"
    if beat.trouble:
        yield False, f"mail server: cannot be reached ({beat.trouble})"


def mails() -> Lines:
    """One person's mailbox makes nothing bad; a mail that nobody has tried to send, or that waits for us, does."""
    before = timezone.now() - LATE_AFTER
    unsent = notices.unsent()
    late = unsent.filter(made_at__lt=before)
    untried = late.filter(due_at__lt=before, attempts=0).count()
    # guard: waiting-mails-are-told
    yield (
        not untried,
        f"mails: {unsent.count()} wait, {late.count()} for more than 5 minutes, {untried} of them untried",
    )
    for trouble, count in late.exclude(trouble="").values_list("trouble").annotate(Count("pk")).order_by("trouble"):
        yield not trouble.startswith(OPERATORS_TROUBLE), f"mails: {count} wait because of {trouble}"
    given_up = Notice.objects.filter(
        state=Notice.State.UNDELIVERABLE, made_at__gt=timezone.now() - outbox.KEPT_TRYING_FOR - COUNTED_FOR
    )
    yield True, f"mails: {given_up.count()} of the last days were given up"


def events() -> Lines:
    """Where no site tells anybody of changes, there is no line."""
    if not any(site.events_url for site in settings.SITES):
        return
    before = timezone.now() - LATE_AFTER
    waiting = security_events.unsent()
    late = waiting.filter(made_at__lt=before).count()
    beat = heartbeats.last(heartbeats.EVENTS)
    # guard: silent-events-are-told
    yield (
        beat is not None and beat.at > before,
        f"events: {waiting.count()} wait, {late} for more than 5 minutes",
    )
    if beat is not None and beat.trouble:
        yield False, f"events: a receiver takes none ({beat.trouble})"


def retention() -> Lines:
    beat = heartbeats.last(heartbeats.RETENTION)
    if beat is None:
        yield False, "retention: has never run"
        return
    age = timezone.now() - beat.at
    yield age < RETENTION_LATE_AFTER, f"retention: finished {age.total_seconds() / 3600:.1f} h ago"


def deletions() -> Lines:
    late = deletion.untried_since(timezone.now() - DELETIONS_LATE_AFTER)
    # guard: waiting-deletions-are-told
    yield not late, f"deletions: {late} are due and nobody has tried them"


def removals() -> Lines:
    """Of second steps, by support; one that is not carried out within a day lapses."""
    late = factor_removals.untried_since(timezone.now() - DELETIONS_LATE_AFTER)
    # guard: waiting-factor-removals-are-told
    yield not late, f"removals of second steps: {late} are due and nobody has tried them"
