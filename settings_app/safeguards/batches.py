"""Deletes many rows a few at a time: no statement is long, no lock is held for long, nothing is read whole."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

BATCH_ROWS = 1000


def delete_some(rows: QuerySet[Any], moment: str) -> int:
    """Deletes up to BATCH_ROWS of `rows`, the oldest by `moment` first. Says how many; fewer means these were the last.

    An index begins with what `rows` compares, then `moment`: so a batch reads its own rows, however long the table.
    Rows that another process is deleting right now are left to it.
    """
    with transaction.atomic():
        free = rows.order_by(moment).select_for_update(skip_locked=True)
        # guard: deleted-in-batches
        free = free[:BATCH_ROWS]
        keys = list(free.values_list("pk", flat=True))
        rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys)
