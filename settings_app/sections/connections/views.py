"""The pages of social accounts: connecting and replacing one, the way back from its provider, removal."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from settings_app.logto.tenant import Tenant
from settings_app.safeguards.changes import Change
from settings_app.safeguards.declined import Declined
from settings_app.sections.connections import actions
from settings_app.sections.connections.account_center import has_changed_there, leave_for, tell_what_changed
from settings_app.sections.connections.connected import Connection, Connections, Place, one_per_target
from settings_app.sections.connections.forms import ConnectForm, DisconnectForm
from settings_app.sections.connections.leaving import leave
from settings_app.sections.connections.linking import finish
from settings_app.shell import logos
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, keeps_query_to_itself, public, render
from settings_app.shell.landing import after_a_change, part_of_security
from settings_app.shell.removal import Removal, asks_what_is_held
from settings_app.shell.verification import verified_until

HARMLESS = ("provider.stopped", "connection.same")

log = logging.getLogger(__name__)


def show(request: AccountRequest) -> HttpResponse:
    """An address that people have kept."""
    return part_of_security("social")


@public
def logo(request: AccountRequest, target: str) -> HttpResponse:
    """The provider's own, as on the sign-in page, which everybody may see. Without one the page shows a letter."""
    offers = one_per_target(Tenant.of(request.site).public_sign_in_experience().social_connectors)
    # guard: only-logos-of-offered-connectors
    if target not in offers:
        raise Http404
    return logos.answer_with(offers[target].logo)


@editable("social")
@verified_recently
def connect(request: AccountRequest, target: str) -> HttpResponse:
    connection = offered(request, target)
    if connection.place is not Place.HERE:
        return redirect("connections_elsewhere", target)
    form = ConnectForm.received(request, initial={"replaces": connection.seen})
    if form.submit(request.actor, Change.CONNECTION_STARTED, actions.start_connecting, connection=connection):
        return leave(request, address=form.result, name=connection.name, cancel_url=request.path)
    return render(request, "connections/connect.html", {"form": form, "connection": connection})


@editable("social")
def elsewhere(request: AccountRequest, target: str) -> HttpResponse:
    """Where an account is connected that this site cannot connect itself; its button goes there."""
    connection = offered(request, target)
    if connection.place is Place.HERE:
        return redirect("connections_connect", target)
    if request.method != "POST" and has_changed_there(request.actor, connection):
        return redirect("connections_return")
    is_possible = connection.place is Place.ACCOUNT_CENTER
    if request.method == "POST" and is_possible:
        return redirect(leave_for(request.actor, connection))
    page = {"connection": connection, "is_possible": is_possible, "host": urlsplit(request.site.endpoint).netloc}
    return render(request, "connections/elsewhere.html", page)


def came_back(request: AccountRequest) -> HttpResponse:
    """Where the account center leads back to: tells and announces what changed meanwhile. Changes nothing in Logto."""
    return landing(changed=tell_what_changed(request))


@require_GET
@editable("social")
@keeps_query_to_itself
def callback(request: AccountRequest) -> HttpResponse:
    """Where every provider sends the browser back to; writes on GET, by a state that is good once."""
    try:
        told = finish(request.actor, request.GET, is_verified=verified_until(request) is not None)
    except Declined as declined:
        level = messages.INFO if declined.code in HARMLESS else messages.ERROR
        log.warning("an answer of a provider was not taken on %s: %s", request.site.host, declined.code)
        messages.add_message(request, level, str(declined.text))
        return landing(changed=False)
    messages.success(request, told)
    return landing(changed=True)


@editable("social")
@verified_recently
@asks_what_is_held()
def remove(request: AccountRequest, target: str) -> HttpResponse:
    connection = Connections.read(request.actor).of_target(target)
    if connection is None or connection.identity is None:
        return redirect("security")
    form = DisconnectForm.received(request, connection=connection)
    if form.submit(request.actor, Change.CONNECTION_REMOVED, actions.disconnect, target=target):
        return landing(changed=True)
    removal = Removal.unless_refused(request, form, lambda held: held.without_social(target))
    return render(request, "connections/remove.html", {"form": form, "connection": connection, "removal": removal})


def landing(*, changed: bool) -> HttpResponse:
    return after_a_change() if changed else redirect("security")


def offered(request: AccountRequest, target: str) -> Connection:
    """The provider, when the tenant offers it."""
    connection = Connections.read(request.actor).of_target(target)
    # guard: only-offered-connectors
    if connection is None or not connection.connector_id:
        raise Http404
    return connection
