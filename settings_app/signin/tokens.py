"""The checks on what Logto signs: ID tokens and logout tokens. Whatever fails one raises `SignInFailed`.

What is the same for every token of it serves the API too (api/tokens.py).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, InvalidKeyIdError, JoseError, MissingClaimError
from joserfc.jws import JWSRegistry

from settings_app.models import SeenLogoutToken
from settings_app.signin.failures import Reason, SignInFailed
from settings_app.signin.provider import Provider
from settings_app.sites import Site

LEEWAY_SECONDS = 60
LOGOUT_TOKEN_SECONDS = 300  # Logto's live 120 s; what lives longer was not made for one logout (ASVS 10.5.5)
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
TIMES = ("exp", "iat", "nbf")


@dataclass(frozen=True)
class IdToken:
    """Who signed in. `sid` is Logto's session, when it tells; times are in seconds since 1970, by Logto's clock."""

    subject: str
    sid: str
    issued_at: float
    auth_time: float | None
    roles: tuple[str, ...] = ()  # names, where the tenant puts them there


@dataclass(frozen=True)
class LogoutToken:
    subject: str
    sid: str


def read_id_token(site: Site, provider: Provider, answer: Mapping[str, Any], *, nonce: str) -> IdToken:
    """The ID token in an answer of the token endpoint, checked by OpenID Connect Core 3.1.3.7."""
    text = answer.get("id_token")
    # guard: id-token-present
    if not isinstance(text, str) or not text:
        raise SignInFailed(Reason.TOKEN_REFUSED, "id_token")
    claims = _signed(site, provider, text).claims
    # guard: id-token-nonce
    if claims.get("nonce") != nonce:
        raise SignInFailed(Reason.WRONG_NONCE)
    # guard: id-token-subject
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise SignInFailed(Reason.TOKEN_REFUSED, "sub")
    auth_time, roles = claims.get("auth_time"), claims.get("roles")
    return IdToken(
        subject=claims["sub"],
        sid=_text(claims, "sid"),
        issued_at=claims["iat"],
        auth_time=auth_time if _is_time(auth_time) else None,
        roles=tuple(one for one in roles if isinstance(one, str)) if isinstance(roles, list) else (),
    )


def read_logout_token(site: Site, provider: Provider, text: str) -> LogoutToken:
    """A logout token, good once, checked by OpenID Connect Back-Channel Logout 1.0 section 2.6."""
    token = _signed(site, provider, text)
    claims = token.claims
    # guard: logout-token-type
    if str(token.header.get("typ", "")).lower().removeprefix("application/") != "logout+jwt":
        raise SignInFailed(Reason.TOKEN_REFUSED, "typ")
    # guard: logout-token-short-life
    if claims["exp"] - claims["iat"] > LOGOUT_TOKEN_SECONDS:
        raise SignInFailed(Reason.TOKEN_REFUSED, "exp")
    events = claims.get("events")
    # guard: logout-token-event
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise SignInFailed(Reason.TOKEN_REFUSED, "events")
    # guard: logout-token-without-nonce
    if "nonce" in claims:
        raise SignInFailed(Reason.TOKEN_REFUSED, "nonce")
    ended = LogoutToken(subject=_text(claims, "sub"), sid=_text(claims, "sid"))
    # guard: logout-token-names-somebody
    if not ended.subject and not ended.sid:
        raise SignInFailed(Reason.TOKEN_REFUSED, "sub")
    # guard: logout-token-id
    if not _text(claims, "jti"):
        raise SignInFailed(Reason.TOKEN_REFUSED, "jti")
    # guard: logout-token-once
    _use_up(site, claims)
    return ended


def _signed(site: Site, provider: Provider, text: str) -> jwt.Token:
    """A token of this issuer, for this client, of now."""
    token = signed_by(provider, text)
    claims = token.claims
    # guard: token-issuer
    if claims.get("iss") != site.issuer:
        raise SignInFailed(Reason.WRONG_ISSUER)
    audience = claims.get("aud")
    # guard: token-audience
    if site.app_id not in (audience if isinstance(audience, list) else [audience]):
        raise SignInFailed(Reason.TOKEN_REFUSED, "aud")
    shared = isinstance(audience, list) and len(audience) > 1
    # guard: token-authorized-party
    if claims.get("azp", "" if shared else site.app_id) != site.app_id:
        raise SignInFailed(Reason.TOKEN_REFUSED, "azp")
    # guard: token-times
    check_times(claims)
    return token


def signed_by(provider: Provider, text: str) -> jwt.Token:
    """A token that Logto signed, whatever it says. Keys that it names itself (`jwk`, `jku`) are not looked at."""
    registry = JWSRegistry(algorithms=provider.metadata.algorithms, strict_check_header=False)
    try:
        keys = provider.keys
        try:
            return jwt.decode(text, keys, registry=registry)
        except InvalidKeyIdError:
            return jwt.decode(text, provider.keys_without(keys), registry=registry)
    except (JoseError, ValueError, TypeError) as error:
        raise SignInFailed(Reason.TOKEN_REFUSED, getattr(error, "error", "")) from None


def check_times(claims: Mapping[str, Any]) -> None:
    """`exp` and `iat` have to be there, and with `nbf` fit the clock of this machine within LEEWAY_SECONDS."""
    times = jwt.JWTClaimsRegistry(leeway=LEEWAY_SECONDS, exp={"essential": True}, iat={"essential": True})
    try:
        times.validate({name: claims[name] for name in TIMES if name in claims})
    except MissingClaimError as error:
        raise SignInFailed(Reason.TOKEN_REFUSED, error.claim) from None
    except ClaimError as error:
        readable = isinstance(error, ExpiredTokenError) or _is_time(claims.get(error.claim))
        raise SignInFailed(Reason.CLOCKS_DIFFER if readable else Reason.TOKEN_REFUSED, error.claim) from None


def _use_up(site: Site, claims: Mapping[str, Any]) -> None:
    SeenLogoutToken.objects.filter(expires_at__lt=datetime.now(UTC)).delete()
    key = hashlib.sha256(f"{site.host} {claims['jti']}".encode()).hexdigest()
    expires_at = datetime.fromtimestamp(claims["exp"] + LEEWAY_SECONDS + 1, UTC)
    try:
        with transaction.atomic():
            SeenLogoutToken.objects.create(key=key, expires_at=expires_at)
    except IntegrityError:
        raise SignInFailed(Reason.TOKEN_REFUSED, "jti") from None


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _is_time(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < time.time() * 2
