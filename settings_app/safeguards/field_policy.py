"""Who may edit what: the tenant's account-center setting for each field, enforced here and shown by the pages."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from settings_app.logto.types import AccountCenter, FieldPolicy
from settings_app.shell import errors
from settings_app.shell.http import AccountRequest

View = Callable[..., HttpResponse]

log = logging.getLogger(__name__)

# Where the tenant never switched its account center on, nobody decided anything: then people manage their own account.
DEFAULT = FieldPolicy.EDIT


def policy(center: AccountCenter, field: str) -> FieldPolicy:
    """What a person may do with `field`, by its name in `AccountCenter`."""
    return center.policy(field) if center.enabled else DEFAULT


def editable(field: str) -> Callable[[View], View]:
    """Lets only through where the tenant leaves this field to the person; says so otherwise.

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


def not_yours(request: AccountRequest) -> HttpResponse:
    log.warning("refused %s %s to %s: not theirs to edit", request.method, request.path, request.account.user_id)
    actions = [errors.Action(reverse("security"), _("Back to sign-in and security"))]
    if request.site.support_url:
        actions.append(errors.Action(request.site.support_url, _("Get help"), primary=False, external=True))
    return errors.page(
        request,
        403,
        _("You can’t change this yourself"),
        [_("The people who run this service look after it. Ask them to change it for you.")],
        actions,
        icon="lock",
    )
