"""`/oidc/auth`: whether the person must sign in or consent first, and the code that ends it (docs/logto.md 15.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error

from accountsite.sandbox.oidc.checks import FIRST_SCREENS, extra_parameters, granted_scope
from accountsite.sandbox.oidc.clients import Client
from accountsite.sandbox.oidc.errors import NO_STORE, OidcError, refusal_answer
from accountsite.sandbox.oidc.grants import CodeGrant
from accountsite.sandbox.oidc.interactions import (
    Interaction,
    add_interaction,
    close_interaction,
    find_interaction,
)
from accountsite.sandbox.oidc.logout import hand_over
from accountsite.sandbox.oidc.resources import find_resource, person_scopes
from accountsite.sandbox.oidc.server import SandboxRequest, Server, authorization_refusal
from accountsite.sandbox.oidc.sessions import (
    INTERACTION_COOKIE,
    SESSION_COOKIE,
    browser_session,
    drop_cookie,
    grant_of,
    make_grant,
    set_cookie,
    sign_in,
)
from accountsite.sandbox.oidc.tokens import SignIn
from accountsite.sandbox.oidc.traces import note_prompt, note_sign_in
from accountsite.sandbox.router import Call
from accountsite.sandbox.state import Session, State
from accountsite.sandbox.web import Answer


@dataclass
class Ask:
    """A checked authorization request, and how far it has come."""

    call: Call
    server: Server
    grant: CodeGrant
    query: str
    interaction: Interaction | None
    session: Session | None

    @property
    def state(self) -> State:
        return self.call.state

    @property
    def request(self) -> SandboxRequest:
        request: SandboxRequest = self.grant.request
        return request

    @property
    def client(self) -> Client:
        client: Client = self.request.client
        return client

    @property
    def asked(self) -> dict[str, str]:
        return self.request.payload.data

    @property
    def prompts(self) -> list[str]:
        return self.asked.get("prompt", "").split()

    @property
    def scope(self) -> str:
        return granted_scope(self.client, self.asked.get("scope", ""), self.prompts)


def start(call: Call) -> Answer:
    """GET or POST `/oidc/auth`."""
    request = call.request
    query = request.body.decode() if request.method == "POST" else request.query
    return _go_on(call, query, None)


def resume(call: Call) -> Answer:
    """GET `/oidc/auth/{uid}`: where sign-in and consent pages send the browser when they are done."""
    interaction = find_interaction(call.state, call.names["uid"])
    if interaction is None:
        return refusal_answer(OidcError("invalid_request", "interaction session not found"), issuer=call.state.issuer)
    return _go_on(call, interaction.query, interaction)


def _go_on(call: Call, query: str, interaction: Interaction | None) -> Answer:
    server = Server(call.state)
    request = server.create_oauth2_request(replace(call.request, method="GET", query=query, body=b""))
    try:
        grant = server.get_consent_grant(request)
    except OAuth2Error as error:
        return authorization_refusal(call.state, request, error)
    session = browser_session(call.state, call.request)
    ask = Ask(call, server, grant, query, interaction, session)
    try:
        return _next_step(ask)
    except OAuth2Error as error:
        error.redirect_uri = grant.redirect_uri
        return authorization_refusal(call.state, request, error)


def _next_step(ask: Ask) -> Answer:
    if ask.interaction is not None and ask.interaction.finished and ask.interaction.session_uid is None:
        if ask.session is not None and ask.session.account_id != ask.interaction.user_id:
            return hand_over(ask.state, ask.session, f"{ask.state.issuer}/auth/{ask.interaction.uid}")
        ask.session = _signed_in(ask, ask.interaction)
    if _must_sign_in(ask):
        if "none" in ask.prompts:
            raise OidcError("login_required", "End-User authentication is required")
        return _send_to(ask, _first_screen(ask))
    if _must_consent(ask):
        if "none" in ask.prompts:
            raise OidcError("consent_required", "requested scopes not granted")
        return _send_to(ask, "consent")
    return _answer_with_code(ask)


def _must_sign_in(ask: Ask) -> bool:
    if ask.session is None:
        return True
    if ask.interaction is not None and ask.interaction.session_uid == ask.session.uid:
        return False
    max_age = ask.asked.get("max_age")
    too_old = max_age is not None and ask.state.now() - ask.session.payload["loginTs"] >= int(max_age)
    return "login" in ask.prompts or too_old


def _must_consent(ask: Ask) -> bool:
    """Also a first-party application needs a grant; there the consent page agrees by itself."""
    if ask.interaction is not None and ask.interaction.consented:
        return False
    grant = grant_of(ask.state, ask.session, ask.client.client_id) if ask.session else None
    granted = grant.payload["openid"]["scope"].split() if grant else []
    return grant is None or "consent" in ask.prompts or not set(ask.scope.split()) <= set(granted)


def _signed_in(ask: Ask, interaction: Interaction) -> Session:
    person = ask.state.people[interaction.user_id or ""]
    session = sign_in(
        ask.state,
        person,
        previous=ask.session,
        client_id=ask.client.client_id,
        records=interaction.records,
        request=ask.call.request,
    )
    interaction.session_uid = session.uid
    note_sign_in(ask.call, interaction, person, session)
    return session


def _send_to(ask: Ask, page: str) -> Answer:
    interaction = ask.interaction or add_interaction(
        ask.state,
        query=ask.query,
        client_id=ask.client.client_id,
        redirect_uri=ask.grant.redirect_uri,
        extra=extra_parameters(ask.asked),
    )
    if page == "consent" and ask.session is not None:
        interaction.session_uid = ask.session.uid
    who = ask.session.account_id if page == "consent" and ask.session else None
    note_prompt(ask.call, interaction, "consent" if page == "consent" else "login", who)
    parameters = {"app_id": ask.client.client_id}
    if page != "consent":
        parameters |= {
            name: interaction.extra[name] for name in ("login_hint", "identifier") if name in interaction.extra
        }
    if page.startswith("direct/"):
        parameters = {"app_id": ask.client.client_id, "fallback": "sign-in"}
    cookies = [set_cookie(INTERACTION_COOKIE, interaction.uid), *_session_cookie(ask)]
    return Answer.redirect(f"/{page}?{urlencode(parameters)}", NO_STORE, *cookies)


def _first_screen(ask: Ask) -> str:
    extra = extra_parameters(ask.asked)
    if "direct_sign_in" in extra:
        method, _, target = extra["direct_sign_in"].partition(":")
        return f"direct/{method}/{target}"
    return FIRST_SCREENS[extra.get("first_screen", "sign_in")]


def _answer_with_code(ask: Ask) -> Answer:
    session = ask.session
    assert session is not None  # noqa: S101  a request without one was sent to sign in
    indicators = tuple(ask.request.payload.datalist.get("resource", []))
    resources = {name: _resource_scope(ask, session, name) for name in indicators}
    grant = make_grant(ask.state, session, ask.client.client_id, ask.scope, resources)
    wants_auth_time = "max_age" in ask.asked or "login" in ask.prompts
    ask.request.sign_in = SignIn(
        client_id=ask.client.client_id,
        user_id=session.account_id,
        scope=ask.scope,
        grant_id=grant.id,
        session_uid=session.uid,
        sid=session.payload["authorizations"][ask.client.client_id]["sid"],
        asked_scope=ask.asked.get("scope", ""),
        resources=indicators,
        nonce=ask.asked.get("nonce"),
        auth_time=session.payload["loginTs"] if wants_auth_time else None,
    )
    person = ask.state.people[session.account_id]
    answer: Answer = ask.server.create_authorization_response(ask.request, grant_user=person, grant=ask.grant)
    if ask.interaction is not None:
        close_interaction(ask.state, ask.interaction)
    return Answer(
        answer.status,
        (*answer.headers, drop_cookie(INTERACTION_COOKIE), *_session_cookie(ask)),
        answer.body,
    )


def _resource_scope(ask: Ask, session: Session, indicator: str) -> str:
    resource = find_resource(ask.state, indicator)
    return person_scopes(ask.state, ask.client, session.account_id, resource, ask.asked.get("scope", ""))


def _session_cookie(ask: Ask) -> list[tuple[str, str]]:
    """The session's `jti` changes at each sign-in, so the browser is always given the present one."""
    return [set_cookie(SESSION_COOKIE, ask.session.payload["jti"])] if ask.session is not None else []


def bare_return(interaction: Interaction) -> Answer:
    """Cancel on the consent page: the redirect URI and nothing else, as Logto does (docs/logto.md 15.3)."""
    return Answer.redirect(interaction.redirect_uri, NO_STORE, drop_cookie(INTERACTION_COOKIE))
