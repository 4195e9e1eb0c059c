"""Accounts that only the tenant's own account center can connect (docs/logto.md 5.3, 17)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.safeguards.changes import Change
from settings_app.sections.connections.connected import Connection, Connections
from settings_app.sections.connections.linking import account_in_words
from settings_app.shell import account_center
from settings_app.shell.account_center import Detour
from settings_app.shell.http import AccountRequest

DETOUR = Detour("connections_elsewhere", Change.CONNECTION_STARTED, "connections_return")


def leave_for(actor: Actor, connection: Connection) -> str:
    """Logto's own page for this connector. What was begun before, perhaps in another tab, is remembered beside it."""
    task = "/change" if connection.identity else ""
    before = {**(DETOUR.before(actor) or {}), connection.target: connection.seen}
    return DETOUR.begin(actor, f"social/{connection.connector_id}{task}", before)


def has_changed_there(actor: Actor, connection: Connection) -> bool:
    """Whether somebody comes back from there by the browser alone: its last page waits for a button."""
    before = DETOUR.before(actor) or {}
    return before.get(connection.target, connection.seen) != connection.seen


def tell_what_changed(request: AccountRequest) -> bool:
    """Whether accounts were connected, replaced or removed there."""
    before = DETOUR.before(request.actor)
    if before is None:
        return False
    connections = Connections.read(request.actor)
    DETOUR.end(request.actor)
    found = [one for target in before if (one := connections.of_target(target))]
    changed = [(change_of(one, before[one.target]), one) for one in found if one.seen != before[one.target]]
    told = [in_words(change, connection) for change, connection in changed]
    return account_center.tell_what_changed(request, [change for change, _connection in changed], told)


def change_of(connection: Connection, seen: str) -> Change:
    if connection.identity is None:
        return Change.CONNECTION_REMOVED
    return Change.CONNECTION_REPLACED if seen else Change.CONNECTION_ADDED


def in_words(change: Change, connection: Connection) -> str:
    if change is Change.CONNECTION_REPLACED and connection.identity:
        names = {"name": connection.name, "account": account_in_words(connection.identity)}
        return _("%(name)s replaced. You now sign in with %(account)s.") % names
    words = str(change.words.done)
    return words % {"name": connection.name} if "%(" in words else words
