"""The connected accounts that this session is adding at their providers: each state good once, for ten minutes.

The sign-ins at Logto itself are in `signin/states.py`; a state of one place is unknown at the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from settings_app.actor import Actor
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.one_time import StateKind, Use, session_of

LIFE = timedelta(minutes=10)
CONNECTING = StateKind("connect", life=LIFE, most=4, found_for=timedelta(hours=1))

UNKNOWN = _("This was already finished, or it began in another browser. Start again from this page.")
EXPIRED = _("That took longer than 10 minutes. Start again.")


@dataclass(frozen=True, slots=True)
class Connecting:
    """What the callback must find again: `purpose` says what the answer may be used for, `target` whose it is."""

    purpose: str
    connector_id: str
    redirect_uri: str
    target: str


def keep(actor: Actor, *, purpose: str, connector_id: str, redirect_uri: str, target: str) -> str:
    """A new `state` parameter."""
    return CONNECTING.keep(
        session_of(actor), purpose=purpose, connector_id=connector_id, redirect_uri=redirect_uri, target=target
    )


def take(actor: Actor, state: str, *, purpose: str = "") -> Connecting:
    """What was kept under this `state`, used up by it; with `purpose`, only for that. Raises Declined."""
    kept = CONNECTING.find(state)
    if kept is None or (purpose and kept.values["purpose"] != purpose):
        raise Declined(UNKNOWN, code="state.unknown")
    # guard: connect-state-of-this-site
    if kept.holder.site != actor.site.host:
        raise Declined(UNKNOWN, code="state.unknown")
    # guard: connect-state-of-this-person
    if kept.holder.subject != actor.account.user_id:
        raise Declined(UNKNOWN, code="state.unknown")
    # guard: connect-state-of-this-session
    if kept.holder.mark != actor.binding:
        raise Declined(UNKNOWN, code="state.unknown")
    use = CONNECTING.use_up(kept)
    if use is Use.GONE:
        raise Declined(UNKNOWN, code="state.unknown")
    if use is Use.LATE:
        raise Declined(EXPIRED, code="state.expired")
    return Connecting(**kept.values)
