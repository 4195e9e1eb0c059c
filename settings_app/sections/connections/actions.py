"""What can be done about connected accounts: begin to connect one, remember where it goes on, disconnect one."""

from __future__ import annotations

from django.urls import reverse

from settings_app.actor import Actor
from settings_app.logto.errors import NotFound, Refused
from settings_app.safeguards import connect_states, limits
from settings_app.safeguards.declined import Declined
from settings_app.safeguards.limits import Limit
from settings_app.safeguards.ways_in import removing
from settings_app.sections.connections import words
from settings_app.sections.connections.connected import Connection
from settings_app.sections.connections.leaving import may_be_gone_to

PURPOSE = "connect"


def start_connecting(actor: Actor, replaces: str, connection: Connection, redirect_uri: str = "") -> str:
    """The provider's address. `replaces` stands for the connected account that the page has shown, empty for none.

    `redirect_uri` is where an app wants the answer to come; that of a page comes to this site.

    Raises Declined, or a `LogtoError` when Logto does not answer.
    """
    # guard: connect-what-the-page-showed
    if replaces != connection.seen:
        raise Declined(words.CHANGED_MEANWHILE, code="connection.changed")
    limits.spend(actor, Limit.CONNECT_START)
    redirect_uri = redirect_uri or callback_address(actor)
    state = connect_states.keep(
        actor,
        purpose=purpose_of(replaces),
        connector_id=connection.connector_id,
        redirect_uri=redirect_uri,
        target=connection.target,
    )
    try:
        address = actor.account.authorization_address(connection.connector_id, state=state, redirect_uri=redirect_uri)
    except NotFound as error:
        raise declined(words.GONE, connection, "connection.gone") from error
    except Refused as error:
        if error.status == 501:
            actor.tenant.found_unlinkable(connection.connector_id)
            raise declined(words.NOT_HERE, connection, error.code) from error
        raise declined(words.MISCONFIGURED, connection, error.code) from error
    # guard: provider-over-https
    if not may_be_gone_to(actor.site, address):
        raise declined(words.MISCONFIGURED, connection, "provider.address")
    return address


def disconnect(actor: Actor, target: str) -> None:
    with removing(actor, lambda held: held.without_social(target)):
        actor.account.disconnect(target)


def callback_address(actor: Actor) -> str:
    """The one address for every provider's answer, from the site's configured address."""
    return actor.site.url(reverse("connections_callback"))


def purpose_of(replaces: str) -> str:
    return f"{PURPOSE}:{replaces}"


def declined(text: object, connection: Connection, code: str) -> Declined:
    return Declined(str(text) % {"name": connection.name}, code=code)
