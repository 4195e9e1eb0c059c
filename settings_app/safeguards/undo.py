"""The way back for the owner of an email or phone that was replaced: a signed link, good once, for 72 hours.

Only a digest of its token is stored, and the old value sealed. It never signs anybody in.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.logto.account import digits
from settings_app.logto.types import Person
from settings_app.models import AuditEntry, Undo
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.encryption import digest, seal, unseal
from settings_app.sites import Site
from settings_app.tenancy import of_tenant

LIFE = timedelta(hours=72)
CLAIMED_FOR = timedelta(minutes=1)
SEALED_FOR = "undo"
SALT = "settings_app.undo"

UNREADABLE = _("This link is incomplete. Open it again from the email, or copy the whole link.")
EXPIRED = _("This link has expired. It worked for 72 hours.")
UNKNOWN = _("This link no longer works. There’s nothing left to undo.")
CHANGED_SINCE = _("Your account has changed since then, so this link can no longer undo it.")
USED = _("This link has already been used.")
BUSY = _("This link is being used right now. Try again in a minute.")


@dataclass(frozen=True)
class UndoLink:
    """What a link leads to: its row, used or not, or the reason why it leads nowhere."""

    row: Undo | None
    problem: Promise | None = None


def offer(actor: Actor, entry: AuditEntry, *, kind: str, old: str, written: str) -> str:
    """A new way back from `written` to `old`, as the token of its link. `kind` is "email" or "phone"."""
    token = secrets.token_urlsafe(32)
    Undo.objects.create(
        key=_key(token),
        entry=entry,
        **actor.owner,
        kind=kind,
        old_sealed=seal(SEALED_FOR, old),
        written_digest=_written(actor.site.host, kind, written),
        expires_at=entry.started_at + LIFE,
    )
    return signing.TimestampSigner(salt=SALT).sign(token)


def withdraw(entry: AuditEntry) -> None:
    """The change was not made."""
    Undo.objects.filter(entry=entry, used_at=None).delete()


def read(site: Site, signed_token: str) -> UndoLink:
    """What this token leads to on this tenant. Changes nothing."""
    token = signed_token.partition(":")[0]
    try:
        # guard: undo-token-signed
        signing.TimestampSigner(salt=SALT).unsign(signed_token, max_age=LIFE)
    except signing.SignatureExpired:
        return UndoLink(None, EXPIRED)
    except signing.BadSignature:
        return UndoLink(None, UNREADABLE)
    rows = Undo.objects.select_related("entry").filter(key=_key(token))
    # guard: undo-of-this-tenant
    rows = of_tenant(rows, site.tenant)
    # guard: undo-expires
    rows = rows.filter(expires_at__gt=timezone.now())
    row = rows.first()
    return UndoLink(row) if row else UndoLink(None, UNKNOWN)


@contextmanager
def claimed(row: Undo) -> Iterator[str]:
    """The old value, for a block that restores it; used up when the block ends well, and free again when it fails.

    Raises Declined when it was used, or is being used by another request.
    """
    now = timezone.now()
    free = Undo.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=now), key=row.key)
    # guard: undo-used-once
    free = free.filter(used_at=None)
    # guard: undo-claimed-once
    if not free.update(claimed_until=now + CLAIMED_FOR):
        raise Declined(BUSY if row.used_at is None else USED, code="undo.claimed")
    old = unseal(SEALED_FOR, row.old_sealed)
    if old is None:
        raise Declined(UNKNOWN, code="undo.unreadable")
    try:
        yield old
    except BaseException:
        Undo.objects.filter(key=row.key).update(claimed_until=None)
        raise
    Undo.objects.filter(key=row.key).update(used_at=timezone.now(), old_sealed="")


def old_value(row: Undo) -> str:
    """What the link restores; empty once it is used."""
    return unseal(SEALED_FOR, row.old_sealed) or ""


def hinted(row: Undo, old: str) -> str:
    """The old value for the page: an email is known to who got the link, of a number only the end is shown."""
    return old if row.kind == "email" else old[-2:]


def still_as_written(row: Undo, person: Person) -> bool:
    """Whether the account still holds what the change wrote."""
    current = person.email if row.kind == "email" else person.phone
    return row.written_digest == _written(row.site, row.kind, current)


def email_before(actor: Actor) -> str:
    """The oldest email of this account that could still be restored; empty when there is none."""
    rows = actor.owned(Undo).filter(kind="email", used_at=None, expires_at__gt=timezone.now())
    rows = rows.filter(entry__outcome__in=(AuditEntry.Outcome.DONE, AuditEntry.Outcome.UNKNOWN))
    row = rows.order_by("expires_at").first()
    return (unseal(SEALED_FOR, row.old_sealed) or "") if row else ""


def delete_old() -> int:
    """Retention: the old value goes with the end of its 72 hours. Says how many rows of a batch."""
    return delete_some(Undo.objects.filter(expires_at__lte=timezone.now()))


def _key(token: str) -> str:
    return digest("undo-token", token)


def _written(host: str, kind: str, value: str) -> str:
    return digest("undo-written", host, kind, digits(value) if kind == "phone" else value)
