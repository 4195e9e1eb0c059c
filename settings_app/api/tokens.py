"""The access token of a call: a JWT that Logto made for this API, for a person (RFC 9068). All else is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from settings_app.api.problems import Problem, unauthorized
from settings_app.signin.failures import Reason, SignInFailed
from settings_app.signin.provider import provider_of
from settings_app.signin.tokens import check_times, signed_by
from settings_app.sites import Site

TYPE = "at+jwt"
SCHEME = "bearer"
AT_LOGTO = (Reason.LOGTO_DOWN, Reason.MISCONFIGURED)


@dataclass(frozen=True)
class AccessToken:
    """Whom the app acts for, which app it is, and what it may do. `issued_at` is in seconds, by Logto's clock."""

    subject: str
    application: str
    scopes: frozenset[str]
    issued_at: float


def token_in(header: str) -> str:
    """The token of an Authorization header; no other place is looked at (RFC 6750, 2.1)."""
    scheme, _space, token = header.partition(" ")
    if scheme.lower() != SCHEME or not token.strip():
        raise unauthorized("token.missing", "Send an access token: Authorization: Bearer …")
    return token.strip()


def read_access_token(site: Site, text: str) -> AccessToken:
    """Raises Problem: 401 for what is no good token, 503 where Logto's keys cannot be had."""
    try:
        token = signed_by(provider_of(site), text)
        # guard: access-token-times
        check_times(token.claims)
    except SignInFailed as failed:
        raise refused(failed) from None
    claims = token.claims
    # guard: access-token-type
    if str(token.header.get("typ", TYPE)).lower().removeprefix("application/") != TYPE:
        raise invalid("This is no access token.")
    # guard: access-token-issuer
    if claims.get("iss") != site.issuer:
        raise invalid("Another issuer made this token.")
    # guard: access-token-audience
    if claims.get("aud") not in (site.api_audience, [site.api_audience]):
        raise invalid(f"This token was not made for {site.api_audience}.")
    # guard: access-token-of-no-organization
    if "organization_id" in claims:
        raise invalid("This token is one of an organization.")
    # guard: access-token-of-nobody-else
    if "act" in claims:
        raise invalid("Somebody else acts for the person of this token.")
    subject, application = text_of(claims, "sub"), text_of(claims, "client_id")
    # guard: access-token-names-person-and-app
    if not subject or not application:
        raise invalid("This token names no person, or no application.")
    # guard: access-token-of-a-person
    if subject == application:
        raise invalid("This token is one of a machine.")
    return AccessToken(subject, application, frozenset(text_of(claims, "scope").split()), claims["iat"])


def refused(failed: SignInFailed) -> Problem:
    if failed.reason in AT_LOGTO:
        return Problem(503, "unavailable", "The keys of the issuer cannot be read right now.", {"Retry-After": "30"})
    if failed.reason is Reason.CLOCKS_DIFFER:
        return unauthorized("token.expired", "This token has expired, or is not good yet.")
    return invalid("This token cannot be read, or its signature is not the issuer’s.")


def invalid(detail: str) -> Problem:
    return unauthorized("token.invalid", detail)


def text_of(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
