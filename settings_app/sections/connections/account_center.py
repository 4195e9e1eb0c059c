"""Accounts that only the tenant's own account center can connect (docs/logto.md 5.3, 17): the way there and back."""

from __future__ import annotations

import time
from typing import TypedDict
from urllib.parse import urlencode

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.safeguards.changes import Change
from settings_app.safeguards.perform import record
from settings_app.sections.connections.connected import Connection, Connections
from settings_app.sections.connections.linking import account_in_words
from settings_app.shell.http import AccountRequest

KEPT_SECONDS = 1800
KEPT = "connections_elsewhere"


class Before(TypedDict):
    """What stood for the connected account when the person left, empty for none."""

    seen: str
    until: float


def account_center_address(actor: Actor, connection: Connection) -> str:
    """Logto's own page for this connector; it leads back here and adds nothing to that address (docs/logto.md 17)."""
    task = "/change" if connection.identity else ""
    page = f"{actor.site.endpoint}/account/social/{connection.connector_id}{task}"
    return f"{page}?{urlencode({'redirect': actor.site.url(reverse('connections_return'))})}"


def remember(actor: Actor, connection: Connection) -> None:
    before: Before = {"seen": connection.seen, "until": time.time() + KEPT_SECONDS}
    session = actor.browser
    session[KEPT] = {**session.get(KEPT, {}), connection.target: before}


def tell_what_changed(request: AccountRequest) -> bool:
    """Whether accounts were connected, replaced or removed there; each is audited and announced as if done here."""
    remembered: dict[str, Before] = request.session.get(KEPT, {})
    left = {target: before["seen"] for target, before in remembered.items() if before["until"] >= time.time()}
    if not left:
        return False
    connections = Connections.read(request.actor)
    request.session.pop(KEPT)
    found = [one for target in left if (one := connections.of_target(target))]
    changed = [one for one in found if one.seen != left[one.target]]
    for connection in changed:
        change = change_of(connection, left[connection.target])
        record(request.actor, change, "at the account center")
        messages.success(request, in_words(change, connection))
    if not changed:
        messages.info(request, _("Nothing was changed. You came back before it was finished."))
    return bool(changed)


def change_of(connection: Connection, seen: str) -> Change:
    if connection.identity is None:
        return Change.CONNECTION_REMOVED
    return Change.CONNECTION_REPLACED if seen else Change.CONNECTION_ADDED


def in_words(change: Change, connection: Connection) -> str:
    if change is Change.CONNECTION_REPLACED and connection.identity:
        told = {"name": connection.name, "account": account_in_words(connection.identity)}
        return _("%(name)s replaced. You now sign in with %(account)s.") % told
    words = str(change.words.done)
    return words % {"name": connection.name} if "%(" in words else words
