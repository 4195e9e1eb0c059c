"""The pages of app permissions: all applications side by side, one being edited, and how one presents itself."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from settings_app.admin.apps.editing import Edited
from settings_app.admin.apps.forms import LookForm, PermissionsForm, look_values
from settings_app.admin.apps.overview import Matrix
from settings_app.shell import logos
from settings_app.shell.administration import admins_only
from settings_app.shell.http import AccountRequest, render
from settings_app.shell.many_fields import takes_many_fields

TICKED = "permission"
ALSO = "also"


@admins_only
@require_GET
def show(request: AccountRequest) -> HttpResponse:
    matrix = Matrix.of(request, request.GET.get("q", ""), request.GET.get("page", ""))
    return render(request, "admin/apps/show.html", {"matrix": matrix, "field_has_focus": True})


@admins_only
@takes_many_fields
def edit(request: AccountRequest, application_id: str) -> HttpResponse:
    edited = edited_or_404(request, application_id)
    form = PermissionsForm.received(request)
    if form.is_bound and form.save(request.actor, edited):
        return redirect("admin_apps_edit", application_id)
    if form.is_bound:
        edited = edited_or_404(request, application_id)
    return page(request, edited, form=form)


@admins_only
@takes_many_fields
@require_POST
def try_out(request: AccountRequest, application_id: str) -> HttpResponse:
    """The same page with what is ticked now, saving nothing: what the consent screen would say."""
    return page(request, edited_or_404(request, application_id))


@admins_only
def look(request: AccountRequest, application_id: str) -> HttpResponse:
    edited = edited_or_404(request, application_id)
    form = LookForm.received(request, initial={**look_values(edited.look), "seen": edited.look_version})
    if form.is_bound and form.save(request.actor, edited):
        return redirect("admin_apps_edit", application_id)
    return render(request, "admin/apps/look.html", {"form": form, "edited": edited})


@admins_only
@require_GET
def logo(request: AccountRequest, application_id: str) -> HttpResponse:
    """As people see it, by this site's own address."""
    tenant = request.account.tenant
    if application_id not in tenant.applications():
        raise Http404
    return logos.answer_with(tenant.look_of(application_id)().logo, kept_by="private")


def edited_or_404(request: AccountRequest, application_id: str) -> Edited:
    ticked = [*request.POST.getlist(TICKED), *request.POST.getlist(ALSO)] if request.method == "POST" else None
    edited = Edited.of(request, application_id, ticked)
    if edited is None:
        raise Http404
    return edited


def page(request: AccountRequest, edited: Edited, **more: Any) -> HttpResponse:
    return render(request, "admin/apps/edit.html", {"edited": edited, **more})
