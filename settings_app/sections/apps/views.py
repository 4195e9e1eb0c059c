"""The pages of connected apps: the list with one of them opened, removing access, taking organisations away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from settings_app.logto.errors import LogtoError
from settings_app.safeguards.changes import Change
from settings_app.sections.apps import actions
from settings_app.sections.apps.forms import OrganizationsForm, RemoveAccessForm
from settings_app.sections.apps.listed import (
    READS,
    READS_OF_ONE,
    ListedApps,
    OfOne,
    Opened,
    one_by_key,
)
from settings_app.sections.apps.removal import AppRemoval
from settings_app.shell import errors, logos, logto_session
from settings_app.shell.connected_apps import key_of
from settings_app.shell.gates import editable, verified_recently
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.reads import Reads, account_center
from settings_app.shell.rows import Panel
from settings_app.shell.standing import only_the_brand_can, standing_of


def show(request: AccountRequest) -> HttpResponse:
    reads = Reads(request.account, READS)
    try:
        apps = ListedApps.read(request, reads)
    except LogtoError as error:
        return render(request, "apps/show.html", {"failed": failed(request, error)})
    closed = apps.by_key(request.GET.get("closed", ""))  # the focus goes back to where it was
    focused = closed.app.key if closed else ""
    items = apps.items(request.actor.formats, closed=focused)
    return listed_page(request, reads, apps, items=items, open_row=focused)


def details(request: AccountRequest, key: str) -> HttpResponse:
    """The list with one of the apps standing open in it."""
    reads, own = Reads(request.account, READS_OF_ONE), OfOne.begin(request, key)
    apps = ListedApps.read(request, reads)
    listed = apps.by_key(key)
    if listed is None:
        return has_no_access(request, key)
    items, opened = apps.items(request.actor.formats, opened=key), Opened.of(request, listed, reads, own)
    return listed_page(request, reads, apps, items=items, open_row=key, opened=opened)


def listed_page(request: AccountRequest, reads: Reads, apps: ListedApps, **more: Any) -> HttpResponse:
    standing = standing_of(request.site, reads[account_center], "session")
    cannot_remove = standing.reason or only_the_brand_can(request.site).reason
    page = {"apps": apps, "can_remove": standing.is_editable, "cannot_remove": cannot_remove}
    return render(request, "apps/show.html", page | more)


@editable("session")
@verified_recently
def remove(request: AccountRequest, key: str) -> HttpResponse:
    reads, sessions = Reads(request.account, READS), logto_session.listed(request)
    listed = one_by_key(request, reads, key)
    # Pressed again after an interruption, it does what is left, though nothing is listed any more.
    if listed is None or (request.method != "POST" and not listed.app.grants):
        return has_no_access(request, key)
    removal, form = AppRemoval.of(request.actor, listed, sessions.value), RemoveAccessForm.received(request)
    application_id, lives_on = listed.app.id, removal.remark
    change, action = Change.APP_REMOVED, actions.remove
    if form.submit(request.actor, change, action, application_id=application_id, lives_on=lives_on):
        return redirect("apps")
    return render(request, "apps/remove.html", {"form": form, "removal": removal})


@editable("session")
@verified_recently
def organizations(request: AccountRequest, key: str) -> HttpResponse:
    reads, own = Reads(request.account, READS), OfOne.begin(request, key)
    listed, chosen = one_by_key(request, reads, key), own.chosen.required()
    if listed is None or not chosen:
        return redirect("apps_details", key)  # which says what is so
    application_id = listed.app.id
    form = OrganizationsForm.received(request, application_id=application_id, chosen=chosen)
    change = Change.APP_ORGANIZATIONS_CHANGED
    if form.submit(request.actor, change, actions.narrow, application_id=application_id):
        return redirect("apps_details", key)
    return render(request, "apps/organizations.html", {"form": form, "listed": listed})


def logo(request: AccountRequest, key: str) -> HttpResponse:
    """The app's own, as people see it where they allow it something. Without one the page shows a letter."""
    tenant = request.account.tenant
    application_id = next((one for one in tenant.applications() if key_of(one) == key), "")
    # guard: only-logos-of-the-tenants-apps
    if not application_id:
        raise Http404
    return logos.answer_with(tenant.look_of(application_id)().logo, kept_by="private")


def has_no_access(request: AccountRequest, key: str) -> HttpResponse:
    """Back to the list, which has the brand's own apps too; of those nothing is said."""
    known = request.account.tenant.applications().get(key)
    if known is None or known.is_third_party:
        messages.info(request, _("That app has no access to your account any more."))
    return redirect("apps")


def failed(request: AccountRequest, error: LogtoError) -> Panel:
    reference, failure = errors.part_failed(request, "apps", error), _("We couldn’t load your apps")
    return Panel("apps", _("Apps with access"), failure=failure, reference=reference, is_all=True)
