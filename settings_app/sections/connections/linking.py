"""Connecting an account with what its provider answered, and telling truthfully what came of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.http import QueryDict
from django.utils.translation import gettext as _

from settings_app.actor import Actor
from settings_app.logto.errors import LogtoError, Refused, Unavailable
from settings_app.logto.types import SocialIdentity
from settings_app.safeguards import leases
from settings_app.safeguards.changes import Change
from settings_app.safeguards.connect_states import Connecting
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.leases import Held
from settings_app.safeguards.perform import perform, read_again
from settings_app.sections.connections import words
from settings_app.sections.connections.arrival import answered, arrived, replaces
from settings_app.sections.connections.connected import Connections, readable, seen

NEVER_LINKED = 501  # the connector needs Logto's hosted sign-in (docs/logto.md 5.3)

log = logging.getLogger(__name__)


def finish(actor: Actor, query: QueryDict, *, is_verified: bool) -> str:
    """Connects the account that the person has just confirmed at its provider. Out: what was done, in words.

    Raises Declined with words of its own for every failure; nothing was changed then, but where they say otherwise.
    """
    begun = arrived(actor, query)
    name = name_of(actor, begun.target)
    try:
        return link(actor, begun, query, name=name, is_verified=is_verified)
    except Declined as declined:
        raise Declined(in_words(declined.text, actor, name), code=declined.code) from declined
    except LogtoError as error:
        if isinstance(error, Refused) and error.status == NEVER_LINKED:
            actor.tenant.found_unlinkable(begun.connector_id)
        log.info("an account was not connected on %s: %s", actor.site.host, error)
        raise Declined(in_words(words.linking_failed(error), actor, name), code="connection.failed") from error


def link(actor: Actor, begun: Connecting, query: QueryDict, *, name: str, is_verified: bool) -> str:
    """One change of this person at a time, decided on what is so right then. Out: what was done, in words."""
    with leases.on_person(actor) as lease:
        before = actor.account.person().identity(begun.target)
        change = Change.CONNECTION_REPLACED if before else Change.CONNECTION_ADDED
        after = perform(
            actor, change, exchange, begun=begun, query=query, before=before, lease=lease, is_verified=is_verified
        )
    return done(change, name, before, after) if after else str(change.words.done)


def exchange(
    actor: Actor, begun: Connecting, query: QueryDict, before: SocialIdentity | None, lease: Held, is_verified: bool
) -> SocialIdentity:
    """Hands the provider's answer to Logto. Out: the account that is connected now."""
    answer = answered(query, is_verified=is_verified)
    # guard: connect-what-was-agreed-to
    if seen(before) != replaces(begun):
        raise Declined(words.CHANGED_MEANWHILE, code="connection.changed")
    lease.renew()
    after = hand_over(actor, begun, answer, before)
    # guard: same-account-is-no-replacement
    if before and after.id == before.id:
        raise Declined(words.SAME_ACCOUNT, code="connection.same")
    return after


def hand_over(
    actor: Actor, begun: Connecting, answer: Mapping[str, str], before: SocialIdentity | None
) -> SocialIdentity:
    """The account that is connected now; where Logto's answer is lost, the one that is there when reading again."""
    try:
        connected = actor.account.connect(begun.connector_id, answer, redirect_uri=begun.redirect_uri)
    except LogtoError as error:
        found = read_again(error, lambda: actor.account.person().identity(begun.target))
        if found is None or seen(found) == seen(before):
            raise
        return found
    for identity in connected:
        if identity.target == begun.target:
            return identity
    raise Unavailable("POST", "/api/users/{id}/identities", status=200, code="answer.unexpected")


def name_of(actor: Actor, target: str) -> str:
    """The provider's name, also of one that the tenant has removed meanwhile."""
    try:
        connection = Connections.read(actor).of_target(target)
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


def in_words(text: object, actor: Actor, name: str) -> str:
    words_of_it = str(text)
    return words_of_it % {"name": name, "brand": actor.site.brand.name} if "%(" in words_of_it else words_of_it
