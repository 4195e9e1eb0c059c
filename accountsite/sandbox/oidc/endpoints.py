"""The OIDC endpoints that applications call: discovery, keys, token, userinfo, introspection, revocation."""

from __future__ import annotations

from authlib.oauth2 import OAuth2Error

from accountsite.sandbox.oidc.claims import CLAIMS, SCOPES, userinfo_claims
from accountsite.sandbox.oidc.clients import Client, authenticate
from accountsite.sandbox.oidc.errors import NO_STORE, OidcError, missing, refusal_answer
from accountsite.sandbox.oidc.keys import Keys
from accountsite.sandbox.oidc.server import Server, as_refusal, body_parameters
from accountsite.sandbox.oidc.tokens import Outstanding, Tokens, alive
from accountsite.sandbox.oidc.traces import note_revocation, note_tokens
from accountsite.sandbox.router import Call
from accountsite.sandbox.web import Answer


def discovery(call: Call) -> Answer:
    """GET `/oidc/.well-known/openid-configuration` (docs/logto.md 15.3)."""
    issuer = call.state.issuer
    return Answer.json(
        200,
        {
            "authorization_endpoint": f"{issuer}/auth",
            "device_authorization_endpoint": f"{issuer}/device/auth",
            "claims_parameter_supported": False,
            "claims_supported": list(CLAIMS),
            "code_challenge_methods_supported": ["S256"],
            "end_session_endpoint": f"{issuer}/session/end",
            "grant_types_supported": [
                "implicit",
                "authorization_code",
                "refresh_token",
                "client_credentials",
                "urn:ietf:params:oauth:grant-type:device_code",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ],
            "issuer": issuer,
            "jwks_uri": f"{issuer}/jwks",
            "authorization_response_iss_parameter_supported": True,
            "response_modes_supported": ["form_post", "fragment", "query"],
            "response_types_supported": ["code id_token", "code", "id_token", "none"],
            "scopes_supported": list(SCOPES),
            "subject_types_supported": ["public"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic",
                "client_secret_jwt",
                "client_secret_post",
                "private_key_jwt",
                "none",
            ],
            "token_endpoint_auth_signing_alg_values_supported": [
                "HS256",
                "RS256",
                "PS256",
                "ES256",
                "Ed25519",
                "EdDSA",
            ],
            "token_endpoint": f"{issuer}/token",
            "id_token_signing_alg_values_supported": [Keys(call.state.signing_keys).algorithm],
            "pushed_authorization_request_endpoint": f"{issuer}/request",
            "request_uri_parameter_supported": False,
            "userinfo_endpoint": f"{issuer}/me",
            "introspection_endpoint": f"{issuer}/token/introspection",
            "revocation_endpoint": f"{issuer}/token/revocation",
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
            "claim_types_supported": ["normal"],
        },
    )


def jwks(call: Call) -> Answer:
    """GET `/oidc/jwks`."""
    answer = Answer.json(200, Keys(call.state.signing_keys).public())
    headers = (
        ("content-type", "application/jwk-set+json; charset=utf-8"),
        ("cache-control", "no-cache, max-age=0, must-revalidate"),
    )
    return Answer(200, headers, answer.body)


def token(call: Call) -> Answer:
    """POST `/oidc/token`."""
    server = Server(call.state)
    answer = server.create_token_response(call.request)
    if server.answered is not None:
        note_tokens(call, server.answered)
    return answer


def userinfo(call: Call) -> Answer:
    """GET or POST `/oidc/me`: only for opaque access tokens with `openid` (docs/logto.md 15.4)."""
    header = call.request.headers.get("authorization", "")
    if not header:
        return _refused(call, OidcError("invalid_token", "no access token provided", status=401))
    found = call.state.part(Tokens).access.get(header.removeprefix("Bearer ").strip())
    if found is None or not alive(found, call.state) or "openid" not in found.get_scope().split():
        return _refused(call, OidcError("invalid_token", "invalid token provided", status=401))
    claims = userinfo_claims(call.state, call.state.people[found.user_id], found.get_scope())
    return Answer.json(200, claims, NO_STORE)


def introspect(call: Call) -> Answer:
    """POST `/oidc/token/introspection`."""
    try:
        client, found = _own_token(call)
    except OAuth2Error as error:
        return _refused(call, as_refusal(error))
    if found is None or not alive(found, call.state):
        return Answer.json(200, {"active": False}, NO_STORE)
    body = {
        "active": True,
        "sub": found.user_id,
        "client_id": client.client_id,
        "exp": int(found.expires_at),
        "iss": call.state.issuer,
        "scope": found.get_scope(),
    }
    return Answer.json(200, body, NO_STORE)


def revoke(call: Call) -> Answer:
    """POST `/oidc/token/revocation`: a refresh token takes its whole grant along. Unknown tokens are no error."""
    try:
        _, found = _own_token(call)
    except OAuth2Error as error:
        return _refused(call, as_refusal(error))
    if found is not None:
        tokens = call.state.part(Tokens)
        if found.value in tokens.refresh:
            tokens.revoke(grant_ids=[found.sign_in.grant_id])
        tokens.access.pop(found.value, None)
        note_revocation(call, found.sign_in)
    return Answer.text(200, "")


def _own_token(call: Call) -> tuple[Client, Outstanding | None]:
    """The token in the body, if it was given to the application that asks."""
    form = {name: values[0] for name, values in body_parameters(call.request).items()}
    client = authenticate(call.state, authorization=call.request.headers.get("authorization"), form=form)
    if "token" not in form:
        raise missing("token")
    tokens = call.state.part(Tokens)
    found: Outstanding | None = tokens.refresh.get(form["token"]) or tokens.access.get(form["token"])
    return client, found if found is not None and found.sign_in.client_id == client.client_id else None


def _refused(call: Call, refusal: OidcError) -> Answer:
    return refusal_answer(refusal, issuer=call.state.issuer)
