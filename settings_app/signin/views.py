"""Coming in and leaving: the landing page, the way back from Logto, signing out, and being signed out by Logto."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from settings_app import session
from settings_app.device import network
from settings_app.logto.tenant import Tenant
from settings_app.safeguards import factor_removals, limits, token_cutoffs, undo
from settings_app.safeguards.limits import Limit, Scope
from settings_app.shell import language, owner_proof, verification
from settings_app.shell.addresses import allowed_next, posted_from_here
from settings_app.shell.frames import is_framed
from settings_app.shell.http import AccountRequest, client_address, public, render
from settings_app.shell.lifetime import clear_site_data
from settings_app.signin import frames, oidc, tokens
from settings_app.signin.failures import Reason, SignInFailed
from settings_app.signin.pages import (
    clears_what_the_browser_keeps,
    refuses_logout_token,
    tells_what_failed,
)
from settings_app.signin.provider import provider_of
from settings_app.signin.states import Flow

log = logging.getLogger(__name__)


@csrf_exempt  # drawing a token would begin a session for every visitor; `posted_from_here` guards the form instead
@public
@tells_what_failed
def start(request: AccountRequest) -> HttpResponse:
    """The landing page; its form begins the sign-in at Logto, however long ago the page was opened."""
    target = allowed_next(request.POST.get("next") or request.GET.get("next", "")) or reverse("overview")
    if session.signed_in(request):
        return HttpResponseRedirect(target)
    begins = request.method == "POST"
    # guard: sign-in-begins-here
    begins = begins and posted_from_here(request)
    if begins:
        whose = {Scope.NETWORK: network(client_address(request))}
        # guard: sign-ins-limited
        limits.count(request.site.tenant, Limit.SIGN_IN, whose, site=request.site)
        language.keep_asked(request)
        # Logto's own page for a forgotten password, for people whose way here was an undo.
        resets = request.POST.get("first_screen") == oidc.RESET_PASSWORD
        return HttpResponseRedirect(oidc.begin(request, flow=Flow.SIGN_IN, target=target, resets_password=resets))
    asked_language = urlencode(language.as_query(request))
    if is_framed(request):
        target = frames.way_of(request, target)
    shown = {"next": target, "reason": request.GET.get("reason", ""), "asked_language": asked_language}
    return render(request, "signin/landing.html", shown)


@require_POST
@tells_what_failed
def again(request: AccountRequest) -> HttpResponse:
    """Sends the person who is signed in to Logto for a fresh sign-in: that confirms who they are (step-up)."""
    limits.spend(request.actor, Limit.FRESH_SIGN_IN)
    target = allowed_next(request.GET.get("next", "")) or reverse("overview")
    person = request.account.user_id
    flow = Flow.FORGOTTEN if "forgotten" in request.POST else Flow.STEP_UP
    return HttpResponseRedirect(oidc.begin(request, flow=flow, target=target, person=person))


@public
@require_POST
@tells_what_failed
def prove(request: AccountRequest) -> HttpResponse:
    """Sends whoever holds an undo link to Logto for a fresh sign-in. It signs nobody in here."""
    token = request.POST.get("token", "")
    row = undo.read(request.site, token).row
    if row is None:
        return HttpResponseRedirect(reverse("undo"))
    whose = {Scope.NETWORK: network(client_address(request))}
    limits.count(request.site.tenant, Limit.SIGN_IN, whose, site=request.site)
    owner_proof.keep_link(request, token)
    address = oidc.begin(request, flow=Flow.UNDO, target=reverse("undo"), person=row.subject)
    return HttpResponseRedirect(address)


@public
@require_GET
@tells_what_failed
def callback(request: AccountRequest) -> HttpResponse:
    """Where Logto sends the browser back to, after a sign-in as well as after a step-up."""
    try:
        arrival = oidc.finish(request)
    except SignInFailed as failure:
        if failure.reason is Reason.STATE_UNKNOWN and session.signed_in(request):
            return HttpResponseRedirect(reverse("overview"))  # an address of the browser's history, opened once more
        raise
    factor_removals.signed_in(tenant=request.site.tenant, subject=arrival.subject)
    if arrival.flow.confirms:
        session.follow(request, sid=arrival.sid)
        how = verification.FORGOTTEN if arrival.flow is Flow.FORGOTTEN else "sign-in"
        verification.mark_verified(request, Tenant.of(request.site).account(arrival.subject), method=how)
    elif arrival.flow is Flow.UNDO:
        owner_proof.mark_proven(request, subject=arrival.subject)
    else:
        session.sign_in(request, subject=arrival.subject, sid=arrival.sid)
        session.note_role(request, may_administer=request.site.admin_role in arrival.roles)
        if arrival.signed_in_at is not None:
            account = Tenant.of(request.site).account(arrival.subject)
            verification.count_sign_in(request, account, at=arrival.signed_in_at)
    log.info("%s on %s by %s from %s", arrival.flow, request.site.host, arrival.subject, client_address(request) or "-")
    return HttpResponseRedirect(arrival.target)


@public
# guard: sign-out-clears-at-once
@clears_what_the_browser_keeps
@tells_what_failed
def sign_out(request: AccountRequest) -> HttpResponse:
    """Asks, signs out here and at Logto, and is the page one comes back to from there."""
    if request.method == "POST":
        who = session.signed_in(request)
        session.sign_out(request)
        log.info("sign-out on %s by %s", request.site.host, who.subject if who else "-")
        return HttpResponseRedirect(oidc.end_session_address(request.site))
    if session.signed_in(request):
        return render(request, "signin/sign_out.html")
    response = render(request, "signin/signed_out.html")
    clear_site_data(response)
    response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return response


@csrf_exempt  # another server posts here; the token's signature says who
@public
@require_POST
@refuses_logout_token
def backchannel(request: AccountRequest) -> HttpResponse:
    """Logto says that a session of its ended (OpenID Connect Back-Channel Logout 1.0)."""
    ended = tokens.read_logout_token(request.site, provider_of(request.site), request.POST.get("logout_token", ""))
    tenant = request.site.tenant
    if ended.sid:
        count = session.end_sessions_of_sid(tenant=tenant, sid=ended.sid)
    else:
        count = session.end_sessions(tenant=tenant, subject=ended.subject)
    # guard: tokens-end-with-a-session-at-logto
    if ended.subject:
        token_cutoffs.cut_off(tenant=tenant, subject=ended.subject)
    log.info("logout token on %s ended %d sessions", request.site.host, count)
    return HttpResponse(headers={"Cache-Control": "no-store"})
