"""`/api/identities`: accounts elsewhere that the person signs in with; connecting one, disconnecting one."""

from __future__ import annotations

from django.urls import reverse
from ninja import Path, Router, Schema
from pydantic import ConfigDict

from settings_app.api.forms import posted, saved
from settings_app.api.problems import Problem, not_found
from settings_app.api.request import READ, AccessTokenAuth, ApiRequest
from settings_app.api.sensitive import CONFIRMED, SENSITIVE, confirmed, editable
from settings_app.safeguards.app_confirmations import PurposeGroup
from settings_app.safeguards.changes import Change
from settings_app.sections.connections import actions
from settings_app.sections.connections.connected import Connection, Connections, Place
from settings_app.sections.connections.forms import ConnectForm, DisconnectForm
from settings_app.sections.connections.linking import finish

router = Router(tags=["Identities"])


class ConnectedIdentity(Schema):
    """A provider that the tenant offers, or one where an account is connected. `account` is the provider's own text.

    `connectAt`: the page where the person connects one that only Logto's own page can connect; null for all others.
    """

    target: str
    name: str
    isConnected: bool  # noqa: N815
    account: str
    canBeConnected: bool  # noqa: N815
    connectAt: str | None  # noqa: N815


class WantedIdentity(Schema):
    """`redirectUri` is one of the addresses that the operator lists for apps."""

    model_config = ConfigDict(extra="forbid")

    redirectUri: str  # noqa: N815


class ProviderAddress(Schema):
    """Where the person goes to agree. The provider's answer then comes to the app, with a `state` that counts once."""

    address: str


class ProviderAnswer(Schema):
    """Every parameter that came to the app's address, `state` among them."""

    model_config = ConfigDict(extra="forbid")

    parameters: dict[str, str]


class ConnectedInWords(Schema):
    """What was done, in words for the person."""

    detail: str


@router.get(
    "/identities",
    auth=AccessTokenAuth(READ),
    response=list[ConnectedIdentity],
    url_name="api_identities",
    summary="Connected accounts",
)
def show(request: ApiRequest) -> list[ConnectedIdentity]:
    return [told(request, one) for one in Connections.read(request.actor).social]


@router.post(
    "/identities/{target}",
    auth=SENSITIVE,
    response=ProviderAddress,
    url_name="api_identities_connect",
    summary="Begin to connect one",
    openapi_extra=CONFIRMED,
)
def connect(request: ApiRequest, target: Path[str], wanted: WantedIdentity) -> ProviderAddress:
    """An account of that provider which is connected already is replaced."""
    open_for(request)
    # guard: provider-answers-to-listed-addresses-only
    if wanted.redirectUri not in request.site.api_redirect_uris:
        raise Problem(422, "redirect_uri.refused", "This address is not listed.")
    connection = Connections.read(request.actor).of_target(target)
    if connection is None or connection.place is not Place.HERE or not connection.connector_id:
        raise not_found()
    given = {"connection": connection, "redirect_uri": wanted.redirectUri}
    form = ConnectForm(posted(replaces=connection.seen))
    return ProviderAddress(
        address=saved(form, request.actor, Change.CONNECTION_STARTED, actions.start_connecting, **given)
    )


@router.post(
    "/identities",
    auth=SENSITIVE,
    response=ConnectedInWords,
    url_name="api_identities_finish",
    summary="Connect it",
    openapi_extra=CONFIRMED,
)
def answer(request: ApiRequest, given: ProviderAnswer) -> ConnectedInWords:
    open_for(request)
    return ConnectedInWords(detail=finish(request.actor, posted(**given.parameters), is_verified=True))


@router.delete(
    "/identities/{target}",
    auth=SENSITIVE,
    response={204: None},
    url_name="api_identities_remove",
    summary="Disconnect one",
    openapi_extra=CONFIRMED,
)
def remove(request: ApiRequest, target: Path[str]) -> None:
    open_for(request)
    connection = Connections.read(request.actor).of_target(target)
    if connection is None or connection.identity is None:
        raise not_found()
    form = DisconnectForm(posted(), connection=connection)
    saved(form, request.actor, Change.CONNECTION_REMOVED, actions.disconnect, target=target)


def open_for(request: ApiRequest) -> None:
    editable(request, "social")
    confirmed(request, PurposeGroup.IDENTITIES)


def told(request: ApiRequest, one: Connection) -> ConnectedIdentity:
    page = ""
    if one.place is Place.ACCOUNT_CENTER and one.connector_id:
        page = request.site.url(reverse("connections_elsewhere", args=[one.target]))
    return ConnectedIdentity(
        target=one.target,
        name=one.name,
        isConnected=one.identity is not None,
        account=one.account,
        canBeConnected=one.place is Place.HERE,
        connectAt=page or None,
    )
