"""Access tokens for the Management API: made by the token endpoint, checked by every `/api` route."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from accountsite.sandbox.api.errors import ApiError
from accountsite.sandbox.state import MANAGEMENT_RESOURCE

if TYPE_CHECKING:
    from accountsite.sandbox.state import State

ALGORITHMS = ["ES384", "RS256"]


def signing_algorithm(key: ECKey | RSAKey) -> str:
    """ES384 by default, RS256 for tenants with an RSA key (docs/logto.md 15.4)."""
    return "RS256" if isinstance(key, RSAKey) else "ES384"


def issue_access_token(
    state: State, application_id: str, scope: str = "all", audience: str = MANAGEMENT_RESOURCE
) -> str:
    """A JWT access token as Logto makes it (docs/logto.md 1): ES384, `typ` `at+jwt`, one hour."""
    key = state.signing_keys[0]
    claims: dict[str, Any] = {
        "jti": state.new_secret(21),
        "sub": application_id,
        "iat": int(state.now()),
        "exp": int(state.now()) + 3600,
        "client_id": application_id,
        "iss": state.issuer,
        "aud": audience,
    }
    if scope:
        claims["scope"] = scope
    state.access_token_ids.add(claims["jti"])
    header = {"alg": signing_algorithm(key), "typ": "at+jwt", "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=ALGORITHMS)


def check_access_token(state: State, header: str | None) -> str:
    """The application id (`sub`) of a good Authorization header. Raises ApiError 401 or 403 (docs/logto.md 0.4)."""
    if header is None:
        raise ApiError(401, "auth.authorization_header_missing", "Authorization header is missing.")
    if not header.startswith("Bearer"):
        raise ApiError(
            401,
            "auth.authorization_token_type_not_supported",
            "Authorization type is not supported.",
            data={"supportedTypes": ["Bearer"]},
        )
    claims = _claims(state, header.removeprefix("Bearer").strip())
    problem = _claim_problem(state, claims)
    if problem is not None:
        raise _unauthorized("ERR_JWT_CLAIM_VALIDATION_FAILED", "JWTClaimValidationFailed", problem, claims)
    if claims["jti"] not in state.access_token_ids or claims["exp"] <= state.now():
        raise _unauthorized("ERR_JWT_EXPIRED", "JWTExpired", "exp", claims)
    if not claims.get("sub"):
        raise ApiError(401, "auth.jwt_sub_missing", "Missing `sub` in JWT.")
    if "all" not in str(claims.get("scope", "")).split():
        raise ApiError(403, "auth.forbidden", "Forbidden. Please check your user roles and permissions.")
    return str(claims["sub"])


def revoke_access_tokens(state: State) -> None:
    """Every token made so far stops working, as after a rotation of keys: the next one asked for works."""
    state.access_token_ids.clear()


@dataclass
class ReadTokens:
    """Claims of tokens whose signature was checked, by token and keys: tests ask the same again and again."""

    claims: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)


def _claims(state: State, token: str) -> dict[str, Any]:
    known = state.part(ReadTokens).claims
    under = (token, *(str(key.kid) for key in state.signing_keys))
    if under not in known:
        known[under] = _checked(state, token)
    return known[under]


def _checked(state: State, token: str) -> dict[str, Any]:
    try:
        return dict(jwt.decode(token, KeySet(list(state.signing_keys)), algorithms=ALGORITHMS).claims)
    except BadSignatureError as error:
        raise _unauthorized("ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "JWSSignatureVerificationFailed") from error
    except (JoseError, ValueError) as error:
        raise _unauthorized("ERR_JWS_INVALID", "JWSInvalid") from error


def _claim_problem(state: State, claims: dict[str, Any]) -> str | None:
    if claims.get("iss") != state.issuer:
        return "iss"
    return None if claims.get("aud") == MANAGEMENT_RESOURCE else "aud"


def _unauthorized(code: str, name: str, claim: str | None = None, payload: dict[str, Any] | None = None) -> ApiError:
    data: dict[str, Any] = {"code": code, "name": name}
    if claim is not None:
        data |= {"claim": claim, "reason": "check_failed", "payload": payload}
    return ApiError(401, "auth.unauthorized", "Unauthorized. Please check credentials and its scope.", data=data)
