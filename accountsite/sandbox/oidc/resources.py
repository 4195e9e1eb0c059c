"""API resources: which of their scopes an application or a person may have in an access token."""

from __future__ import annotations

from collections.abc import Iterable

from accountsite.sandbox.oidc.clients import Client
from accountsite.sandbox.oidc.errors import invalid_target
from accountsite.sandbox.oidc.keys import Keys
from accountsite.sandbox.state import Json, State


def find_resource(state: State, indicator: str) -> Json:
    """The resource with this indicator. Raises Logto's `invalid_target`."""
    for resource in state.resources.values():
        if resource["indicator"] == indicator:
            return resource
    raise invalid_target()


def machine_scopes(state: State, client: Client, resource: Json, asked: str) -> str:
    """What the application's own roles grant of the scopes asked; the rest is dropped silently (docs/logto.md 1)."""
    return _granted(state, state.application_roles.get(client.client_id, []), resource, asked)


def person_scopes(state: State, client: Client, user_id: str, resource: Json, asked: str) -> str:
    """What the person's roles grant and, for a third-party application, its permissions allow (docs/logto.md 14.2)."""
    granted = _granted(state, state.people[user_id].role_ids, resource, asked)
    if not client.is_third_party:
        return granted
    listed = _listed_scopes(state, client, resource)
    return " ".join(name for name in granted.split() if name in listed)


def resource_token(state: State, resource: Json, *, subject: str, client_id: str, scope: str) -> tuple[str, int]:
    """A JWT access token for one resource, and its life in seconds (docs/logto.md 1, 15.4)."""
    now, life = int(state.now()), int(resource.get("accessTokenTtl") or 3600)
    claims: Json = {"jti": state.new_secret(21), "sub": subject, "iat": now, "exp": now + life}
    if scope:
        claims["scope"] = scope
    claims |= {"client_id": client_id, "iss": state.issuer, "aud": resource["indicator"]}
    state.access_token_ids.add(claims["jti"])
    return Keys(state.signing_keys).sign(claims, typ="at+jwt"), life


def _granted(state: State, role_ids: Iterable[str], resource: Json, asked: str) -> str:
    held = {scope_id for role_id in role_ids for scope_id in state.role_scope_ids.get(role_id, [])}
    names = {scope["name"] for scope in resource.get("scopes", []) if scope["id"] in held}
    return " ".join(name for name in asked.split() if name in names)


def _listed_scopes(state: State, client: Client, resource: Json) -> set[str]:
    listed = state.consent_scopes.get(client.client_id, {}).get("resourceScopeIds", [])
    return {scope["name"] for scope in resource.get("scopes", []) if scope["id"] in listed}
