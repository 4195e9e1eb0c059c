"""Refusals of the OIDC endpoints, worded as Logto words them (docs/logto.md 1, 15.3)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2 import OAuth2Error

from accountsite.sandbox.web import Answer

MESSAGES = {
    "access_denied": "Access denied.",
    "invalid_grant": "Grant request is invalid.",
    "invalid_redirect_uri": "`redirect_uri` did not match any of the client's registered `redirect_uris`.",
    "invalid_request": "Request is invalid.",
    "invalid_target": "Invalid resource indicator.",
    "invalid_token": "Invalid token provided.",
    "session_not_found": "Session not found.",
    "unsupported_grant_type": "Unsupported `grant_type` requested.",
}
NO_STORE = ("cache-control", "no-store")


class OidcError(OAuth2Error):
    """One refusal: `error` and `description` are OAuth's, `extra` further members of the answer."""

    def __init__(self, error: str, description: str, *, status: int = 400, **extra: str) -> None:
        printable = "".join(c for c in description if " " <= c <= "~" and c not in '"\\')
        super().__init__(description=printable, error=error, status_code=status)
        self.extra = extra

    def get_body(self) -> list[tuple[str, str]]:
        return [("error", str(self.error)), ("error_description", self.description), *self.extra.items()]


def invalid_grant() -> OidcError:
    return OidcError("invalid_grant", "grant request is invalid")


def invalid_target() -> OidcError:
    return OidcError("invalid_target", "resource indicator is missing, or unknown")


def missing(parameter: str) -> OidcError:
    return OidcError("invalid_request", f"missing required parameter '{parameter}'")


def unknown_client(client_id: str) -> OidcError:
    return OidcError("invalid_client", f"invalid client {client_id}")


def refusal_answer(refusal: OidcError, *, issuer: str, bare: bool = False) -> Answer:
    """The JSON answer to a refusal. `bare` (`?parse_error=false`) leaves out what Logto adds to the standard body."""
    error = str(refusal.error)
    body: dict[str, Any] = {}
    if not bare:
        body["code"] = f"oidc.{error}"
        body["message"] = MESSAGES.get(error, f"An OIDC error occurred: oidc.{error}.")
        if error == "invalid_grant":
            body["error_uri"] = "https://openid.sh/debug/invalid_grant"
    headers = [NO_STORE]
    if refusal.status_code == 401:
        headers.append(("www-authenticate", _challenge(refusal, issuer)))
    return Answer.json(refusal.status_code, body | dict(refusal.get_body()), *headers)


def _challenge(refusal: OidcError, issuer: str) -> str:
    scheme = "Bearer" if refusal.error == "invalid_token" else "Basic"
    realm = f'{scheme} realm="{issuer}"'
    if refusal.description == "no access token provided":
        return realm
    return f'{realm}, error="{refusal.error}", error_description="{refusal.description}"'
