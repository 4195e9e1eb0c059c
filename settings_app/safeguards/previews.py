"""An administrator looks at somebody's account: which account, why, for how long, and what the person reads of it.

The row is made once the trail has the preview, and before anything about the person is read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from django.utils import timezone
from django.utils.crypto import get_random_string

from settings_app.actor import Actor
from settings_app.logto.types import Person
from settings_app.models import AuditEntry, Preview
from settings_app.safeguards import audit
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.encryption import digest, seal, unseal
from settings_app.sites import Site

LASTS = timedelta(minutes=15)
SEALED_FOR = "preview"
KEY_LENGTH = 20
KEY_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
RECENT = 5


@dataclass(frozen=True)
class PreviewReason:
    """Why somebody looked, and who it was where the person may know that."""

    why: str = ""
    who: str = ""

    @classmethod
    def of(cls, row: Preview) -> Self:
        """Empty when it was sealed with a key that is gone."""
        text = unseal(SEALED_FOR, row.sealed)
        return cls(**json.loads(text)) if text else cls()


def onlooker(admin: Actor, subject: str, person: Person | None = None) -> Actor:
    """`admin` as whoever looks at the account of `subject`: it reads that account, and can do nothing to it.

    It brings along no browser and no address, which would be the administrator's and not the person's.
    """
    account = admin.tenant.read_only(subject).account(subject)
    return Actor(
        site=admin.site,
        account=account,
        person=person or Person(id=subject),
        language=admin.language,
        accept_language=admin.accept_language,
        acting_admin=admin.account.user_id,
    )


def keep(admin: Actor, entry: AuditEntry, *, why: str) -> Preview:
    """The preview that the trail has as `entry`, open from now on in this browser of the administrator's."""
    now = timezone.now()
    who = admin.person.display_name if admin.site.preview_names_admin else ""
    return Preview.objects.create(
        key=get_random_string(KEY_LENGTH, KEY_LETTERS),
        entry=entry,
        site=entry.site,
        tenant=entry.tenant,
        subject=entry.subject,
        admin=admin.account.user_id,
        binding=digest(SEALED_FOR, admin.binding),
        sealed=seal(SEALED_FOR, json.dumps({"why": why, "who": who})),
        started_at=now,
        ends_at=now + LASTS,
    )


def find(site: Site, key: str, *, admin: str, binding: str) -> Preview | None:
    """The preview of this key, when it is this administrator's and was begun in this browser; ended ones too."""
    rows = Preview.objects.filter(key=key, site=site.host, tenant=site.tenant)
    # guard: preview-of-this-admin-and-browser
    rows = rows.filter(admin=admin, binding=digest(SEALED_FOR, binding))
    return rows.first()


def open_one(admin: Actor, subject: str) -> Preview | None:
    """The preview of this person that the administrator has open in this browser."""
    rows = Preview.objects.filter(site=admin.site.host, tenant=admin.realm, subject=subject)
    rows = rows.filter(admin=admin.account.user_id, binding=digest(SEALED_FOR, admin.binding), ended_at=None)
    return next((row for row in rows.order_by("-started_at")[:RECENT] if is_open(row)), None)


def is_open(row: Preview) -> bool:
    if row.ended_at is not None:
        return False
    # guard: preview-ends
    return timezone.now() < row.ends_at


def end(row: Preview) -> None:
    """Now, unless it has ended before."""
    Preview.objects.filter(pk=row.pk, ended_at=None).update(ended_at=min(timezone.now(), row.ends_at))


def recent(admin: Actor) -> list[Preview]:
    """The last ones of this administrator."""
    rows = Preview.objects.filter(tenant=admin.realm, admin=admin.account.user_id).exclude(entry__outcome="refused")
    return list(rows.order_by("-started_at")[:RECENT])


def delete_old() -> int:
    """Retention: with the rows of the trail. Says how many of a batch."""
    return sum(delete_some(Preview.objects.filter(past), "started_at") for past in audit.kept_no_longer("started_at"))
