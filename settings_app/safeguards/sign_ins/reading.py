"""Reads Logto's log of sign-ins, a minute's worth at a time: what the webhooks lost is found here.

Rows may be written a little after the moment they bear, so the newest half minute is left for the next time, and two
minutes are read again. Any number of processes may run this; one at a time does it for each tenant.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from settings_app.logto.errors import LogtoError
from settings_app.logto.tenant import Tenant
from settings_app.models import ReadLog
from settings_app.safeguards import leases, password_resets
from settings_app.safeguards.sign_ins import devices, telling
from settings_app.safeguards.sign_ins.sighting import EVENTS, of_entry
from settings_app.sites import Site

EVERY = timedelta(minutes=1)
LATE = timedelta(seconds=30)
AGAIN = timedelta(minutes=2)
AT_ONCE = timedelta(hours=1)
FURTHEST_BACK = timedelta(days=7)
MOST_PAGES = 200  # of 100 rows, in one hour
LEASE_SECONDS = 300
SECONDS = 20.0  # for one tenant, so that a long absence is caught up with little by little

log = logging.getLogger(__name__)


def go_round() -> None:
    """One round for every tenant that tells of new devices. Each fails by itself."""
    tenants: dict[str, Site] = {}
    for site in settings.SITES:
        # guard: operator-can-switch-new-devices-off
        if not site.new_device_alerts:
            continue
        tenants.setdefault(site.tenant, site)
    for tenant, site in tenants.items():
        if (row := _due(tenant)) is None:
            continue
        held = leases.take(tenant, "sign-ins", LEASE_SECONDS)
        if held is None:
            continue
        try:
            telling.tell_due(tenant, read_until=_read(site, row))
        finally:
            held.release()


def _due(tenant: str) -> ReadLog | None:
    """Where the log of this tenant was read up to; None when that is not a minute ago, or was just tried."""
    now = timezone.now()
    row, is_new = ReadLog.objects.get_or_create(tenant=tenant, defaults={"read_until": now - LATE, "tried_at": now})
    if is_new or row.tried_at > now - EVERY:
        return None
    ReadLog.objects.filter(pk=row.pk).update(tried_at=now)
    return row


def _read(site: Site, row: ReadLog) -> datetime:
    """Notes what the log has that is new. Says up to when it is known by now."""
    until = timezone.now()
    stop = until + timedelta(seconds=SECONDS)
    done = max(row.read_until, until - FURTHEST_BACK)
    try:
        while done < until - LATE and timezone.now() < stop:
            to = min(done + AT_ONCE, until - LATE)
            _read_between(Tenant.of(site), done - AGAIN, to)
            done = to
            ReadLog.objects.filter(tenant=site.tenant).update(read_until=done)
    except LogtoError as error:
        log.warning("sign-ins at %s were not read: %s", site.host, error)
    return done


def _read_between(tenant: Tenant, since: datetime, until: datetime) -> None:
    for event in EVENTS:
        for page in range(1, MOST_PAGES + 1):
            found = tenant.log(event, since_ms=_ms(since), until_ms=_ms(until), page=page)
            seen = [sighting for entry in found.entries if (sighting := of_entry(entry))]
            devices.note(tenant.site.tenant, seen)
            if found.is_last:
                break
    _read_resets(tenant, since, until)


def _read_resets(tenant: Tenant, since: datetime, until: datetime) -> None:
    """Passwords set anew: few, so one page of them is all there are in an hour."""
    found = tenant.log(password_resets.EVENT, since_ms=_ms(since), until_ms=_ms(until))
    for entry in reversed(found.entries):
        if entry.user_id and entry.at and not entry.is_refused:
            password_resets.tell(
                tenant.site.tenant,
                subject=entry.user_id,
                at=entry.at,
                user_agent=entry.user_agent,
                address=entry.address,
                application_id=entry.application_id,
            )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
