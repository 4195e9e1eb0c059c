"""The request that the API's views receive, and who may send one: a good token, its scope, a person who is there."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from settings_app import languages
from settings_app.actor import Actor
from settings_app.api import repeats
from settings_app.api.problems import Problem, insufficient_scope, unauthorized
from settings_app.api.tokens import AccessToken, read_access_token, token_in
from settings_app.logto.account import Account
from settings_app.logto.tenant import Tenant
from settings_app.logto.types import Person
from settings_app.safeguards import app_access, limits, token_cutoffs
from settings_app.safeguards.limits import Limit
from settings_app.shell.http import AccountRequest, client_address
from settings_app.shell.middleware import SAFE_METHODS, PersonGone, still_there

READ, WRITE, SECURITY = "account:read", "account:write", "account:security"
SCOPES = {
    READ: "Read the account",
    WRITE: "Change the profile",
    SECURITY: "Change how the person signs in, and end access",
}


class ApiRequest(AccountRequest):
    """What a view of the API finds; there is no session and no cookie.

    `is_noted`: what the account holds is noted once this is answered, as after each page.
    """

    token: AccessToken
    is_noted: bool


class AccessTokenAuth(HttpBearer):
    """Before anything else of a call: whose it is and whether it may be made."""

    openapi_bearerFormat = "JWT"  # noqa: N815  # OpenAPI's word

    def __init__(self, scope: str, *, takes_a_file: bool = False) -> None:
        super().__init__()
        self.scope, self.takes_a_file = scope, takes_a_file

    def __call__(self, request: HttpRequest) -> AccessToken:
        return enter(cast("ApiRequest", request), self.scope, takes_a_file=self.takes_a_file)

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        raise NotImplementedError  # of the base; `__call__` does it all


def enter(request: ApiRequest, scope: str, *, takes_a_file: bool) -> AccessToken:
    """Puts account, person and actor on the request. Raises Problem, TooManyAttempts, LogtoError."""
    site = request.site
    token = read_access_token(site, token_in(request.headers.get("Authorization", "")))
    # guard: access-token-scope
    if scope not in token.scopes:
        raise insufficient_scope(scope)
    account = Tenant.of(site).account(token.subject)
    request.token, request.account, request.looking = token, account, None
    request.person = cast("Person", SimpleLazyObject(lambda: still_there(reading.required)))
    request.actor = actor_of(request, name_of(account, token.application))
    # Before anything is asked for at Logto: what is refused here costs nobody more.
    # guard: api-calls-limited
    limits.spend(request.actor, Limit.API)
    reading = account.tenant.start(account.person)
    # guard: cut-off-token
    if token_cutoffs.is_cut_off(
        tenant=site.tenant, subject=token.subject, application=token.application, issued_at=token.issued_at
    ):
        raise unauthorized("token.ended", _("You’re signed out everywhere."))
    # guard: api-refuses-who-is-gone
    wait_for_person(request)
    request.is_noted = True
    if request.method not in SAFE_METHODS:
        # guard: api-writes-limited
        limits.spend(request.actor, Limit.POST)
        repeats.begin(request, request.actor, takes_a_file=takes_a_file)
    return token


def name_of(account: Account, application: str) -> str:
    """What people know the app as. Raises Problem for one that may not act for them."""
    known = account.tenant.applications().get(application)
    listed = application in account.tenant.site.api_third_party_apps
    # guard: third-party-apps-are-listed
    if app_access.is_others(account, application) and not listed:
        raise Problem(403, "application.refused", "This application may not use the API.")
    return known.name if known else application


def wait_for_person(request: ApiRequest) -> None:
    """The person that is being read; Problem for one who was suspended or deleted."""
    try:
        bool(request.person)
    except PersonGone as gone:
        raise shut_out(gone) from None


def actor_of(request: ApiRequest, name: str) -> Actor:
    return Actor(
        site=request.site,
        account=request.account,
        person=request.person,
        language=get_language() or languages.ENGLISH,
        accept_language=request.headers.get("Accept-Language", ""),
        user_agent=request.headers.get("User-Agent", ""),
        address=client_address(request),
        application=request.token.application,
        application_name=name,
    )


def shut_out(gone: PersonGone) -> Problem:
    if gone.suspended:
        return unauthorized("account.suspended", _("Your account is suspended"))
    return unauthorized("account.deleted", _("This account no longer exists"))
