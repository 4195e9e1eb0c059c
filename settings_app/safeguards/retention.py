"""How long each thing in the database is kept, as one list of what deletes it; safe to run at any time and twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from settings_app.models import Counter, Lease, SeenLogoutToken, Session, SignInState
from settings_app.safeguards import audit, notices, pending, states, undo, waiting_secrets

ROTATED_FOR = timedelta(minutes=5)
STATES_FOR = timedelta(hours=1)


def delete_old() -> dict[str, int]:
    """Deletes everything that is past its keeping. Says how many rows of each."""
    return {name: delete() for name, delete in DELETIONS.items()}


def _sessions() -> int:
    now = timezone.now()
    rotated = Q(rotated=True, last_seen__lt=now - ROTATED_FOR)
    return Session.objects.filter(Q(expire_date__lte=now) | rotated).delete()[0]


def _sign_in_states() -> int:
    return SignInState.objects.filter(requested_at__lt=timezone.now() - STATES_FOR).delete()[0]


def _logout_tokens() -> int:
    return SeenLogoutToken.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _counters() -> int:
    return Counter.objects.filter(ends_at__lte=timezone.now()).delete()[0]


def _leases() -> int:
    return Lease.objects.filter(expires_at__lte=timezone.now()).delete()[0]


DELETIONS: dict[str, Callable[[], int]] = {
    "audit entries": audit.delete_old,
    "sessions": _sessions,
    "sign-in states": _sign_in_states,
    "logout tokens": _logout_tokens,
    "pending values": pending.delete_old,
    "waiting secrets": waiting_secrets.delete_old,
    "connect states": states.delete_old,
    "ways back": undo.delete_old,
    "mails": notices.delete_old,
    "counts": _counters,
    "leases": _leases,
}
