"""Preconditions of views, as decorators in the order they run: whose field it is, and who has confirmed lately."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from settings_app.logto.looks import dressed
from settings_app.logto.types import FieldPolicy
from settings_app.safeguards.field_policy import policy
from settings_app.shell import drafts, errors
from settings_app.shell.http import AccountRequest
from settings_app.shell.logs import method_of, route_of
from settings_app.shell.verification import end_verification, is_outdated, verified_until

View = Callable[..., HttpResponse]

log = logging.getLogger(__name__)


def editable(field: str) -> Callable[[View], View]:
    """Allows only people to whom the tenant leaves this field; tells the others so.

    Stands before `@verified_recently`: nobody is asked to confirm for what is refused afterwards.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: AccountRequest, *args: object, **kwargs: object) -> HttpResponse:
            # guard: field-is-the-persons-to-edit
            if policy(request.account.tenant.account_center(), field) is not FieldPolicy.EDIT:
                return not_yours(request)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def turned_on(setting: str) -> Callable[[View], View]:
    """Allows what the operator of this site has turned on by this setting; without it there is no such page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: AccountRequest, *args: object, **kwargs: object) -> HttpResponse:
            # guard: only-what-the-operator-turned-on
            if not getattr(request.site, setting):
                return errors.not_found(request)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def not_yours(request: AccountRequest) -> HttpResponse:
    log.warning(
        "refused %s %s to %s: not theirs to edit", method_of(request), route_of(request), request.account.user_id
    )
    actions = [errors.Action(reverse("security"), _("Back to sign-in and security"))]
    if support := dressed(request.site).support_url:
        actions.append(errors.Action(support, _("Get help"), primary=False, external=True))
    return errors.page(
        request,
        403,
        _("You can’t change this yourself"),
        [_("Contact support if it needs to change.")],
        actions,
        icon="lock",
    )


def verified_recently(view: View) -> View:
    """Allows only people who have confirmed who they are within the last minutes; sends the others to `/verify/`.

    What they had typed is kept, without secrets, and nothing that was posted is ever repeated on its own.
    """

    @wraps(view)
    def guarded(request: AccountRequest, *args: object, **kwargs: object) -> HttpResponse:
        # guard: factor-added-since
        if verified_until(request) is not None and is_outdated(request):
            end_verification(request)
        # guard: verified-recently
        if verified_until(request) is None:
            if request.method == "POST":
                drafts.keep(request, request.signed_in.subject)
            return HttpResponseRedirect(f"{reverse('verify')}?{urlencode({'next': errors.here(request)})}")
        return view(request, *args, **kwargs)

    guarded.needs_verification = True  # type: ignore[attr-defined]  # read by the test that walks every address
    return guarded
