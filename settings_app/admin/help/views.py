"""The pages of the help desk: what can be done for one person, and each of these things."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from settings_app.admin.help import actions
from settings_app.admin.help.forms import FactorsForm, HelpForm
from settings_app.admin.help.gates import helps
from settings_app.logto.errors import NotFound
from settings_app.logto.parallel import Part
from settings_app.logto.types import Factor, Person
from settings_app.safeguards import factor_removals, previews, support
from settings_app.safeguards.changes import Change
from settings_app.safeguards.factor_removals import WantedRemoval
from settings_app.shell.http import AccountRequest, render


@helps("has_help_desk")
@require_safe
def show(request: AccountRequest, person_id: str) -> HttpResponse:
    factors = factors_of(request, person_id) if request.site.help_removes_factors else None
    helped = person_of(request, person_id)
    labels = labels_of(factors) if factors else {}
    preview = previews.open_one(request.actor, person_id)
    more = {"labels": labels, "preview_url": f"/admin/preview/{preview.key}/" if preview else ""}
    return page(request, "show", helped, **more, **removal_of(request, helped))


@helps("help_suspends")
def suspend(request: AccountRequest, person_id: str) -> HttpResponse:
    helped, form = person_of(request, person_id), HelpForm.received(request)
    if form.help(request.actor, helped, Change.ACCOUNT_SUSPENDED, actions.suspend):
        return redirect("admin_help", person_id)
    return page(request, "suspend", helped, form=form)


@helps("help_suspends")
def restore(request: AccountRequest, person_id: str) -> HttpResponse:
    helped, form = person_of(request, person_id), HelpForm.received(request)
    if form.help(request.actor, helped, Change.ACCOUNT_REOPENED, actions.restore):
        return redirect("admin_help", person_id)
    return page(request, "restore", helped, form=form)


@helps("help_ends_sessions")
def sign_out(request: AccountRequest, person_id: str) -> HttpResponse:
    helped, form = person_of(request, person_id), HelpForm.received(request)
    if form.help(request.actor, helped, Change.DEVICES_SIGNED_OUT, actions.sign_out):
        return redirect("admin_help", person_id)
    return page(request, "sign_out", helped, form=form)


@helps("help_removes_factors")
def remove_factors(request: AccountRequest, person_id: str) -> HttpResponse:
    """Asks for it; it waits then."""
    factors, helped = factors_of(request, person_id), person_of(request, person_id)
    labels = labels_of(factors)
    form = FactorsForm.received(request, labels=labels)
    values = {"labels": labels, "asked_by": request.person.display_name}
    if form.help(request.actor, helped, Change.FACTOR_REMOVAL_ASKED, actions.ask_to_remove, **values):
        return redirect("admin_help", person_id)
    return page(request, "remove_factors", helped, form=form, **removal_of(request, helped))


@helps("help_removes_factors")
def approve(request: AccountRequest, person_id: str) -> HttpResponse:
    helped, form = person_of(request, person_id), HelpForm.received(request)
    if form.help(request.actor, helped, Change.FACTOR_REMOVAL_APPROVED, actions.approve):
        return redirect("admin_help", person_id)
    return page(request, "approve", helped, form=form, **removal_of(request, helped))


@helps("help_removes_factors")
def withdraw(request: AccountRequest, person_id: str) -> HttpResponse:
    helped, form = person_of(request, person_id), HelpForm.received(request)
    if form.help(request.actor, helped, Change.FACTOR_REMOVAL_WITHDRAWN, actions.withdraw):
        return redirect("admin_help", person_id)
    return page(request, "withdraw", helped, form=form, **removal_of(request, helped))


def person_of(request: AccountRequest, person_id: str) -> Person:
    try:
        return request.account.tenant.account(person_id).person()
    except NotFound as error:
        if not error.code:
            raise
        raise Http404 from error


def factors_of(request: AccountRequest, person_id: str) -> Part[tuple[Factor, ...]]:
    """The person's second steps, read while the person is."""
    tenant = request.account.tenant
    return tenant.start(tenant.account(person_id).factors)


def labels_of(factors: Part[tuple[Factor, ...]]) -> dict[str, str]:
    """What can be removed, in words; backup codes go with the last of these by themselves."""
    return {factor.id: label(factor) for factor in factors.required() if not factor.is_backup_codes}


def label(factor: Factor) -> str:
    if factor.is_passkey:
        return " · ".join(text for text in (_("Passkey"), factor.name) if text)
    return _("Authenticator app")


def removal_of(request: AccountRequest, helped: Person) -> dict[str, Any]:
    """What waits for this person, and whether this administrator may approve it."""
    acting = support.helper(request.site, helped, admin=request.account.user_id, why="")
    row = factor_removals.waiting(acting)
    if row is None:
        return {"removal": None}
    needs = (row.needs_approval or request.site.help_needs_second_admin) and not row.approver
    return {
        "removal": row,
        "wanted": WantedRemoval.of(row),
        "lacks_approval": needs,
        "is_own": row.admin == acting.acting_admin,
    }


def page(request: AccountRequest, name: str, helped: Person, **more: Any) -> HttpResponse:
    return render(request, f"admin/help/{name}.html", {"helped": helped, **more})
