"""What tests may make wrong about the next sign-ins: an error instead of a code, a spoilt ID token."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from accountsite.sandbox.oidc.errors import OidcError
from accountsite.sandbox.oidc.keys import Keys
from accountsite.sandbox.state import Json, State


@dataclass
class Tampering:
    """In force until put back to its defaults.

    `error` replaces the code in the authorization answer. `claims` overrides claims of the ID token, None removes one.
    `parameters` does the same to the parameters of the authorization answer.
    """

    error: str | None = None
    parameters: dict[str, str | None] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    no_id_token: bool = False
    no_kid: bool = False
    unsigned: bool = False
    broken_signature: bool = False


def tampered(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (values | changes).items() if value is not None or name not in changes}


def made_to_fail(error: str, redirect_uri: str) -> OidcError:
    refusal = OidcError(error, "made to fail at the sandbox's control page")
    refusal.redirect_uri = redirect_uri
    return refusal


def sign_id_token(state: State, claims: Json) -> str:
    """The ID token, spoilt as `Tampering` says."""
    tampering, keys = state.part(Tampering), Keys(state.signing_keys)
    claims = tampered(claims, tampering.claims)
    if tampering.unsigned:
        return f"{_encoded({'alg': 'none'})}.{_encoded(claims)}."
    token = keys.sign(claims, with_kid=not tampering.no_kid)
    if tampering.broken_signature:
        head, _, signature = token.rpartition(".")
        return f"{head}.{signature[::-1]}"
    return token


def _encoded(value: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
