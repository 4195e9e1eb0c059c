"""The devices of each account, as keyed digests; what was seen of a new one rests sealed until it was told.

Noting the same thing twice changes nothing, in whatever order and from wherever it comes: webhook and log tell of the
same sign-ins, and neither names them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from settings_app.models import KnownDevice
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.encryption import digest, digests, key_names, seal, unseal
from settings_app.safeguards.sign_ins.sighting import Reached, Sighting

SEALED_FOR = "sighting"
KEPT_FOR = timedelta(days=400)  # without a sign-in
SEEN_EVERY = timedelta(days=1)  # how often that a known one was seen is written down

Rows = dict[tuple[str, str], KnownDevice]


def note(tenant: str, sightings: Iterable[Sighting]) -> None:
    """Writes down what is new in these: a device nobody knew, or one that got further than anybody was told."""
    in_order = sorted(sightings, key=lambda one: one.at)
    if not in_order:
        return
    with transaction.atomic():
        rows = _known(tenant, in_order)
        new: Rows = {}
        changed: Rows = {}
        for one in in_order:
            under_keys = digests("device", tenant, one.subject, *one.device)
            found = next((rows[one.subject, key] for key in under_keys if (one.subject, key) in rows), None)
            if found is None:
                rows[one.subject, under_keys[0]] = new[one.subject, under_keys[0]] = _new(tenant, one)
            elif _changes(tenant, found, one, under_keys[0]) and found.pk:
                changed[one.subject, under_keys[0]] = found
        KnownDevice.objects.bulk_create(new.values(), ignore_conflicts=True)
        KnownDevice.objects.bulk_update(changed.values(), _CHANGING, batch_size=200)


_CHANGING = ["digest", "place", "key", "reached", "waits_since", "last_at", "sealed"]


def know(tenant: str, sightings: Iterable[Sighting]) -> None:
    """What there was before anybody looked: known from the start, and told to nobody."""
    rows = []
    for one in {sighting.device: sighting for sighting in sightings}.values():
        row = _new(tenant, one)
        row.told, row.told_at, row.waits_since, row.sealed = Reached.SIGNED_IN, timezone.now(), None, ""
        rows.append(row)
    KnownDevice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["tenant", "subject", "digest"],
        update_fields=["told", "told_at", "reached", "waits_since", "sealed"],
    )


def waiting(tenant: str) -> QuerySet[KnownDevice]:
    """What is to be told, by person and time."""
    rows = KnownDevice.objects.filter(tenant=tenant, waits_since__isnull=False)
    return rows.order_by("subject", "waits_since", "pk")


def strangers(tenant: str, subjects: Iterable[str]) -> set[str]:
    """Those of whom no device was ever told or known, under a key that is still there."""
    others = KnownDevice.objects.filter(tenant=tenant, subject__in=subjects, told_at__isnull=False)
    seen = set(others.filter(key__in=key_names()).values_list("subject", flat=True))
    return set(subjects) - seen


def known_by_place(rows: QuerySet[KnownDevice]) -> QuerySet[KnownDevice]:
    """Those of `rows` whose browser and system were known at the same place, in another network."""
    same = KnownDevice.objects.filter(tenant=OuterRef("tenant"), subject=OuterRef("subject"), place=OuterRef("place"))
    same = same.filter(told=Reached.SIGNED_IN).exclude(pk=OuterRef("pk"))
    return rows.exclude(place="").filter(Exists(same))


def settle(rows: Iterable[KnownDevice]) -> bool:
    """They are told of with this, or known. False when another process has done that meanwhile: then none is.

    To be called inside a transaction that is given up then.
    """
    now, count, taken = timezone.now(), 0, 0
    for row in rows:
        count += 1
        mine = KnownDevice.objects.filter(pk=row.pk)
        # guard: device-told-once
        mine = mine.filter(waits_since=row.waits_since, reached=row.reached)
        taken += mine.update(waits_since=None, told=row.reached, told_at=now, sealed="")
    return taken == count


def sighting_of(row: KnownDevice) -> dict[str, Any]:
    """What was seen, for the mail; the moment alone when the key is gone."""
    text = unseal(SEALED_FOR, row.sealed) if row.sealed else None
    seen: dict[str, Any] = json.loads(text) if text else {}
    since = row.waits_since.isoformat() if row.waits_since else ""
    return seen | {"at": since, "reached": row.reached}


def suspect(tenant: str, subject: str, since: datetime) -> None:
    """Whoever owns the account said that it wasn't them: what was new since then is new when it comes again."""
    rows = KnownDevice.objects.filter(tenant=tenant, subject=subject, told_at__gte=since)
    # guard: suspected-device-is-told-again
    rows.update(told=Reached.NOTHING, reached=Reached.NOTHING, waits_since=None, sealed="")


def delete_old() -> int:
    """Retention. Says how many rows of a batch."""
    return delete_some(KnownDevice.objects.filter(last_at__lt=timezone.now() - KEPT_FOR), "last_at")


def _known(tenant: str, sightings: list[Sighting]) -> Rows:
    subjects = {one.subject for one in sightings}
    under_keys = {key for one in sightings for key in digests("device", tenant, one.subject, *one.device)}
    rows = KnownDevice.objects.filter(tenant=tenant, subject__in=subjects, digest__in=under_keys)
    return {(row.subject, row.digest): row for row in rows.select_for_update()}


def _new(tenant: str, one: Sighting) -> KnownDevice:
    return KnownDevice(
        tenant=tenant,
        subject=one.subject,
        digest=digest("device", tenant, one.subject, *one.device),
        place=_place(tenant, one),
        key=key_names()[0],
        reached=one.reached,
        waits_since=one.at,
        last_at=one.at,
        sealed=_sealed(one),
    )


def _changes(tenant: str, row: KnownDevice, one: Sighting, under_key: str) -> bool:
    """Takes over into `row` what `one` adds. False: nothing that is worth writing."""
    before = _as_it_is(row)
    if row.digest != under_key:
        row.digest, row.key, row.place = under_key, key_names()[0], _place(tenant, one)
    if not row.place and one.device_at_place:
        row.place, row.sealed = _place(tenant, one), _sealed(one) if row.waits_since else ""
    row.last_at = one.at if one.at > row.last_at + SEEN_EVERY else row.last_at
    # guard: getting-further-is-told
    if one.reached > row.reached:
        row.reached, row.sealed = one.reached, _sealed(one)
        row.waits_since = row.waits_since or one.at
    if row.waits_since is not None and one.reached > row.told:
        row.waits_since = min(row.waits_since, one.at)
    return _as_it_is(row) != before


def _as_it_is(row: KnownDevice) -> Mapping[str, Any]:
    return {name: getattr(row, name) for name in _CHANGING}


def _place(tenant: str, one: Sighting) -> str:
    return digest("device-at-place", tenant, one.subject, *one.device_at_place) if one.device_at_place else ""


def _sealed(one: Sighting) -> str:
    seen = asdict(one) | {"at": one.at.isoformat(), "reached": int(one.reached)}
    return seal(SEALED_FOR, json.dumps({name: value for name, value in seen.items() if value and name != "subject"}))
