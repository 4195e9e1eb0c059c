"""The three grants a Logto tenant knows: code, refresh token, client credentials. Authlib runs them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import OAuth2Request, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDToken

from accountsite.sandbox.oidc.checks import check_parameters
from accountsite.sandbox.oidc.claims import id_token_claims
from accountsite.sandbox.oidc.clients import Client
from accountsite.sandbox.oidc.errors import OidcError, invalid_grant, invalid_target, missing
from accountsite.sandbox.oidc.resources import find_resource, machine_scopes, person_scopes, resource_token
from accountsite.sandbox.oidc.tampering import Tampering, made_to_fail, sign_id_token, tampered
from accountsite.sandbox.oidc.tokens import (
    ACCESS_TOKEN_SECONDS,
    CODE_SECONDS,
    REFRESH_TOKEN_SECONDS,
    REUSE_TOLERANCE_SECONDS,
    Code,
    RefreshToken,
    SignIn,
    Tokens,
    alive,
)
from accountsite.sandbox.state import Json, Person, State

ID_TOKEN_SECONDS = 3600
ROTATE_AFTER = 0.7  # of its life, for confidential applications (docs/logto.md 15.4)


class CodeGrant(grants.AuthorizationCodeGrant):
    """Authorization code, one use, with the ID token added by `IdToken` below."""

    @classmethod
    def check_authorization_endpoint(cls, request: OAuth2Request) -> bool:
        return True

    @staticmethod
    def validate_authorization_redirect_uri(request: OAuth2Request, client: Client) -> str:
        asked = request.payload.redirect_uri
        if asked is None and (default := client.get_default_redirect_uri()):
            return default
        if asked is None:
            raise missing("redirect_uri")
        if not client.check_redirect_uri(asked):
            text = "redirect_uri did not match any of the client's registered redirect_uris"
            raise OidcError("invalid_redirect_uri", text)
        return str(asked)

    def validate_requested_scope(self) -> None:
        check_parameters(self.server.state, self.request)

    def create_authorization_response(
        self, redirect_uri: str, grant_user: Person
    ) -> tuple[int, str, list[tuple[str, str]]]:
        """Adds `iss` (RFC 9207), and the faults a test may have asked for."""
        state: State = self.server.state
        tampering = state.part(Tampering)
        if tampering.error is not None:
            raise made_to_fail(tampering.error, redirect_uri)
        status, body, headers = super().create_authorization_response(redirect_uri, grant_user)
        location, _, query = dict(headers)["Location"].partition("?")
        parameters = tampered(dict(parse_qsl(query)) | {"iss": state.issuer}, tampering.parameters)
        return status, body, [("Location", f"{location}?{urlencode(parameters)}")]

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        state: State = self.server.state
        asked = request.payload.data
        state.part(Tokens).codes[code] = Code(
            code,
            request.sign_in,
            state.now() + CODE_SECONDS,
            redirect_uri=asked.get("redirect_uri", ""),
            code_challenge=asked.get("code_challenge"),
            code_challenge_method=asked.get("code_challenge_method"),
        )

    def query_authorization_code(self, code: str, client: Client) -> Code:
        state: State = self.server.state
        found = state.part(Tokens).codes.get(code)
        if found is None or found.sign_in.client_id != client.client_id or not alive(found, state):
            raise invalid_grant()
        if found.used:
            # A code seen twice may have been stolen: what the first use gave dies as well (RFC 6749 section 4.1.2).
            state.grants.pop(found.sign_in.grant_id, None)
            raise invalid_grant()
        return found

    def delete_authorization_code(self, authorization_code: Code) -> None:
        authorization_code.used = True

    def authenticate_user(self, authorization_code: Code) -> Person:
        person: Person = self.server.state.people[authorization_code.user_id]
        return person

    def generate_token(self, **_: Any) -> Json:
        state: State = self.server.state
        sign_in = self.request.authorization_code.sign_in
        token = person_token(state, self.request, sign_in)
        if sign_in.offline or self.request.client.custom.get("alwaysIssueRefreshToken"):
            token["refresh_token"] = state.part(Tokens).add_refresh(sign_in, state.now())
        return token


class RefreshGrant(grants.RefreshTokenGrant):
    """Refresh token, rotated for public applications at once and for others late in its life (docs/logto.md 15.4)."""

    TOKEN_ENDPOINT_AUTH_METHODS = grants.AuthorizationCodeGrant.TOKEN_ENDPOINT_AUTH_METHODS

    def _validate_request_token(self, client: Client) -> RefreshToken:
        state: State = self.server.state
        value = self.request.form.get("refresh_token")
        if value is None:
            raise missing("refresh_token")
        found = state.part(Tokens).refresh.get(value)
        if found is None or found.sign_in.client_id != client.client_id or not alive(found, state):
            raise invalid_grant()
        if found.rotated_at is not None and state.now() - found.rotated_at > REUSE_TOLERANCE_SECONDS:
            state.grants.pop(found.sign_in.grant_id, None)
            raise invalid_grant()
        return found

    def authenticate_user(self, refresh_token: RefreshToken) -> Person:
        person: Person = self.server.state.people[refresh_token.user_id]
        return person

    def issue_token(self, user: Person, refresh_token: RefreshToken) -> Json:
        state: State = self.server.state
        now = state.now()
        token = person_token(state, self.request, refresh_token.sign_in)
        if self.request.client.is_public or now - refresh_token.issued_at >= ROTATE_AFTER * REFRESH_TOKEN_SECONDS:
            refresh_token.rotated_at = now
            return token | {"refresh_token": state.part(Tokens).add_refresh(refresh_token.sign_in, now)}
        return token | {"refresh_token": refresh_token.value}

    def revoke_old_credential(self, refresh_token: RefreshToken) -> None:
        """`issue_token` has marked it; it is tolerated a few seconds longer."""


class MachineGrant(grants.ClientCredentialsGrant):
    """Client credentials for one API resource (docs/logto.md 1)."""

    def validate_requested_scope(self) -> None:
        """Scopes that no role grants are dropped later, never refused."""

    def generate_token(self, **_: Any) -> Json:
        state: State = self.server.state
        indicator = self.request.form.get("resource")
        if indicator is None:
            raise OidcError("invalid_target", "both `resource` and `organization_id` are not provided")
        resource = find_resource(state, indicator)
        client: Client = self.request.client
        scope = machine_scopes(state, client, resource, self.request.form.get("scope", ""))
        value, life = resource_token(state, resource, subject=client.client_id, client_id=client.client_id, scope=scope)
        token: Json = {"access_token": value, "expires_in": life, "token_type": "Bearer"}
        return token | ({"scope": scope} if scope else {})


class Pkce(CodeChallenge):
    """PKCE with S256. The request was checked before; a wrong or missing verifier is a plain `invalid_grant`."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]
    DEFAULT_CODE_CHALLENGE_METHOD = "S256"

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        """Done by `checks.check_parameters`, in Logto's words."""

    def validate_code_verifier(self, grant: CodeGrant, result: object) -> None:
        try:
            super().validate_code_verifier(grant, result)
        except OAuth2Error as error:
            raise invalid_grant() from error


class IdToken(OpenIDToken):
    """The ID token as Logto makes it: no `typ`, no `at_hash`, no `amr` (docs/logto.md 15.4)."""

    def process_token(self, grant: CodeGrant | RefreshGrant, response: tuple[int, Json, Any]) -> None:
        request = grant.request
        sign_in: SignIn = (request.authorization_code or request.refresh_token).sign_in
        if "openid" in sign_in.scope.split() and not grant.server.state.part(Tampering).no_id_token:
            response[1]["id_token"] = make_id_token(grant.server.state, request.client, sign_in)


def person_token(state: State, request: OAuth2Request, sign_in: SignIn) -> Json:
    """The access token of a person: opaque, or a JWT when the request names a resource asked for at sign-in."""
    indicator = request.form.get("resource")
    if indicator is None:
        value = state.part(Tokens).add_access(sign_in, state.now())
        scope, life = sign_in.scope, ACCESS_TOKEN_SECONDS
    else:
        if indicator not in sign_in.resources:
            raise invalid_target()
        resource = find_resource(state, indicator)
        scope = person_scopes(state, request.client, sign_in.user_id, resource, sign_in.asked_scope)
        value, life = resource_token(state, resource, subject=sign_in.user_id, client_id=sign_in.client_id, scope=scope)
    return {"access_token": value, "expires_in": life, "scope": scope, "token_type": "Bearer"}


def make_id_token(state: State, client: Client, sign_in: SignIn) -> str:
    """`sid` and `auth_time` appear only under the conditions of docs/logto.md 8.1 and 15.3."""
    claims = id_token_claims(state, state.people[sign_in.user_id], sign_in.scope)
    if sign_in.auth_time is not None:
        claims["auth_time"] = sign_in.auth_time
    if sign_in.nonce is not None:
        claims["nonce"] = sign_in.nonce
    if client.wants_sid:
        claims["sid"] = sign_in.sid
    now = int(state.now())
    claims |= {"aud": client.client_id, "exp": now + ID_TOKEN_SECONDS, "iat": now, "iss": state.issuer}
    return sign_id_token(state, claims)
