"""The mail about new devices: whatever was new to an account within 15 minutes goes into one.

It leaves when everything that Logto wrote down of these minutes was read, so that it is whole and the only one. Where
the log cannot be read it leaves half an hour later with what the webhooks told.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from settings_app.logto.errors import LogtoError, NotFound
from settings_app.logto.tenant import Tenant
from settings_app.logto.types import Person
from settings_app.models import KnownDevice
from settings_app.safeguards import alert_settings, owners
from settings_app.safeguards.changes import Change
from settings_app.safeguards.perform import record
from settings_app.safeguards.sign_ins import devices
from settings_app.safeguards.sign_ins.sighting import REGISTRATION, SIGN_IN, Reached, Sighting, of_entry
from settings_app.sites import Site

WINDOW = timedelta(minutes=15)
WAITED_FOR_THE_LOG = timedelta(minutes=30)

log = logging.getLogger(__name__)


class _TakenError(Exception):
    """Another process is telling the same."""


def tell_due(tenant: str, *, read_until: datetime) -> int:
    """Tells what is due on this tenant, whose log was read up to `read_until`. Says of how many mails."""
    told = 0
    for subject, waiting in groupby(list(devices.waiting(tenant)), key=lambda row: row.subject):
        rows = list(waiting)
        try:
            while rows and _is_due(rows[0], read_until):
                told += _tell_first(tenant, subject, rows)
                rows = list(devices.waiting(tenant).filter(subject=subject))
        except (LogtoError, _TakenError) as error:
            log.info("new devices of %s are told later: %s", subject, error)
    return told


def _is_due(first: KnownDevice, read_until: datetime) -> bool:
    ends = _since(first) + WINDOW
    return ends <= read_until or ends + WAITED_FOR_THE_LOG <= timezone.now()


def _tell_first(tenant: str, subject: str, rows: list[KnownDevice]) -> bool:
    """Whether a mail goes out about what waits longest, of all that waits. Something waits no more after this.

    Raises a `LogtoError`: then nothing has changed, and the next round tries again.
    """
    # What is known, or not to be told, begins no window: the next look finds the window of what is left.
    window = [row for row in rows if _since(row) < _since(rows[0]) + WINDOW]
    sites = owners.sites_of(tenant)
    at = Tenant.of(sites[0])
    try:
        person = at.account(subject).person()
    except NotFound:
        KnownDevice.objects.filter(tenant=tenant, subject=subject).delete()
        return False
    telling = [one for one in sites if one.new_device_alerts]
    site = owners.site_of(telling, [devices.sighting_of(row).get("application_id", "") for row in window])
    # guard: new-devices-can-be-switched-off
    if not alert_settings.wants_new_devices(tenant, subject):
        return _known_silently(window)
    if person.is_suspended or site is None:
        return _known_silently(window)
    # guard: first-sight-is-not-new
    if devices.strangers(tenant, [subject]) and _get_acquainted(tenant, at, subject, window):
        return False
    by_place = devices.known_by_place(devices.waiting(tenant).filter(pk__in=[row.pk for row in window]))
    known = set(by_place.values_list("pk", flat=True))
    if known:
        return _known_silently([row for row in window if row.pk in known])
    _tell(site, person, window)
    return True


def _tell(site: Site, person: Person, rows: list[KnownDevice]) -> None:
    names = _app_names(site)
    seen = [devices.sighting_of(row) for row in rows]
    for one in seen:
        one["app"] = names.get(one.get("application_id", ""), "")
    actor = owners.acting(site, person, user_agent=seen[0].get("user_agent", ""), address=seen[0].get("address", ""))
    got_in = any(one["reached"] == Reached.SIGNED_IN for one in seen)
    with transaction.atomic():
        if not devices.settle(rows):
            raise _TakenError("by another process")
        record(actor, Change.NEW_DEVICE if got_in else Change.SIGN_IN_STOPPED, "", sightings=seen)


def _since(row: KnownDevice) -> datetime:
    assert row.waits_since is not None  # noqa: S101  # by the query
    return row.waits_since


def _get_acquainted(tenant: str, at: Tenant, subject: str, rows: list[KnownDevice]) -> bool:
    """The devices of sign-ins that Logto wrote down before; else the first one that got in, as after registering.

    False: neither is there.
    """
    before = int(_since(rows[0]).timestamp() * 1000) - 1
    account, known = at.account(subject), list[Sighting]()
    for event in (SIGN_IN, REGISTRATION):
        entries = [] if known else account.log(until_ms=before, event=event).entries
        known += [one for entry in entries if (one := of_entry(entry)) and one.reached is Reached.SIGNED_IN]
    devices.know(tenant, known)
    first = next((row for row in rows if row.reached == Reached.SIGNED_IN), None)
    if first is not None and not known:
        _known_silently([first])
    return bool(known or first)


def _known_silently(rows: list[KnownDevice]) -> bool:
    with transaction.atomic():
        if not devices.settle(rows):
            raise _TakenError("by another process")
    return False


def _app_names(site: Site) -> Mapping[str, str]:
    """By id; none while Logto does not say."""
    try:
        return {one.id: one.name for one in Tenant.of(site).applications().values()}
    except LogtoError:
        return {}
