"""What a site tells other services of changes: stored with the started audit row, released by its outcome.

`TELLING` is the one table of what is told; `transmitter/` words it as a Security Event Token and sends it. A row holds
who and what, and nothing of a value.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from settings_app.actor import Actor
from settings_app.models import AuditEntry, SecurityEvent
from settings_app.safeguards.batches import delete_some
from settings_app.safeguards.changes import Change

HELD_FOR = timedelta(minutes=2)  # a change without outcome after this time was cut off
KEPT_FOR = timedelta(days=7)  # the row of an event that was taken
GIVEN_UP_KEPT_FOR = timedelta(days=30)

CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
RISC = "https://schemas.openid.net/secevent/risc/event-type/"
OWN = "/events/"  # below the address of the site, which defines them: no standard has the like for a subject alone

CREDENTIAL = f"{CAEP}credential-change"
IDENTIFIER = f"{OWN}identifier-change"
RECOVERY = f"{RISC}recovery-information-changed"

State = SecurityEvent.State


@dataclass(frozen=True)
class EventShape:
    """The name of an event, and what it says besides its time and who began it."""

    event: str
    says: Mapping[str, str] = field(default_factory=dict)


def credential(kind: str, change: str) -> EventShape:
    return EventShape(CREDENTIAL, {"credential_type": kind, "change_type": change})


def identifier(kind: str, change: str) -> EventShape:
    return EventShape(IDENTIFIER, {"identifier_type": kind, "change_type": change})


TELLING: dict[Change, EventShape] = {
    Change.EMAIL_ADDED: identifier("email", "create"),
    Change.EMAIL_CHANGED: identifier("email", "update"),
    Change.EMAIL_REMOVED: identifier("email", "delete"),
    Change.PHONE_ADDED: identifier("phone", "create"),
    Change.PHONE_CHANGED: identifier("phone", "update"),
    Change.PHONE_REMOVED: identifier("phone", "delete"),
    Change.USERNAME_ADDED: identifier("username", "create"),
    Change.USERNAME_CHANGED: identifier("username", "update"),
    Change.USERNAME_REMOVED: identifier("username", "delete"),
    Change.PASSWORD_SET: credential("password", "create"),
    Change.PASSWORD_CHANGED: credential("password", "update"),
    Change.PASSWORD_RESET: credential("password", "update"),
    Change.AUTHENTICATOR_ADDED: credential("app", "create"),
    Change.AUTHENTICATOR_REPLACED: credential("app", "update"),
    Change.AUTHENTICATOR_REMOVED: credential("app", "delete"),
    Change.BACKUP_CODES_MADE: credential("backup-codes", "create"),
    Change.BACKUP_CODES_REMOVED: credential("backup-codes", "delete"),
    Change.PASSKEY_ADDED: credential("passkey", "create"),
    Change.PASSKEY_REMOVED: credential("passkey", "delete"),
    Change.TWO_STEP_ON: EventShape(f"{OWN}two-step-verification-change", {"state": "on"}),
    Change.TWO_STEP_OFF: EventShape(f"{OWN}two-step-verification-change", {"state": "off"}),
    Change.CONNECTION_ADDED: credential("connected-account", "create"),
    Change.CONNECTION_REPLACED: credential("connected-account", "update"),
    Change.CONNECTION_REMOVED: credential("connected-account", "delete"),
    Change.ACCESS_TOKEN_ADDED: credential("access-token", "create"),
    Change.ACCESS_TOKEN_REMOVED: credential("access-token", "revoke"),
    Change.ACCESS_TOKENS_REMOVED: credential("access-token", "revoke"),
    Change.APP_REMOVED: EventShape(f"{OWN}grants-revoked", {"of": "one-app"}),
    Change.APP_ORGANIZATIONS_CHANGED: EventShape(f"{OWN}grants-revoked", {"of": "organizations-of-one-app"}),
    Change.ALL_APPS_REMOVED: EventShape(f"{OWN}grants-revoked", {"of": "all-apps"}),
    # CAEP's event about a person alone speaks of all of their sessions.
    Change.SESSION_ENDED: EventShape(f"{OWN}sessions-revoked", {"of": "one-device"}),
    Change.OTHER_SESSIONS_ENDED: EventShape(f"{OWN}sessions-revoked", {"of": "other-devices"}),
    Change.ALL_SESSIONS_ENDED: EventShape(f"{CAEP}session-revoked"),
    Change.ACCOUNT_REPORTED: EventShape(f"{CAEP}session-revoked"),
    Change.ACCOUNT_LOCKED: EventShape(f"{RISC}account-credential-change-required"),
    Change.ACCOUNT_RESTORED: EventShape(f"{RISC}recovery-activated"),
    Change.ALERT_ADDRESS_ADDED: EventShape(RECOVERY),
    Change.ALERT_ADDRESS_CHANGED: EventShape(RECOVERY),
    Change.ALERT_ADDRESS_REMOVED: EventShape(RECOVERY),
    Change.ACCOUNT_SUSPENDED: EventShape(f"{RISC}account-disabled"),
    Change.ACCOUNT_REOPENED: EventShape(f"{RISC}account-enabled"),
    Change.DEVICES_SIGNED_OUT: EventShape(f"{CAEP}session-revoked"),
    Change.FACTORS_REMOVED: credential("second-step", "delete"),
    Change.ACCOUNT_DELETED: EventShape(f"{RISC}account-purged"),
}


def hold(actor: Actor, entry: AuditEntry, change: Change) -> None:
    """Stores the event about a change that is about to be tried, where the site tells anybody."""
    if not actor.site.events_url or change not in TELLING:
        return
    SecurityEvent.objects.create(
        entry=entry,
        site=entry.site,
        subject=entry.subject,
        change=change.value,
        token_id=secrets.token_hex(16),
        happened_at=entry.started_at,
        made_at=entry.started_at,
        due_at=entry.started_at + HELD_FOR,
    )


def release(entry: AuditEntry, outcome: AuditEntry.Outcome) -> None:
    """The change was done, or nobody can say whether it was: the event says so, unless it was sent meanwhile."""
    now = timezone.now()
    is_certain = outcome == AuditEntry.Outcome.DONE
    _unsent_of(entry).update(state=State.WAITING, is_certain=is_certain, happened_at=now, due_at=now)


def drop(entry: AuditEntry) -> None:
    """Nothing was changed, so there is nothing to tell."""
    _unsent_of(entry).delete()


def _unsent_of(entry: AuditEntry) -> QuerySet[SecurityEvent]:
    """Those that wait already are of a change that took longer than it is held for."""
    return unsent().filter(entry=entry)


def settle_cut_off() -> None:
    """Changes that were cut off: nobody can say how they ended, and their events say that."""
    cut_off = SecurityEvent.objects.filter(state=State.HELD, due_at__lte=timezone.now())
    cut_off.update(state=State.WAITING, is_certain=False)


def unsent() -> QuerySet[SecurityEvent]:
    return SecurityEvent.objects.filter(state__in=(State.HELD, State.WAITING))


def delete_old() -> int:
    """Retention: rows of events that were taken a week ago, or given up a month ago. Says how many of a batch."""
    kept_for = {State.SENT: KEPT_FOR, State.GIVEN_UP: GIVEN_UP_KEPT_FOR}
    return sum(
        delete_some(SecurityEvent.objects.filter(state=state, made_at__lt=timezone.now() - kept), "made_at")
        for state, kept in kept_for.items()
    )
