"""Rows of this site's own trail as events: changes, confirmations, the mails about them, what admins did."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from settings_app.models import AuditEntry, Notice
from settings_app.safeguards import audit, previews, support
from settings_app.safeguards.changes import Change
from settings_app.sections.activity.events import ActivityKind, Event
from settings_app.shell.section import field_named

FAILED_STEP_UP = gettext_lazy("Someone failed to confirm it was you")
ICONS = {
    "email": "email",
    "phone": "phone",
    "password": "password",
    "authenticator": "authenticator",
    "backup-codes": "backup-codes",
    "passkey": "passkey",
    "connection": "social",
    "username": "username",
    "profile": "user",
    "app": "apps",
    "session": "devices",
    "other-sessions": "devices",
    "all-sessions": "devices",
}
NOT_MADE = (AuditEntry.Outcome.REFUSED, AuditEntry.Outcome.FAILED)


def kind_of(change: str) -> ActivityKind:
    return ActivityKind.SIGN_INS if change == Change.STEP_UP.value else ActivityKind.CHANGES


def events(rows: Iterable[AuditEntry], app_named: Callable[[str], str]) -> list[Event]:
    """`app_named` gives the name of an app by its id."""
    told = (event(row, app_named) for row in rows)
    return [one for one in told if one is not None]


def event(row: AuditEntry, app_named: Callable[[str], str]) -> Event | None:
    """None for what changed nothing and for steps on the way; and what a later release wrote is not known here."""
    if row.change not in KNOWN:
        return None
    change, failed = Change(row.change), row.outcome in NOT_MADE
    title = title_of(row, change, failed=failed)
    if title is None:
        return None
    notes = [mailed(row), by_support(row)]
    return Event(
        id=f"here-{row.pk}",
        at=row.started_at,
        kind=kind_of(row.change),
        title=title,
        icon="refused" if failed else ICONS.get(change.matter, "security"),
        device=row.device,
        address=row.address,
        app=app_named(row.application) if row.application else "",
        notes=tuple(note for note in notes if note),
        fold="|".join(
            (row.change, row.reason, row.outcome, row.device, row.address, row.acting_admin, row.application)
        ),
        is_uncertain=row.outcome in audit.UNCERTAIN,
        is_answerable=not row.acting_admin,
    )


def by_support(row: AuditEntry) -> str:
    """Who did it to this account and why, as far as the person may know."""
    if not row.acting_admin:
        return ""
    reason = previews.PreviewReason.of(row.preview) if hasattr(row, "preview") else support.reason_of(row)
    if not reason.why:
        return _("Done by support")
    return _("%(who)s: “%(why)s”") % {"who": reason.who or _("Support"), "why": reason.why}


def title_of(row: AuditEntry, change: Change, *, failed: bool) -> str | Promise | None:
    if failed:
        return FAILED_STEP_UP if change is Change.STEP_UP else None
    if change is Change.PROFILE and row.reason:
        return _("%(change)s: %(field)s") % {"change": change.words.title, "field": field_named(row.reason)}
    return change.words.title_of_one(is_certain=row.outcome not in audit.UNCERTAIN)


def mailed(row: AuditEntry) -> str:
    """Whether the mail about it went out. The rows of mails are kept for a month (docs/security.md)."""
    states = {notice.state for notice in row.notices.all()}
    if Notice.State.UNDELIVERABLE in states:
        return _("An email about it couldn’t be delivered")
    return _("We emailed you about it") if Notice.State.SENT in states else ""


KNOWN = {change.value for change in Change}
