"""Authlib's authorization server, fed with the sandbox's plain requests and answering with its plain answers."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749.requests import OAuth2Payload

from accountsite.sandbox.oidc.clients import Client, authenticate, find_client
from accountsite.sandbox.oidc.errors import NO_STORE, OidcError, invalid_grant, missing, refusal_answer
from accountsite.sandbox.oidc.grants import CodeGrant, IdToken, MachineGrant, Pkce, RefreshGrant
from accountsite.sandbox.oidc.tokens import SignIn
from accountsite.sandbox.state import Json, State
from accountsite.sandbox.web import Answer, Request

GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials")


class Payload(OAuth2Payload):
    """Parameters as Authlib reads them: one value each, and all of them."""

    def __init__(self, parameters: dict[str, list[str]]) -> None:
        self._parameters = parameters

    @property
    def data(self) -> dict[str, str]:
        return {name: values[0] for name, values in self._parameters.items()}

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return defaultdict(list, self._parameters)


class SandboxRequest(OAuth2Request):
    """One OAuth request. `sign_in` is what the code to be issued shall remember."""

    sign_in: SignIn

    def __init__(self, request: Request, parameters: dict[str, list[str]]) -> None:
        # Authlib insists on https; the sandbox is on loopback only.
        super().__init__(request.method, f"https://localhost{request.path}", headers=dict(request.headers))
        self.payload = Payload(parameters)

    @property
    def args(self) -> dict[str, str]:
        return self.payload.data

    @property
    def form(self) -> dict[str, str]:
        return self.payload.data


class Server(AuthorizationServer):
    """The authorization server of one tenant; made anew for each request, the state is elsewhere.

    `answered` is the token request that got its tokens.
    """

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.answered: SandboxRequest | None = None
        self.register_grant(CodeGrant, [Pkce(required=False), IdToken()])
        self.register_grant(RefreshGrant, [IdToken()])
        self.register_grant(MachineGrant)

    def query_client(self, client_id: str) -> Client:
        return find_client(self.state, client_id)

    def save_token(self, token: Json, request: OAuth2Request) -> None:
        """The grants keep what they issue."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Request | SandboxRequest) -> SandboxRequest:
        if isinstance(request, SandboxRequest):
            return request
        return SandboxRequest(request, body_parameters(request) if request.method == "POST" else request.params)

    def authenticate_client(self, request: SandboxRequest, methods: list[str], endpoint: str = "token") -> Client:
        if request.client is None:
            request.client = authenticate(
                self.state, authorization=request.headers.get("authorization"), form=request.form
            )
        client: Client = request.client
        request.auth_method = "none" if client.is_public else "client_secret_basic"
        return client

    def create_token_response(self, request: Request) -> Answer:
        """Logto proves the application before it looks at the grant type, so this does too."""
        bare = request.params.get("parse_error") == ["false"]
        try:
            oauth_request = self.create_oauth2_request(request)
            client = self.authenticate_client(oauth_request, [])
            grant_type = oauth_request.payload.grant_type
            if grant_type is None:
                raise missing("grant_type")
            if grant_type not in GRANT_TYPES:
                raise OidcError("unsupported_grant_type", "unsupported grant_type requested")
            if not client.check_grant_type(grant_type):
                raise OidcError("invalid_request", "requested grant type is not allowed for this client")
            if grant_type == "authorization_code" and "code" not in oauth_request.form:
                raise missing("code")
            grant = self.get_token_grant(oauth_request)
            grant.validate_token_request()
            answer: Answer = self.handle_response(*grant.create_token_response())
            self.answered = oauth_request
        except OAuth2Error as error:
            return refusal_answer(as_refusal(error), issuer=self.state.issuer, bare=bare)
        return answer

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:
        location = dict(headers).get("Location")
        if location is not None:
            return Answer.redirect(location, NO_STORE)
        return Answer.json(status, body, NO_STORE)

    def handle_error_response(self, request: SandboxRequest, error: OAuth2Error) -> Answer:
        return authorization_refusal(self.state, request, error)


def body_parameters(request: Request) -> dict[str, list[str]]:
    """Form or JSON, both of which Logto accepts at the token endpoint (docs/logto.md 1)."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return request.form
    try:
        values = json.loads(request.body or b"{}")
    except ValueError:
        values = {}
    return {name: [str(value)] for name, value in values.items()} if isinstance(values, dict) else {}


def as_refusal(error: OAuth2Error) -> OidcError:
    """Authlib's own errors in the same words as ours."""
    if isinstance(error, OidcError):
        return error
    if error.error == "invalid_grant":
        return invalid_grant()
    return OidcError(str(error.error), error.get_error_description() or "", status=error.status_code)


def authorization_refusal(state: State, request: SandboxRequest, error: OAuth2Error) -> Answer:
    """To the redirect URI once that is known to be right; before, JSON at Logto (docs/logto.md 15.3)."""
    refusal = as_refusal(error)
    where = {"state": request.payload.state} if request.payload.state else {}
    where["iss"] = state.issuer
    if error.redirect_uri is None:
        refusal.extra |= where
        return refusal_answer(refusal, issuer=state.issuer)
    parameters = urlencode([*refusal.get_body(), *where.items()])
    return Answer.redirect(joined(error.redirect_uri, parameters, fragment=error.redirect_fragment), NO_STORE)


def joined(uri: str, parameters: str, *, fragment: bool = False) -> str:
    if fragment:
        return f"{uri}#{parameters}"
    return f"{uri}{'&' if '?' in uri else '?'}{parameters}"
