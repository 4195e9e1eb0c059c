"""The secret of an authenticator that is being set up: sealed, for ten minutes, for one person in one session."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.utils import timezone

from settings_app.actor import Actor
from settings_app.models import WaitingSecret
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.encryption import seal, unseal

LIFE = timedelta(minutes=10)
SEALED_FOR = "waiting-secret"


def keep(actor: Actor, purpose: str, secret: str) -> None:
    """Keeps `secret` in place of an older one for the same purpose."""
    WaitingSecret.objects.bulk_create(
        [
            WaitingSecret(
                key=secrets.token_hex(24),
                site=actor.site.host,  # a session is bound to its site
                subject=actor.account.user_id,
                binding=actor.binding,
                purpose=purpose,
                sealed=seal(SEALED_FOR, secret),
                expires_at=timezone.now() + LIFE,
            )
        ],
        update_conflicts=True,
        unique_fields=["site", "subject", "binding", "purpose"],
        update_fields=["key", "sealed", "expires_at"],
    )


def look(actor: Actor, purpose: str) -> str | None:
    """The secret that waits, to show or to compare a code with; it goes on waiting. None when there is none."""
    row = _row(actor, purpose)
    return unseal(SEALED_FOR, row.sealed) if row else None


def take(actor: Actor, purpose: str) -> str | None:
    """The secret, which is gone with this: of two requests one gets it. None when there is none (any more)."""
    row = _row(actor, purpose)
    if row is None:
        return None
    # guard: waiting-secret-used-once
    if not WaitingSecret.objects.filter(pk=row.pk, key=row.key).delete()[0]:
        return None
    return unseal(SEALED_FOR, row.sealed)


def drop(actor: Actor, purpose: str) -> None:
    """Forgets the secret of a set-up that was given up."""
    row = _row(actor, purpose)
    if row:
        row.delete()


def delete_old() -> int:
    """Retention. Says how many rows of a batch."""
    return delete_some(WaitingSecret.objects.filter(expires_at__lte=timezone.now()))


def _row(actor: Actor, purpose: str) -> WaitingSecret | None:
    rows = WaitingSecret.objects.filter(site=actor.site.host, subject=actor.account.user_id, purpose=purpose)
    # guard: waiting-secret-of-this-session
    rows = rows.filter(binding=actor.binding)
    # guard: waiting-secret-expires
    rows = rows.filter(expires_at__gt=timezone.now())
    return rows.first()
