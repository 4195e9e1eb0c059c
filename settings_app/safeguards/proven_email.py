"""Which emails somebody has proven with a code on this site: only what is addressed to one of those is shown to them.

Logto calls every email that there is verified, also one that came by an import or that another application wrote.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from settings_app.actor import Actor
from settings_app.models import ProvenEmail
from settings_app.prepared import Prepared
from settings_app.safeguards.encryption import digests, key_names

_PROVEN = Prepared(ProvenEmail.objects.filter, "tenant", "subject")


def note(actor: Actor, email: str) -> None:
    """A code that was sent there came back. Forgets those that are neither this one nor on the account."""
    mine, now = ProvenEmail.objects.filter(**actor.key), timezone.now()
    under_keys = _digests(actor, email)
    with transaction.atomic():
        mine.exclude(digest__in=(*under_keys, *_digests(actor, actor.person.email))).delete()
        ProvenEmail.objects.bulk_create(
            [ProvenEmail(**actor.key, digest=under_keys[0], key=key_names()[0], proven_at=now)],
            update_conflicts=True,
            unique_fields=["tenant", "subject", "digest"],
            update_fields=["key", "proven_at"],
        )


def forget_former(actor: Actor, email: str) -> None:
    """All but that of `email`, which is on the account now: what comes back there later needs another proof."""
    ProvenEmail.objects.filter(**actor.key).exclude(digest__in=_digests(actor, email)).delete()


def is_proven(actor: Actor) -> bool:
    """Whether that is so of the email that is on the account now."""
    email = actor.person.email
    if not email:
        return False
    wanted = _digests(actor, email)
    return any(row.digest in wanted for row in _PROVEN.rows(**actor.key))


def _digests(actor: Actor, email: str) -> tuple[str, ...]:
    """Of exactly what the code was sent to: letters that fold alike can be another mailbox."""
    return digests("proven-email", *actor.key.values(), email)
