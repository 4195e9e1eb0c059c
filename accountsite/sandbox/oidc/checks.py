"""What Logto checks of an authorization request before anybody sees a page (docs/logto.md 15.3)."""

from __future__ import annotations

from authlib.oauth2.rfc6749 import OAuth2Request

from accountsite.sandbox.oidc.claims import SCOPES
from accountsite.sandbox.oidc.clients import Client
from accountsite.sandbox.oidc.errors import OidcError, missing
from accountsite.sandbox.oidc.resources import find_resource
from accountsite.sandbox.state import State

PROMPTS = ("none", "login", "consent")
RESPONSE_TYPES = ("code",)
ALWAYS_ALLOWED_SCOPES = ("openid", "offline_access")
FIRST_SCREENS = {
    "sign_in": "sign-in",
    "register": "register",
    "reset_password": "reset-password",
    "identifier:sign_in": "identifier-sign-in",
    "identifier:register": "identifier-register",
    "single_sign_on": "single-sign-on",
}


def check_parameters(state: State, request: OAuth2Request) -> None:
    """Raises the refusal that goes back to the redirect URI."""
    client: Client = request.client
    asked: dict[str, str] = request.payload.data
    _check_response_type(asked.get("response_type"))
    _check_prompt(asked.get("prompt"))
    _check_max_age(asked.get("max_age"))
    for indicator in request.payload.datalist.get("resource", []):
        find_resource(state, indicator)
    _check_scope(state, client, asked.get("scope", ""))
    _check_pkce(client, asked)


def granted_scope(client: Client, scope: str, prompts: list[str]) -> str:
    """The scope that will be granted: unknown scopes are ignored, and `offline_access` without `prompt=consent` too."""
    known = [name for name in scope.split() if name in SCOPES]
    return " ".join(name for name in known if name != "offline_access" or "consent" in prompts)


def extra_parameters(asked: dict[str, str]) -> dict[str, str]:
    """Logto's own parameters. One invalid value makes it ignore them all (docs/logto.md 15.3)."""
    extra: dict[str, str] = {
        name: asked[name] for name in ("first_screen", "identifier", "direct_sign_in", "login_hint") if name in asked
    }
    identifiers_are_known = set(extra.get("identifier", "").split()) <= {"email", "phone", "username"}
    direct_is_known = extra.get("direct_sign_in", "social:").startswith(("social:", "sso:"))
    if extra.get("first_screen", "sign_in") not in FIRST_SCREENS or not identifiers_are_known or not direct_is_known:
        return {}
    return extra


def _check_response_type(response_type: str | None) -> None:
    if not response_type:
        raise missing("response_type")
    if response_type not in RESPONSE_TYPES:
        refusal = OidcError("unsupported_response_type", "unsupported response_type requested")
        refusal.redirect_fragment = True
        raise refusal


def _check_prompt(prompt: str | None) -> None:
    prompts = (prompt or "").split()
    if not set(prompts) <= set(PROMPTS):
        raise OidcError("invalid_request", "unsupported prompt value requested")
    if "none" in prompts and len(prompts) > 1:
        raise OidcError("invalid_request", "prompt none must only be used alone")


def _check_max_age(max_age: str | None) -> None:
    if max_age is not None and not max_age.isdecimal():
        raise OidcError("invalid_request", "invalid max_age parameter value")


def _check_scope(state: State, client: Client, scope: str) -> None:
    """A third-party application may ask only for the user scopes in its permissions (docs/logto.md 14.2)."""
    if not client.is_third_party:
        return
    allowed = {*ALWAYS_ALLOWED_SCOPES, *state.consent_scopes.get(client.client_id, {}).get("userScopes", [])}
    refused = [name for name in scope.split() if name in SCOPES and name not in allowed]
    if refused:
        raise OidcError("invalid_scope", "requested scope is not allowed", scope=" ".join(refused))


def _check_pkce(client: Client, asked: dict[str, str]) -> None:
    method = asked.get("code_challenge_method")
    if method is not None and method != "S256":
        raise OidcError("invalid_request", "not supported value of code_challenge_method")
    if method and not asked.get("code_challenge"):
        raise OidcError("invalid_request", "code_challenge must be provided with code_challenge_method")
    if client.is_public and not asked.get("code_challenge"):
        raise OidcError("invalid_request", "Authorization Server policy requires PKCE to be used for this request")
