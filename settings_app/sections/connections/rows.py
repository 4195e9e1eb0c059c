"""The rows that show social accounts and work accounts."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.text import slugify
from django.utils.translation import gettext as _

from settings_app.logto.types import SsoIdentity
from settings_app.sections.connections.connected import Connection, Connections, Place, readable
from settings_app.shell import logos
from settings_app.shell.http import AccountRequest
from settings_app.shell.own_addresses import address_of
from settings_app.shell.reads import Reads
from settings_app.shell.rows import Panel, Row


def panels(request: AccountRequest, reads: Reads) -> list[Panel]:
    """The panels of social and of work accounts; neither where there is nothing to show."""
    connections = Connections.of(request.actor, reads)
    social = Panel(
        "social",
        _("Connected accounts"),
        tuple(social_rows(connections)),
        _("Sign in with an account you already have."),
    )
    work = Panel("work", _("Work account"), tuple(work_rows(connections)))
    return [panel for panel in (social, work) if panel.rows]


def social_rows(connections: Connections) -> list[Row]:
    """Every provider that the person has or can have an account of; none where the tenant keeps this part off."""
    if not connections.standing.is_shown:
        return []
    editable = connections.standing.is_editable
    shown = [one for one in connections.social if one.identity or (editable and one.place is not Place.NOWHERE)]
    return [social_row(number, one, editable=editable) for number, one in enumerate(shown)]


def social_row(number: int, connection: Connection, *, editable: bool) -> Row:
    connected = connection.identity is not None
    return Row(
        name=f"social-{number}-{slugify(connection.target)}",
        label=connection.name,
        value=connection.account,
        hint=hint_of(connection),
        letter=connection.letter,
        picture=logo_address(connection),
        change_url=change_url(connection) if editable else "",
        change_text=_("Replace") if connected else _("Connect"),
        remove_url=address_of("connections_remove", connection.target) if connected and editable else "",
        readonly="" if editable else _("Read-only"),
        empty_text=_("Not connected"),
    )


def logo_address(connection: Connection) -> str:
    """On this site."""
    if not connection.logo:
        return ""
    return f"{address_of('connections_logo', connection.target)}?{logos.mark_of(connection.logo)}"


def change_url(connection: Connection) -> str:
    if connection.place is Place.NOWHERE:
        return ""
    here = connection.place is Place.HERE
    return address_of("connections_connect" if here else "connections_elsewhere", connection.target)


def hint_of(connection: Connection) -> str:
    identity = connection.identity
    if identity and not connection.connector_id:
        return _("You can’t sign in with this any more.")
    return readable(identity.name) if identity and identity.email else ""


@dataclass(frozen=True)
class WorkAccount:
    """What else is known of an account at an organisation. Every text is the organisation's own."""

    name: str
    issuer: str


def work_rows(connections: Connections) -> list[Row]:
    identities = connections.person.sso_identities
    return [work_row(f"work-{number}", connections, identity) for number, identity in enumerate(identities)]


def work_row(row_id: str, connections: Connections, identity: SsoIdentity) -> Row:
    organisation, name, email = connections.organisation(identity), readable(identity.name), readable(identity.email)
    issuer = readable(identity.issuer)
    return Row(
        name=row_id,
        label=organisation,
        value=email or name or _("Connected"),
        icon="enterprise",
        readonly=_("Managed"),
        stacked=True,
        value_template="connections/_work_account.html",
        more=WorkAccount(name if email else "", issuer if issuer != organisation else ""),
    )
