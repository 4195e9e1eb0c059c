"""The page shown when a sign-in failed: what happened and a way on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from settings_app.logto.looks import dressed
from settings_app.session import signed_in
from settings_app.shell import errors
from settings_app.shell.errors import Action
from settings_app.shell.http import AccountRequest, client_address
from settings_app.shell.lifetime import clear_site_data
from settings_app.signin.failures import SignInFailed
from settings_app.signin.words import WORDS

View = Callable[[AccountRequest], HttpResponse]

log = logging.getLogger(__name__)


def tells_what_failed(view: View) -> View:
    """Turns a SignInFailed of this view into its page."""

    @wraps(view)
    def told(request: AccountRequest) -> HttpResponse:
        try:
            return view(request)
        except SignInFailed as failure:
            return failure_page(request, failure)

    return told


def refuses_logout_token(view: View) -> View:
    """Turns a SignInFailed of this view into the answer Logto expects (Back-Channel Logout 1.0 section 2.8)."""

    @wraps(view)
    def told(request: AccountRequest) -> HttpResponse:
        try:
            return view(request)
        except SignInFailed as failure:
            address = client_address(request) or "-"
            log.warning("logout token on %s from %s refused: %s", request.site.host, address, failure)
            return JsonResponse({"error": "invalid_request"}, status=400, headers={"Cache-Control": "no-store"})

    return told


def clears_what_the_browser_keeps(view: View) -> View:
    """Marks every answer to the button "Sign out", also the one that says that Logto cannot be reached."""

    @wraps(view)
    def marked(request: AccountRequest) -> HttpResponse:
        response = view(request)
        if request.method == "POST":
            clear_site_data(response)
        return response

    return marked


def failure_page(request: AccountRequest, failure: SignInFailed) -> HttpResponse:
    words = WORDS[failure.reason]
    reference = get_random_string(10, "abcdefghjkmnpqrstuvwxyz23456789") if words.ours else ""
    address = client_address(request) or "-"
    log.warning("sign-in on %s from %s failed, reference %s: %s", request.site.host, address, reference or "-", failure)
    actions = [_way_on(request, failure)]
    if support := dressed(request.site).support_url:
        actions.append(Action(support, _("Get help"), primary=False, external=True))
    title, text = str(words.title), [str(words.text)]
    response = errors.page(request, words.status, title, text, actions, reference=reference, icon=words.icon)
    if words.status == 503:
        response["Retry-After"] = str(errors.RETRY_SECONDS)
    return response


def _way_on(request: HttpRequest, failure: SignInFailed) -> Action:
    if signed_in(request) is None:
        query = f"?{urlencode({'next': failure.target})}" if failure.target else ""
        return Action(f"{reverse('sign_in')}{query}", _("Sign in"))
    if failure.confirming:
        return Action(failure.target, _("Try again"))
    return Action(failure.target or reverse("overview"), _("Go to your account"))
