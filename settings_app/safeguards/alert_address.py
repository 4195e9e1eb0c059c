"""A second mailbox that is told of everything: proven by a code of our own, kept here sealed, unknown to Logto.

It is established when it stood for 72 hours, like an email, and then gets the way back too. One that was established
when it was replaced or removed counts as that for 72 hours more, so nobody gets rid of it first.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from settings_app.actor import Actor
from settings_app.models import AlertAddress
from settings_app.prepared import Prepared
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.encryption import digests, seal, unseal
from settings_app.safeguards.established import STANDS_AFTER

SEALED_FOR = "alert-address"

_CURRENT = Prepared(AlertAddress.objects.filter(replaced_at=None).filter, "tenant", "subject")


def current(actor: Actor) -> str:
    """The address there is, established or not; empty for none."""
    return _opened(_current(actor))


def established(actor: Actor) -> str:
    """The one that stands for 72 hours, or did until it was replaced within the last 72; empty for none."""
    return _opened(_established(actor))


def is_established(actor: Actor) -> bool:
    """Whether the one there is has stood long enough."""
    row = _current(actor)
    # guard: only-an-established-alert-address-gets-the-way-back
    if row is not None and row.since > timezone.now() - STANDS_AFTER:
        return False
    return row is not None


def restore(actor: Actor, address: str) -> None:
    """This one alone, or none. What an undo takes off is told of nothing more, however long it stood."""
    with transaction.atomic():
        # guard: alert-addresses-that-were-undone-count-for-nothing
        _rows(actor).delete()
        if address:
            put(actor, address, stands_already=True)


def put(actor: Actor, address: str, *, stands_already: bool = False) -> None:
    """In place of the one before, for an address that was proven. One that was established so far stays that.

    Whoever calls this holds the lease on the person: of two at once none would know which one it replaces.
    """
    began = timezone.now() - STANDS_AFTER if stands_already else timezone.now()
    under_keys = digests("alert-address", *actor.key.values(), address.casefold())
    with transaction.atomic():
        same = _rows(actor).filter(digest__in=under_keys).first()
        _replace(actor)
        row = AlertAddress(**actor.key, digest=under_keys[0], sealed=seal(SEALED_FOR, address), since=began)
        if same is not None:
            row.since = min(same.since, began) if _still_counts(actor).filter(pk=same.pk).exists() else began
            same.delete()
        row.save(force_insert=True)


def remove(actor: Actor) -> None:
    with transaction.atomic():
        _replace(actor)


def delete_old() -> int:
    """Retention: those that were replaced 72 hours ago. Says how many rows of a batch."""
    return delete_some(AlertAddress.objects.filter(replaced_at__lte=timezone.now() - STANDS_AFTER), "replaced_at")


def _replace(actor: Actor) -> None:
    """What was never established is gone at once."""
    now = timezone.now()
    there = _rows(actor).filter(replaced_at=None)
    there.filter(since__gt=now - STANDS_AFTER).delete()
    there.filter(since__lte=now - STANDS_AFTER).update(replaced_at=now)


def _rows(actor: Actor) -> QuerySet[AlertAddress]:
    return AlertAddress.objects.filter(**actor.key)


def _current(actor: Actor) -> AlertAddress | None:
    return _CURRENT.first(**actor.key)


def _still_counts(actor: Actor) -> QuerySet[AlertAddress]:
    """There now, or established when it was replaced within the last 72 hours."""
    former = Q(replaced_at__gt=timezone.now() - STANDS_AFTER)
    # guard: young-alert-address-never-counts-as-former
    former &= Q(since__lte=F("replaced_at") - STANDS_AFTER)
    return _rows(actor).filter(Q(replaced_at=None) | former)


def _established(actor: Actor) -> AlertAddress | None:
    """There is one at most: whatever came in its place is younger than 72 hours."""
    # guard: a-replaced-alert-address-still-counts
    if (former := _still_counts(actor).filter(replaced_at__isnull=False).order_by("-replaced_at").first()) is not None:
        return former
    return _current(actor) if is_established(actor) else None


def _opened(row: AlertAddress | None) -> str:
    """Empty also for one that was sealed with a key that is gone."""
    return unseal(SEALED_FOR, row.sealed) or "" if row is not None else ""
