"""Connecting an account with what its provider answered, and telling truthfully what came of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.contrib import messages
from django.utils.translation import gettext as _

from settings_app.logto.errors import LogtoError, Refused, Unavailable
from settings_app.logto.types import SocialIdentity
from settings_app.models import ConnectState
from settings_app.safeguards import audit, leases
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.sections.connections import words
from settings_app.sections.connections.arrival import answered, arrived, replaces
from settings_app.sections.connections.connected import Connections, readable, seen
from settings_app.shell.http import AccountRequest

NEVER_LINKED = 501  # the connector needs Logto's hosted sign-in (docs/logto.md 5.3)
HARMLESS = ("provider.stopped", "connection.same")

log = logging.getLogger(__name__)


def finish(request: AccountRequest) -> bool:
    """Connects the account that the person has just confirmed at its provider. Out: whether anything was changed.

    The result is queued as a message. Every failure has its own words and changes nothing.
    """
    try:
        row = arrived(request)
    except Declined as declined:
        log.warning("an answer of a provider was not taken on %s: %s", request.site.host, declined.code)
        messages.error(request, str(declined.text))
        return False
    name = name_of(request, row.target)
    try:
        told = link(request, row, name)
    except Declined as declined:
        level = messages.INFO if declined.code in HARMLESS else messages.ERROR
        messages.add_message(request, level, in_words(declined.text, request, name))
        return False
    except LogtoError as error:
        if isinstance(error, Refused) and error.status == NEVER_LINKED:
            request.account.tenant.found_unlinkable(row.connector_id)
        log.info("an account was not connected on %s: %s", request.site.host, error)
        messages.error(request, in_words(words.linking_failed(error), request, name))
        return False
    messages.success(request, told)
    return True


def link(request: AccountRequest, row: ConnectState, name: str) -> str:
    """One change of this person at a time, decided on what is so right then. Out: what was done, in words."""
    with leases.on_person(request) as lease:
        before = request.account.person().identity(row.target)
        change = Change.CONNECTION_REPLACED if before else Change.CONNECTION_ADDED
        with audit.recorded(request, change):
            answer = answered(request)
            # guard: connect-what-was-agreed-to
            if seen(before) != replaces(row):
                raise Declined(words.CHANGED_MEANWHILE, code="connection.changed")
            lease.renew()
            after = exchange(request, row, answer, before)
            # guard: same-account-is-no-replacement
            if before and after.id == before.id:
                raise Declined(words.SAME_ACCOUNT, code="connection.same")
    return done(change, name, before, after)


def exchange(
    request: AccountRequest, row: ConnectState, answer: Mapping[str, str], before: SocialIdentity | None
) -> SocialIdentity:
    """Hands the answer to Logto. Out: the account that is connected now. Raises a `LogtoError`."""
    try:
        connected = request.account.connect(row.connector_id, answer, redirect_uri=row.redirect_uri)
    except Unavailable as error:
        found = read_again(request, row.target, before) if error.may_have_happened else None
        if found is None:
            raise
        return found
    for identity in connected:
        if identity.target == row.target:
            return identity
    raise Unavailable("POST", "/api/users/{id}/identities", status=200, code="answer.unexpected")


def read_again(request: AccountRequest, target: str, before: SocialIdentity | None) -> SocialIdentity | None:
    """Logto's answer was lost: the account that is connected by now, None when nothing shows that it was done."""
    try:
        now = request.account.person().identity(target)
    except LogtoError:
        return None
    return now if seen(now) != seen(before) else None


def name_of(request: AccountRequest, target: str) -> str:
    """The provider's name, also of one that the tenant has removed meanwhile."""
    try:
        connection = Connections.read(request).of_target(target)
    except LogtoError:
        connection = None
    return connection.name if connection else readable(target)


def done(change: Change, name: str, before: SocialIdentity | None, after: SocialIdentity) -> str:
    account, old = account_in_words(after), account_in_words(before) if before else ""
    if before and account == old:
        account, old = f"{account} ({readable(after.id)})", f"{old} ({readable(before.id)})"
    return str(change.words.done) % {"name": name, "account": account, "before": old}


def account_in_words(identity: SocialIdentity) -> str:
    return readable(identity.email) or readable(identity.name) or _("another account")


def in_words(text: object, request: AccountRequest, name: str) -> str:
    words_of_it = str(text)
    return words_of_it % {"name": name, "brand": request.site.brand.name} if "%(" in words_of_it else words_of_it
