"""The end-session endpoint and the back-channel logout it sends (docs/logto.md 15.2, 15.3)."""

from __future__ import annotations

import logging
from functools import partial
from html import escape
from urllib.parse import urlencode

import requests
from authlib.oauth2 import OAuth2Error

from accountsite.sandbox.oidc.clients import Client, find_client
from accountsite.sandbox.oidc.errors import NO_STORE, OidcError, refusal_answer
from accountsite.sandbox.oidc.keys import Keys
from accountsite.sandbox.oidc.server import as_refusal, joined
from accountsite.sandbox.oidc.sessions import SESSION_COOKIE, browser_session, drop_cookie, end_session
from accountsite.sandbox.router import Call
from accountsite.sandbox.state import Json, Session, State
from accountsite.sandbox.web import Answer, Request

LOGOUT_TOKEN_SECONDS = 120
DELIVERY_TIMEOUT_SECONDS = 2.5
EVENT = "http://schemas.openid.net/event/backchannel-logout"

logger = logging.getLogger(__name__)


def end(call: Call) -> Answer:
    """GET or POST `/oidc/session/end`: a page that submits itself to the confirmation, or a refusal."""
    asked = _parameters(call.request)
    try:
        _return_address(call.state, asked)
    except OAuth2Error as error:
        return refusal_answer(as_refusal(error), issuer=call.state.issuer)
    return _confirmation(call.state, asked, title="Signing out", button="Sign out")


def hand_over(state: State, session: Session, address: str) -> Answer:
    """Somebody else signed in: a page that ends this session by itself, and then goes on (docs/logto.md 15.3)."""
    session.handover = (state.new_secret(21), address)
    fields = {"xsrf": session.handover[0], "logout": "yes"}
    return _confirmation(state, fields, title="Submitting Callback", button="Continue")


def _confirmation(state: State, asked: dict[str, str], *, title: str, button: str) -> Answer:
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}"/>' for name, value in asked.items()
    )
    return Answer.html(
        200,
        f"<!doctype html><html lang=en><title>{title}</title>"
        f'<form method="post" action="{state.issuer}/session/end/confirm">{fields}'
        f"<noscript><p>Sandbox: a pretend Logto for development.</p><button>{button}</button></noscript></form>"
        "<script>document.forms[0].submit()</script>",
        NO_STORE,
    )


def confirm(call: Call) -> Answer:
    """POST `/oidc/session/end/confirm`: ends the session, tells every application of it, sends the browser on."""
    asked = _parameters(call.request)
    try:
        address = _return_address(call.state, asked)
    except OAuth2Error as error:
        return refusal_answer(as_refusal(error), issuer=call.state.issuer)
    session = browser_session(call.state, call.request)
    if session is not None:
        if session.handover is not None and session.handover[0] == asked.get("xsrf"):
            address = session.handover[1]
        end_session(call.state, session)
        tell_applications(call, session)
    return Answer.redirect(address or f"{call.state.issuer}/session/end/success", NO_STORE, drop_cookie(SESSION_COOKIE))


def success(call: Call) -> Answer:
    """GET `/oidc/session/end/success`: where sign-out ends when no address to return to is known."""
    return Answer.html(
        200, "<!doctype html><html lang=en><title>Signed out</title><h1>You are signed out</h1>", NO_STORE
    )


def logout_token(state: State, client: Client, *, user_id: str, sid: str) -> str:
    """The logout token for one application. `sid` is left out unless it asks for it (docs/logto.md 15.2)."""
    claims: Json = {"sub": user_id, "events": {EVENT: {}}, "jti": state.new_secret(21)}
    if client.wants_sid:
        claims["sid"] = sid
    now = int(state.now())
    claims |= {"aud": client.client_id, "exp": now + LOGOUT_TOKEN_SECONDS, "iat": now, "iss": state.issuer}
    return Keys(state.signing_keys).sign(claims, typ="logout+jwt")


def _parameters(request: Request) -> dict[str, str]:
    values = request.form if request.method == "POST" else request.params
    return {name: found[0] for name, found in values.items()}


def _return_address(state: State, asked: dict[str, str]) -> str | None:
    """Where to go afterwards. Without a client the address is dropped in silence; what does not fit is refused."""
    hinted = _hinted_client_id(state, asked.get("id_token_hint"))
    client_id = asked.get("client_id", hinted)
    if hinted is not None and client_id != hinted:
        raise OidcError("invalid_request", "client_id does not match the provided id_token_hint")
    address = asked.get("post_logout_redirect_uri")
    if client_id is None:
        return None
    client = find_client(state, client_id)
    if address is None:
        return None
    if address not in client.metadata.get("postLogoutRedirectUris", []):
        raise OidcError("invalid_request", "post_logout_redirect_uri not registered")
    return joined(address, urlencode({"state": asked["state"]})) if "state" in asked else address


def _hinted_client_id(state: State, hint: str | None) -> str | None:
    if hint is None:
        return None
    try:
        return str(Keys(state.signing_keys).read(hint)["aud"])
    except (ValueError, KeyError) as error:
        raise OidcError("invalid_request", "could not decode id_token_hint") from error


def tell_applications(call: Call, session: Session) -> None:
    """A logout token for every application of the session, delivered before the browser gets its answer."""
    for client_id, authorization in session.payload["authorizations"].items():
        application = call.state.applications.get(client_id)
        client = Client(application) if application else None
        if client is not None and client.backchannel_logout_uri:
            token = logout_token(call.state, client, user_id=session.account_id, sid=authorization["sid"])
            call.logto.later(partial(_deliver, client.backchannel_logout_uri, token))


def _deliver(address: str, token: str) -> None:
    """One attempt; a failure is nobody's business but the application's."""
    try:
        requests.post(address, data={"logout_token": token}, timeout=DELIVERY_TIMEOUT_SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        logger.info("back-channel logout was not delivered: %s", type(error).__name__)
