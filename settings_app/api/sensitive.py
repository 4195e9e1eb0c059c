"""What comes before a sensitive call, as `@editable` and `@verified_recently` do before a page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from settings_app.api.problems import Problem
from settings_app.api.request import SECURITY, AccessTokenAuth, ApiRequest
from settings_app.logto.types import FieldPolicy
from settings_app.safeguards import app_confirmations
from settings_app.safeguards.app_confirmations import Confirmed, PurposeGroup
from settings_app.safeguards.field_policy import policy
from settings_app.sections.verify.methods import methods_of

HEADER = "Confirmation"
SENSITIVE = AccessTokenAuth(SECURITY)
CONFIRMED: dict[str, Any] = {"x-confirmed": True}  # for the description: the header that a sensitive call wants


def editable(request: ApiRequest, field: str) -> None:
    """Stands before `confirmed`: nobody is asked to confirm for what is refused afterwards."""
    # guard: api-field-is-the-persons-to-edit
    if policy(request.account.tenant.account_center(), field) is not FieldPolicy.EDIT:
        raise Problem(403, "field.read_only", _("You can’t change this yourself"))


def confirmed(request: ApiRequest, group: PurposeGroup) -> Confirmed:
    """Raises Problem where the person has not confirmed lately that it's them, for this."""
    found = app_confirmations.find(request.actor, group, request.headers.get(HEADER, ""))
    # guard: api-sensitive-is-confirmed
    if found is None:
        raise confirm_first(request, group)
    return found


def confirm_first(request: ApiRequest, group: PurposeGroup) -> Problem:
    """Says by which methods, and on which page a person can do it that an app cannot ask."""
    page = request.site.url(reverse("security"))
    told = {"for": group.value, "methods": methods(request), "page": page}
    return Problem(403, "confirmation.required", _("Confirm it’s you"), more={"confirmation": told})


def methods(request: ApiRequest) -> list[str]:
    """Of password, code by email, code by text message; the fresh sign-in is always there."""
    known = methods_of(request.actor)
    offered = {"password": known.password, "email": known.email, "phone": known.phone}
    return [*(name for name, is_offered in offered.items() if is_offered), "sign-in"]
