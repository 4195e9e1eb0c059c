"""The connected accounts that this session is adding at their providers: each state good once, for ten minutes.

The sign-ins at Logto itself are in `signin/states.py`; a state of one place is unknown at the other.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.models import ConnectState
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.encryption import digest

LIFE = timedelta(minutes=10)
MOST_AT_ONCE = 4

UNKNOWN = _("This was already finished, or it began in another browser. Start again from this page.")
EXPIRED = _("That took longer than 10 minutes. Start again.")


def keep(actor: Actor, *, purpose: str, connector_id: str, redirect_uri: str, target: str) -> str:
    """A new `state` parameter. The row holds its digest and what the callback must find again.

    `purpose` says what the answer may be used for, `target` is the provider it belongs to.
    """
    of_session = {"site": actor.site.host, "subject": actor.account.user_id, "binding": actor.binding}
    older = ConnectState.objects.filter(**of_session).order_by("-started_at").values_list("key", flat=True)
    # guard: connect-states-bounded
    ConnectState.objects.filter(key__in=list(older[MOST_AT_ONCE - 1 :])).delete()
    state = secrets.token_urlsafe(32)
    ConnectState.objects.create(
        **of_session,
        key=_key(state),
        purpose=purpose,
        connector_id=connector_id,
        redirect_uri=redirect_uri,
        target=target,
        started_at=timezone.now(),
    )
    return state


def take(actor: Actor, state: str, *, purpose: str = "") -> ConnectState:
    """The row of this `state`, used up by it; with `purpose`, only one that was kept for it. Raises Declined."""
    row = ConnectState.objects.filter(key=_key(state)).first()
    if row is None or (purpose and row.purpose != purpose):
        raise Declined(UNKNOWN, code="state.unknown")
    # guard: connect-state-of-this-site
    if row.site != actor.site.host:
        raise Declined(UNKNOWN, code="state.unknown")
    # guard: connect-state-of-this-person
    if row.subject != actor.account.user_id:
        raise Declined(UNKNOWN, code="state.unknown")
    # guard: connect-state-of-this-session
    if row.binding != actor.binding:
        raise Declined(UNKNOWN, code="state.unknown")
    # guard: connect-state-used-once
    if not ConnectState.objects.filter(key=row.key).delete()[0]:
        raise Declined(UNKNOWN, code="state.unknown")
    # guard: connect-state-expires
    if row.started_at <= timezone.now() - LIFE:
        raise Declined(EXPIRED, code="state.expired")
    return row


def delete_old() -> int:
    """Retention. Says how many rows of a batch."""
    return delete_some(ConnectState.objects.filter(started_at__lte=timezone.now() - LIFE))


def _key(state: str) -> str:
    return digest("connect-state", state)
