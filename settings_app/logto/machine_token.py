"""The machine token for the Management API: asked for with the machine application's secret, kept in memory only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .errors import AnswerDetails, Misconfigured, Unavailable, code_of, error_for
from .response import Answer

TOKEN_PATH = "/oidc/token"  # noqa: S105  # an address
SCOPE = "all"
MARGIN_SECONDS = 60.0
MOST_SECONDS = 10**9
TOKEN_VALUE = re.compile(r"[\x21-\x7e]{1,16384}")


@dataclass(frozen=True)
class Token:
    """It can do anything to anyone in the tenant, so it is not even in its own repr."""

    value: str = field(repr=False)
    expires_in: float

    @property
    def life_seconds(self) -> float:
        return max(self.expires_in - MARGIN_SECONDS, 1.0)


def request_form(management_resource: str) -> dict[str, str]:
    return {"grant_type": "client_credentials", "resource": management_resource, "scope": SCOPE}


def token_from(answer: Answer) -> Token:
    """The token of an answer of the token endpoint, or a `LogtoError` (docs/logto.md 1)."""
    seen: AnswerDetails = {"status": answer.status, "request_id": answer.request_id}
    if answer.status >= 500 or answer.status == 429:
        raise error_for("POST", TOKEN_PATH, answer.status, answer.body, answer.request_id, answer.retry_after)
    granted = answer.body if isinstance(answer.body, dict) else {}
    if answer.status != 200:
        raise Misconfigured("POST", TOKEN_PATH, code=code_of(granted) or "token.refused", **seen)
    value, life = granted.get("access_token"), granted.get("expires_in")
    if not isinstance(value, str) or not TOKEN_VALUE.fullmatch(value) or not isinstance(life, (int, float)):
        raise Unavailable("POST", TOKEN_PATH, code="token.unreadable", **seen)
    if not 0 <= life <= MOST_SECONDS:  # nor is a NaN
        raise Unavailable("POST", TOKEN_PATH, code="token.unreadable", **seen)
    # A role without the permission costs no error here, only a token that every later call refuses.
    # guard: machine-token-has-its-scope
    if SCOPE not in str(granted.get("scope", "")).split():
        raise Misconfigured("POST", TOKEN_PATH, code="token.scope_missing", **seen)
    return Token(value, float(life))
