"""The OpenID Connect client: sends a person to Logto, and reads who came back (authorization code flow with PKCE)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from settings_app import languages, session
from settings_app.shell.http import AccountRequest
from settings_app.shell.language import spoken
from settings_app.signin import states
from settings_app.signin.failures import Reason, SignInFailed
from settings_app.signin.provider import provider_of
from settings_app.signin.states import Flow, SignIn
from settings_app.signin.tokens import IdToken, read_id_token
from settings_app.sites import Site

RESET_PASSWORD = "reset_password"  # noqa: S105  # Logto's name of a page
ANY_AGE_SECONDS = 31_536_000  # of a sign-in: it asks for nothing, and brings its time (docs/logto.md 15.3)
ROUNDING_SECONDS = 2  # both clocks' times may be cut to whole seconds
REFUSALS = {
    "access_denied": Reason.ACCESS_DENIED,
    "invalid_scope": Reason.INVALID_SCOPE,
    "login_required": Reason.LOGIN_REQUIRED,
    "consent_required": Reason.LOGIN_REQUIRED,
    "interaction_required": Reason.LOGIN_REQUIRED,
    "account_selection_required": Reason.LOGIN_REQUIRED,
    "invalid_client": Reason.MISCONFIGURED,
    "unauthorized_client": Reason.MISCONFIGURED,
    "server_error": Reason.LOGTO_DOWN,
    "temporarily_unavailable": Reason.LOGTO_DOWN,
}


@dataclass(frozen=True)
class Arrival:
    """Somebody came back from Logto, and everything was checked. For a step-up it is the person who is signed in.

    `signed_in_at` is when the person last proved to Logto who they are, by our clock; `roles` are those of the tenant
    that the token names.
    """

    flow: Flow
    subject: str
    sid: str
    target: str
    signed_in_at: datetime | None
    roles: tuple[str, ...] = ()


def begin(request: AccountRequest, *, flow: Flow, target: str, person: str = "", resets_password: bool = False) -> str:
    """The address at Logto to send the browser to.

    `target` is the path on this site to go on to, `person` for a step-up the subject who is to confirm. With
    `resets_password` Logto begins with its page for a forgotten password.
    Raises SignInFailed when Logto cannot be asked where that is.
    """
    site = request.site
    # Logto asks anew, second factor included, and tells when it did (docs/logto.md 15.3).
    fresh = {"prompt": "login", "max_age": "0"} if flow is not Flow.SIGN_IN else {"max_age": str(ANY_AGE_SECONDS)}
    first = {"prompt": "login", "first_screen": RESET_PASSWORD} if resets_password else {}
    state, under_way = states.keep(request, flow=flow, person=person, target=target)
    try:
        return provider_of(site).authorization_address(
            redirect_uri=redirect_uri(site),
            state=state,
            nonce=under_way.secrets.nonce,
            code_verifier=under_way.secrets.code_verifier,
            ui_locales=languages.tag_of(spoken()),
            **fresh,
            **first,
        )
    except SignInFailed as failure:
        raise _during(under_way, failure) from failure


def finish(request: AccountRequest) -> Arrival:
    """Who came back, from the parameters of the redirect. Uses up the state. Raises SignInFailed."""
    # guard: bare-callback
    if not any(name in request.GET for name in ("code", "state", "error")):
        raise SignInFailed(Reason.CANCELLED)  # on Logto's consent page, which then returns bare (docs/logto.md 15.3)
    under_way = states.take(request, request.GET.get("state", ""))
    try:
        token = _token(request, under_way)
        if under_way.flow.confirms:
            _check_step_up(request, under_way, token)
        if under_way.flow == Flow.UNDO:
            _check_owner(under_way, token)
    except SignInFailed as failure:
        raise _during(under_way, failure) from failure
    return Arrival(
        flow=under_way.flow,
        subject=token.subject,
        sid=token.sid,
        target=under_way.target,
        signed_in_at=_signed_in_at(token),
        roles=token.roles,
    )


def end_session_address(site: Site) -> str:
    """Where the browser goes to end Logto's session (RP-Initiated Logout 1.0); it comes back to `/sign-out/`.

    The client is named by `client_id`; no id token is kept for a hint. Raises SignInFailed when Logto cannot be asked.
    """
    try:
        endpoint = provider_of(site).metadata_for_a_browser().end_session_endpoint
    except SignInFailed as failure:
        raise SignInFailed(Reason.SIGNED_OUT_HERE_ONLY, failure.detail) from failure
    query = {"client_id": site.app_id, "post_logout_redirect_uri": site.url(reverse("sign_out"))}
    return f"{endpoint}?{urlencode(query)}"


def redirect_uri(site: Site) -> str:
    return site.url(reverse("sign_in_callback"))


def _token(request: AccountRequest, under_way: SignIn) -> IdToken:
    site = request.site
    # guard: callback-issuer
    if request.GET.get("iss") != site.issuer:
        raise SignInFailed(Reason.WRONG_ISSUER, "iss")  # RFC 9207; Logto always sends it, with errors too
    if error := request.GET.get("error"):
        raise SignInFailed(REFUSALS.get(error, Reason.OTHER), error)
    if not (code := request.GET.get("code")):
        raise SignInFailed(Reason.OTHER, "code")
    provider = provider_of(site)
    answer = provider.exchange(
        code=code, redirect_uri=redirect_uri(site), code_verifier=under_way.secrets.code_verifier
    )
    return read_id_token(site, provider, answer, nonce=under_way.secrets.nonce)


def _signed_in_at(token: IdToken) -> datetime | None:
    """Both times of the token are by Logto's clock, so their difference holds by ours. None where it does not say."""
    if token.auth_time is None or token.auth_time > token.issued_at + ROUNDING_SECONDS:
        return None
    return timezone.now() - timedelta(seconds=max(0.0, token.issued_at - token.auth_time))


def _check_step_up(request: AccountRequest, under_way: SignIn, token: IdToken) -> None:
    who = session.signed_in(request)
    # guard: step-up-told-who
    if token.subject != under_way.person:
        session.sign_out(request)
        raise SignInFailed(Reason.ANOTHER_PERSON)
    # guard: step-up-signs-nobody-in
    if who is None:
        raise SignInFailed(Reason.SESSION_ENDED)
    # guard: step-up-same-person
    if who.subject != under_way.person:
        session.sign_out(request)
        raise SignInFailed(Reason.ANOTHER_PERSON)
    _check_fresh(under_way, token)


def _check_owner(under_way: SignIn, token: IdToken) -> None:
    """Of whoever holds an undo link; whoever is signed in here stays so."""
    # guard: undo-link-same-person
    if token.subject != under_way.person:
        raise SignInFailed(Reason.NOT_THIS_ACCOUNT)
    _check_fresh(under_way, token)


def _check_fresh(under_way: SignIn, token: IdToken) -> None:
    # When the request left, by Logto's clock: both times of the token are of that clock, so ours need not agree.
    asked_at = token.issued_at - (timezone.now() - under_way.requested_at).total_seconds()
    # guard: step-up-auth-time
    if token.auth_time is None or token.auth_time < asked_at - ROUNDING_SECONDS:
        raise SignInFailed(Reason.NOT_FRESH)


def _during(under_way: SignIn, failure: SignInFailed) -> SignInFailed:
    """The failure, with where the person was on the way to."""
    return SignInFailed(failure.reason, failure.detail, target=under_way.target, confirming=under_way.flow.confirms)
